"""JSON Patch (RFC 6902): operations on places of a value, each named by a JSON Pointer (RFC 6901).

As in the library that KubeVela uses, a negative index counts from the end of a list.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pinnace_cloud.render.patching.conflicts import Conflict, Conflicting

Pointer = tuple[str, ...]


class _Misfit(Exception):  # noqa: N818 - says what is so
    """The value has no such place, or not what a test wants there."""


def apply(base: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """The base after all operations. The base is not changed.

    Args:
        operations: each with `op` (add, remove, replace, move, copy, test), `path`, and `value` or `from`.

    Raises:
        Conflicting: the first operation that does not fit; its path is below the patch.
    """
    for index, operation in enumerate(operations):
        try:
            base = _applied(base, operation)
        except _Misfit as exc:
            raise Conflicting([Conflict(("operations", index), str(exc))]) from exc
    return base


def pointer(text: str) -> Pointer:
    """`/a~1b/0` gives ('a/b', '0'). Raises ValueError for a text that does not begin with '/' and is not empty."""
    head, *rest = text.split("/")
    if head:
        raise ValueError(f"'{text}' is no JSON pointer: it begins with '/'")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in rest)


def _applied(base: Any, operation: Mapping[str, Any]) -> Any:
    known = _OPERATIONS.get(operation.get("op", ""))
    if known is None:
        raise _Misfit(f"'{operation.get('op')}' is none of {', '.join(_OPERATIONS)}")
    return known(base, _place(operation, "path"), operation)


def _place(operation: Mapping[str, Any], field: str) -> Pointer:
    text = operation.get(field)
    if not isinstance(text, str):
        raise _Misfit(f"needs '{field}'")
    try:
        return pointer(text)
    except ValueError as exc:
        raise _Misfit(str(exc)) from exc


def _value(operation: Mapping[str, Any]) -> Any:
    if "value" not in operation:
        raise _Misfit("needs 'value'")
    return operation["value"]


def _add(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:
    return _added(base, path, _value(operation))


def _added(base: Any, path: Pointer, value: Any) -> Any:
    def change(parent: Any, name: str) -> Any:
        if not isinstance(parent, list):
            return {**_map(parent, path), name: value}
        at = len(parent) if name == "-" else _index(name, len(parent) + 1, path)
        return [*parent[:at], value, *parent[at:]]

    return _changed(base, path, change) if path else value


def _remove(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:  # noqa: ARG001 - of the table
    return _removed(base, path)


def _removed(base: Any, path: Pointer) -> Any:
    def change(parent: Any, name: str) -> Any:
        _child(parent, name, path)
        if not isinstance(parent, list):
            return {key: value for key, value in parent.items() if key != name}
        at = _index(name, len(parent), path)
        return [*parent[:at], *parent[at + 1 :]]

    if not path:
        raise _Misfit("the whole object cannot be removed")
    return _changed(base, path, change)


def _replace(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:
    def change(parent: Any, name: str) -> Any:
        _child(parent, name, path)
        return _with(parent, name, _value(operation), path)

    return _changed(base, path, change) if path else _value(operation)


def _move(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:
    source = _place(operation, "from")
    return _added(_removed(base, source), path, _get(base, source))


def _copy(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:
    return _added(base, path, _get(base, _place(operation, "from")))


def _test(base: Any, path: Pointer, operation: Mapping[str, Any]) -> Any:
    if not _is_same(_get(base, path), _value(operation)):
        raise _Misfit(f"{_text(path)} has another value than the test wants")
    return base


_OPERATIONS: dict[str, Callable[[Any, Pointer, Mapping[str, Any]], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _changed(item: Any, path: Pointer, change: Callable[[Any, str], Any], depth: int = 0) -> Any:
    """A copy in which `change` has made another parent of the last part of `path`."""
    name = path[depth]
    if depth == len(path) - 1:
        return change(item, name)
    inner = _changed(_child(item, name, path), path, change, depth + 1)
    return _with(item, name, inner, path)


def _get(item: Any, path: Pointer) -> Any:
    for name in path:
        item = _child(item, name, path)
    return item


def _child(parent: Any, name: str, path: Pointer) -> Any:
    if isinstance(parent, list):
        return parent[_index(name, len(parent), path)]
    if name not in _map(parent, path):
        raise _Misfit(f"there is no {_text(path)}: '{name}' is missing")
    return parent[name]


def _with(parent: Any, name: str, value: Any, path: Pointer) -> Any:
    if isinstance(parent, list):
        at = _index(name, len(parent), path)
        return [*parent[:at], value, *parent[at + 1 :]]
    return {**_map(parent, path), name: value}


def _map(item: Any, path: Pointer) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _Misfit(f"there is no {_text(path)}: a value on the way holds nothing")
    return item


def _index(name: str, length: int, path: Pointer) -> int:
    try:
        at = int(name)
    except ValueError:
        raise _Misfit(f"there is no {_text(path)}: '{name}' is no place in a list") from None
    if not -length <= at < length:
        raise _Misfit(f"there is no {_text(path)}: {name} is outside the list")
    return at % length


def _text(path: Pointer) -> str:
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path) or "the whole object"


def _is_same(one: Any, other: Any) -> bool:
    """Equality of JSON values: true is not 1, but 1 is 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
