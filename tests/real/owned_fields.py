"""Which fields a manager owns of an object that it has applied: worked out from the object, and read from the object's
managedFields. Knows nothing of Pinnace.

Rules of server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy): a map is
owned field by field, a list with keys item by item, everything else as a whole. The tables name what the kinds in these
tests have, from the OpenAPI of Kubernetes 1.36.
"""

import json
from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]
Object = dict[str, Any]

# x-kubernetes-list-map-keys, by the field's name and that of the field above it.
_KEYS: dict[Path, Path] = {
    ("spec", "containers"): ("name",),
    ("spec", "volumes"): ("name",),
    ("spec", "imagePullSecrets"): ("name",),
    ("containers", "env"): ("name",),
    ("containers", "volumeMounts"): ("mountPath",),
    ("containers", "ports"): ("containerPort", "protocol"),
    ("spec", "ports"): ("port", "protocol"),
}
_DEFAULTS = {"protocol": "TCP"}
# Of these lists an item is owned as a whole.
_WHOLE: frozenset[Path] = frozenset({("spec", "imagePullSecrets")})
# x-kubernetes-map-type: atomic.
_ATOMIC: frozenset[Path] = frozenset(
    {("spec", "selector"), ("valueFrom", "secretKeyRef"), ("valueFrom", "configMapKeyRef"), ("valueFrom", "fieldRef")}
)
# Who an object is belongs to nobody.
_IDENTITY: frozenset[Path] = frozenset(
    {("f:apiVersion",), ("f:kind",), ("f:metadata", "f:name"), ("f:metadata", "f:namespace")}
)


def of(applied: Object) -> frozenset[Path]:
    """What the one owns who applies this."""
    return frozenset(_owned(applied, (), ())) - _IDENTITY


def by(manager: str, live: Object) -> frozenset[Path]:
    """What the manager owns by its applies, as the KubeAPI says."""
    fields = [
        entry["fieldsV1"]
        for entry in live["metadata"]["managedFields"]
        if (entry["manager"], entry["operation"]) == (manager, "Apply")
    ]
    return frozenset(path for item in fields for path in _read(item, ()))


def _owned(value: Any, names: Path, prefix: Path) -> Iterator[Path]:
    """`names` are the fields that lead here, without those of list items."""
    if isinstance(value, dict) and value and names[-2:] not in _ATOMIC:
        for key, item in value.items():
            yield from _owned(item, (*names, key), (*prefix, f"f:{key}"))
    elif isinstance(value, list) and value and names[-2:] in _KEYS:
        for item in value:
            place = (*prefix, _key(item, _KEYS[names[-2:]]))
            yield place
            yield from () if names[-2:] in _WHOLE else _owned(item, names[-1:], place)
    else:
        yield prefix


def _key(item: Object, names: Path) -> str:
    values = {name: item.get(name, _DEFAULTS.get(name)) for name in names}
    return "k:" + json.dumps(values, separators=(",", ":"), sort_keys=True)


def _read(fields: Object, prefix: Path) -> Iterator[Path]:
    for name, inner in fields.items():
        if name == ".":
            yield prefix
        elif inner:
            yield from _read(inner, (*prefix, name))
        else:
            yield (*prefix, name)
