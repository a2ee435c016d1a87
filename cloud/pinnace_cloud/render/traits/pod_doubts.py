"""What no cluster takes of a pod's spec, although each part of it is well-formed: names that stand twice, things that
come from two places at once, probes with two actions.

Server-side apply refuses entries with one key; the validation of Kubernetes the rest.
"""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.traits import scheduling_doubts

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_LIFECYCLE = ("postStart", "preStop")
_PRIVILEGED = ("securityContext", "privileged")
_ESCALATION = ("securityContext", "allowPrivilegeEscalation")
_ACTIONS = frozenset({"exec", "grpc", "httpGet", "sleep", "tcpSocket"})


def messages(pod: Any) -> Iterator[str]:
    """In the words of a person; none for what is no pod."""
    volumes = paths.maps(pod, ("volumes",))
    every = [*paths.maps(pod, ("containers",)), *paths.maps(pod, ("initContainers",))]
    yield from _repeated("volume", [item.get("name") for item in volumes])
    yield from _repeated("container", [item.get("name") for item in every])
    yield from _repeated("host alias", list(_addresses(pod)))
    yield from _repeated(
        "constraint", [" ".join(topology(item)) for item in paths.maps(pod, ("topologySpreadConstraints",))]
    )
    for item in volumes:
        if len(item.keys() - {"name"}) > 1:
            yield f"volume '{item.get('name')}' has several sources: {', '.join(sorted(item.keys() - {'name'}))}"
    yield from (f"'{ip}' is no IP address" for ip in _addresses(pod) if not _is_address(ip))
    yield from scheduling_doubts.messages(pod)
    for item in every:
        yield from (f"container '{item.get('name')}': {message}" for message in _of_container(item))


def topology(constraint: dict[str, Any]) -> tuple[str, str]:
    """By which no two constraints of a pod may be alike: label of the nodes, and what happens where it cannot hold."""
    return str(constraint.get("topologyKey")), str(constraint.get("whenUnsatisfiable"))


def _of_container(item: dict[str, Any]) -> Iterator[str]:
    variables = paths.maps(item, ("env",))
    yield from _repeated("variable", [one.get("name") for one in variables])
    for one in variables:
        if "value" in one and "valueFrom" in one:
            yield f"variable '{one.get('name')}' has a value and a source"
    for name, hook in _hooks(item):
        if len(_ACTIONS & hook.keys()) != 1:
            yield f"{name} needs one action, and has {', '.join(sorted(_ACTIONS & hook.keys())) or 'none'}"
    if paths.get(item, _PRIVILEGED) is True and paths.get(item, _ESCALATION) is False:
        yield "'privileged: true' needs 'allowPrivilegeEscalation: true'"
    yield from _repeated("mount path", [one.get("mountPath") for one in paths.maps(item, ("volumeMounts",))])
    yield from _repeated("port", [_port(one) for one in paths.maps(item, ("ports",))])


def _hooks(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Probes, and what is done at the beginning and the end of a container."""
    places = [(name, paths.get(item, (name,))) for name in _PROBES]
    places += [(name, paths.get(item, ("lifecycle", name))) for name in _LIFECYCLE]
    yield from ((name, hook) for name, hook in places if isinstance(hook, dict))


def _addresses(pod: Any) -> Iterator[str]:
    return (str(item.get("ip")) for item in paths.maps(pod, ("hostAliases",)))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _port(item: dict[str, Any]) -> str:
    return f"{item.get('containerPort')}/{item.get('protocol', 'TCP')}"


def _repeated(sort: str, keys: Sequence[Any]) -> Iterator[str]:
    if len(keys) > 1:
        counts = Counter(str(key) for key in keys)
        yield from (f"{sort} '{key}' stands twice" for key, count in counts.items() if count > 1)
