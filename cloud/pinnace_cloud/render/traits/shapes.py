"""What traits read in objects that people have written themselves, and that may hold anything: lists and maps.

Nothing, or null, is an empty one; anything else does not fit.
"""

from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.patching import Conflict, Conflicting
from pinnace_schemas import fields
from pinnace_schemas.bundle import KubeObject


def mapping(item: Any, *path: str) -> KubeObject:
    """The map at the path. Raises Conflicting."""
    found = paths.get(item, path)
    if found is not None and not isinstance(found, dict):
        raise _conflict(f"must be a map, got {fields.describe(found)}", path)
    return found or {}


def entries(item: Any, *path: str) -> list[Any]:
    """The list at the path. Raises Conflicting."""
    found = paths.get(item, path)
    if found is not None and not isinstance(found, list):
        raise _conflict(f"must be a list, got {fields.describe(found)}", path)
    return found or []


def maps(item: Any, *path: str) -> list[KubeObject]:
    """The list of maps at the path. Raises Conflicting."""
    found = entries(item, *path)
    for one in found:
        if not isinstance(one, dict):
            raise _conflict(f"must be a list of maps, and holds {fields.describe(one)}", path)
    return found


def _conflict(message: str, path: tuple[str, ...]) -> Conflicting:
    return Conflicting([Conflict(path, message)])
