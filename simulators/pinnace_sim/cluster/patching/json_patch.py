"""JSON Patch (RFC 6902) with JSON Pointers (RFC 6901)."""

from __future__ import annotations

import copy
from typing import Any

from pinnace_sim.cluster import errors

END = "-"


def applied(target: Any, patch: Any) -> Any:
    """A patched copy. Raises Refused (400 for what is no patch, 422 for one that does not apply)."""
    if not isinstance(patch, list) or not all(isinstance(each, dict) for each in patch):
        raise errors.bad_request("error decoding patch: it is no list of operations")
    # Below a root of our own, the whole document is a member like any other.
    root = {"": copy.deepcopy(target)}
    for operation in patch:
        try:
            _apply(root, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as exc:
            raise errors.bad_patch() from exc
    return root[""]


def _apply(root: Any, operation: dict[str, Any]) -> None:
    kind, path = operation["op"], _steps(operation["path"])
    if kind == "test":
        if _find(root, path) != operation["value"]:
            raise ValueError("the test failed")
    elif kind == "remove":
        _remove(root, path)
    elif kind == "replace":
        _find(root, path)
        _remove(root, path)
        _add(root, path, operation["value"])
    elif kind == "add":
        _add(root, path, copy.deepcopy(operation["value"]))
    elif kind in ("move", "copy"):
        source = _steps(operation["from"])
        value = copy.deepcopy(_find(root, source))
        if kind == "move":
            _remove(root, source)
        _add(root, path, value)
    else:
        raise ValueError(f"there is no operation {kind}")


def _steps(pointer: str) -> list[str]:
    """With the root's own step first."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"{pointer} is no JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]


def _find(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = value[_index(step, len(value) - 1)] if isinstance(value, list) else value[step]
    return value


def _add(root: Any, steps: list[str], value: Any) -> None:
    parent, last = _find(root, steps[:-1]), steps[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == END else _index(last, len(parent)), value)
    else:
        parent[last] = value


def _remove(root: Any, steps: list[str]) -> None:
    parent, last = _find(root, steps[:-1]), steps[-1]
    del parent[_index(last, len(parent) - 1) if isinstance(parent, list) else last]


def _index(step: str, most: int) -> int:
    if not step.isdigit() or int(step) > most:
        raise IndexError(step)
    return int(step)
