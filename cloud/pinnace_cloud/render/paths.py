"""Reads and writes what stands deep inside an object, without changing the object itself."""

from typing import Any

from pinnace_schemas.bundle import KubeObject


def get(item: Any, path: tuple[str, ...]) -> Any:
    """What stands at `path`; None where it leads nowhere."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def maps(item: Any, path: tuple[str, ...]) -> list[KubeObject]:
    """The maps of a list at `path`; whatever else stands there is passed over."""
    found = get(item, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def put(item: KubeObject, path: tuple[str, ...], value: Any) -> KubeObject:
    """A copy with another value at `path`; what is no map on the way is replaced, as a merge patch does."""
    head, *rest = path
    inner = item.get(head)
    if rest:
        value = put(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**item, head: value}
