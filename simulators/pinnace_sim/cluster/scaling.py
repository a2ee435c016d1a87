"""The scale subresource: how many replicas an object wants, apart from all else it says. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource

Edit = Callable[[Object], Object]

_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def shown(resource: Resource, item: Object) -> Object:
    """autoscaling/v1 Scale of this object."""
    paths = resource.scale_paths
    status: Object = {"replicas": _at(item, paths.there) or 0}
    if selector := _selector(_at(item, paths.selector)):
        status["selector"] = selector
    metadata = {name: item["metadata"][name] for name in _KEPT if name in item["metadata"]}
    wanted = _at(item, paths.wanted)
    # Go's omitempty: nothing means 0.
    spec = {"replicas": wanted} if wanted else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status}


def edit(resource: Resource, change: Edit) -> Edit:
    """What a change of the Scale does to the object itself. Raises Refused (400, 422)."""

    def changed(live: Object) -> Object:
        wanted = (change(shown(resource, live)).get("spec") or {}).get("replicas", 0)
        if not isinstance(wanted, int):
            raise errors.bad_request("spec.replicas of a Scale must be an integer")
        if wanted < 0:
            why = f"Invalid value: {wanted}: must be greater than or equal to 0"
            cause = errors.cause("FieldValueInvalid", "spec.replicas", why)
            raise errors.invalid("Scale", "autoscaling", live["metadata"]["name"], [cause])
        return _with(live, _steps(resource.scale_paths.wanted), wanted)

    return changed


def _selector(found: Any) -> str:
    """As text; a map of labels, a LabelSelector with labels alone, or text already."""
    if not isinstance(found, dict):
        return str(found or "")
    labels = found.get("matchLabels", found)
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels) if isinstance(labels[key], str))


def _steps(path: str) -> list[str]:
    return path.lstrip(".").split(".")


def _at(item: Object, path: str) -> Any:
    found: Any = item
    for step in _steps(path) if path else ():
        found = found.get(step) if isinstance(found, dict) else None
    return found if path else None


def _with(item: Object, steps: Sequence[str], value: Any) -> Object:
    if not steps:
        return value  # type: ignore[no-any-return]  # the last one is a number
    first, *rest = steps
    return {**item, first: _with(item.get(first) or {}, rest, value)}
