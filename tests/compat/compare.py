"""When two sets of Kubernetes objects mean the same, by the rules in the README of the KubeVela example set.

Ours, written from those rules: labels of KubeVela's own and of ours do not count, but selectors must still select.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render import kinds

Object = dict[str, Any]
Key = tuple[str, str, str, str]

OWN_LABELS = ("app.oam.dev/", "oam.dev/", "workload.oam.dev/", "trait.oam.dev/", "pinnace.dev/")
# Where nothing and an empty list or map are the same.
_EMPTY_OF_POD = (
    *("volumes", "initContainers", "imagePullSecrets", "hostAliases", "tolerations", "affinity"),
    *("securityContext", "nodeSelector", "topologySpreadConstraints"),
)
_EMPTY_OF_CONTAINER = (
    *("env", "envFrom", "ports", "args", "command", "volumeMounts", "volumeDevices"),
    *("resources", "securityContext", "lifecycle"),
)
_AMOUNTS = ("limits", "requests", "hard")


def differences(wanted: list[Object], got: list[Object], namespace: str, moved_to: str | None = None) -> list[str]:
    """One line per difference; none if the objects mean the same. Of what is expected twice the last one counts, as it
    does in a cluster.

    `namespace` is the Application's, `moved_to` that of the topology, which the expected objects do not apply.
    """
    left, right = _by_key(wanted, namespace, moved_to), _by_key(got, namespace, moved_to)
    found = []
    for key in sorted({*left, *right}):
        expected = left[key][-1:]
        if len(expected) != len(right[key]):
            found.append(f"{key}: {len(expected)} expected, got {len(right[key])}")
        for one, other in zip(expected, right[key], strict=False):
            found += [f"{key[1]} {key[3]}{line}" for line in _compare(_normal(one), _normal(other), "")]
            found += [f"{key[1]} {key[3]}: {line}" for line in _broken_selectors(other)]
    return found


def _by_key(items: list[Object], namespace: str, moved_to: str | None) -> dict[Key, list[Object]]:
    found: dict[Key, list[Object]] = defaultdict(list)
    for item in items:
        metadata = item.get("metadata") or {}
        place = metadata.get("namespace") or namespace
        place = "" if kinds.is_global(item) else namespace if place == moved_to else place
        found[str(item["apiVersion"]), str(item["kind"]), place, str(metadata.get("name"))].append(item)
    return found


def _normal(item: Object) -> Object:
    """Without what does not count."""
    found = {key: value for key, value in item.items() if key != "status"}
    metadata = {key: value for key, value in (item.get("metadata") or {}).items() if key != "namespace"}
    found["metadata"] = {key: value for key, value in metadata.items() if value or key not in ("labels", "annotations")}
    if metadata.get("creationTimestamp", ...) is None:
        del found["metadata"]["creationTimestamp"]
    normal: Object = _walk(found, ())
    return normal


def _walk(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_walk(item, (*path, "[]")) for item in value]
    if not isinstance(value, dict):
        return _amount(value) if path[-2:-1] and path[-2] in _AMOUNTS else value
    found = {key: _walk(item, (*path, key)) for key, item in value.items()}
    return {key: item for key, item in _counted(found, path).items() if not _is_nothing(key, item, found, path)}


def _counted(value: Object, path: tuple[str, ...]) -> Object:
    """Without labels of KubeVela's own."""
    is_labels = path[-2:] in (("metadata", "labels"), ("metadata", "annotations")) or path[-1:] == ("matchLabels",)
    if is_labels or path == ("spec", "selector"):
        return {key: item for key, item in value.items() if not key.startswith(OWN_LABELS)}
    return value


def _is_nothing(key: str, item: Any, parent: Object, path: tuple[str, ...]) -> bool:
    """True where leaving `key` out of `parent` means the same."""
    if path[-1:] == ("metadata",) and key in ("labels", "annotations"):
        return not item
    if path[-1:] == ("emptyDir",) and key == "medium":
        return bool(item == "")
    if path[-2:] == ("ports", "[]") and key == "protocol":
        return bool(item == "TCP")
    in_container = path[-2:] in (("containers", "[]"), ("initContainers", "[]"))
    names = _EMPTY_OF_POD if "containers" in parent else _EMPTY_OF_CONTAINER if in_container else ()
    return item in ([], {}) and (key in names or (path[-1:] == ("securityContext",) and key == "capabilities"))


def _amount(value: Any) -> Any:
    """The quantities 1 and "1" are equal."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if is_number else value


def _compare(wanted: Any, got: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted({*wanted, *got}):
            if key not in got or key not in wanted:
                yield f"{path}.{key}: {'not expected' if key in got else 'missing'}"
            else:
                yield from _compare(wanted[key], got[key], f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, (one, other) in enumerate(zip(wanted, got, strict=True)):
            yield from _compare(one, other, f"{path}[{index}]")
    elif isinstance(wanted, bool) != isinstance(got, bool) or wanted != got:
        yield f"{path}: expected {wanted!r}, got {got!r}"


def _broken_selectors(item: Object) -> Iterator[str]:
    """Labels that do not count must still hold a workload and its pods together."""
    if item["kind"] != "Deployment" or "template" not in item.get("spec", {}):  # written as it is, and read-only
        return
    pods = item["spec"]["template"]["metadata"]["labels"]
    wanted = item["spec"]["selector"]["matchLabels"]
    if not wanted or any(pods.get(key) != value for key, value in wanted.items()):
        yield f"the selector {wanted} does not select {pods}"
