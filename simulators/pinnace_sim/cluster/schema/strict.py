"""What kube-apiserver's decoder finds in the body of a POST, PUT or PATCH, in its words (sigs.k8s.io/json).

Paths are as there: `spec.template.spec.containers[0].image`. The names of Go's types are left out of the messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pinnace_sim.cluster.schema import quantities
from pinnace_sim.cluster.schema.types import Items, Members, Object, Scalar, Type

JSON_TYPES = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
GO_TYPES = {
    Scalar.STRING: "string",
    Scalar.INTEGER: "int",
    Scalar.NUMBER: "float64",
    Scalar.BOOLEAN: "bool",
    Scalar.QUANTITY: "resource.Quantity",
    Scalar.ANY: "string or number",
}
# Numbers whose zero is as good as nothing. All others may be zero, so that nobody misses them.
POSITIVE = frozenset({"containerPort", "port", "maxReplicas"})

Visit = Callable[[Type, Any, str], Iterator[str]]


def unknown_fields(kind: Type, value: Object) -> tuple[str, ...]:
    """Such as `unknown field "spec.bogus"`: fields that nobody declared, by path."""
    return tuple(f'unknown field "{path}"' for path in _unknown(kind, value, ""))


def wrong_types(kind: Type, value: Object) -> tuple[str, ...]:
    """Such as `json: cannot unmarshal string into Go struct field spec.replicas of type int`."""
    return tuple(_wrong(kind, value, ""))


def missing_fields(kind: Type, value: Object) -> tuple[str, ...]:
    """The paths of required fields that are absent, or empty where a built-in kind wants more."""
    return tuple(_missing(kind, value, ""))


def _unknown(kind: Type, value: Any, path: str) -> Iterator[str]:
    if type(value) is dict and kind.members:
        for name in value:
            if kind.members.of(name) is None:
                yield _joined(path, name)
    yield from _inside(kind, value, path, _unknown)


def _wrong(kind: Type, value: Any, path: str) -> Iterator[str]:
    wanted = _wanted(kind, value)
    if wanted and kind.scalar is Scalar.QUANTITY:
        yield quantities.MESSAGE
    elif wanted:
        found = JSON_TYPES[type(value)] + (f" {value}" if type(value) is float else "")
        yield f"json: cannot unmarshal {found} into Go struct field {path} of type {wanted}"
    else:
        yield from _inside(kind, value, path, _wrong)


def _wanted(kind: Type, value: Any) -> str:
    """The type that would fit; '' if this one does."""
    sort = type(value)
    if value is None or (sort is dict and kind.members) or (sort is list and kind.items):
        return ""
    if kind.scalar is None:
        return "map" if kind.members else "slice"
    return "" if _is_scalar(kind.scalar, value) else GO_TYPES[kind.scalar]


def _is_scalar(scalar: Scalar, value: Any) -> bool:
    sort = type(value)
    if scalar is Scalar.ANY:
        return sort not in (dict, list)
    if scalar is Scalar.INTEGER:
        return sort is int or (sort is float and value.is_integer())
    if scalar is Scalar.NUMBER:
        return sort in (int, float)
    if scalar is Scalar.QUANTITY:
        return sort in (str, int, float) and quantities.is_quantity(value)
    return sort is (str if scalar is Scalar.STRING else bool)


def _missing(kind: Type, value: Any, path: str) -> Iterator[str]:
    if type(value) is dict and kind.members:
        for name in kind.members.required:
            if _is_missing(kind.members, name, value.get(name)):
                yield _joined(path, name)
    yield from _inside(kind, value, path, _missing)


def _is_missing(members: Members, name: str, value: Any) -> bool:
    if name in members.structs:
        return False  # what is required of it is asked inside
    if name not in members.defaults:
        return value is None
    return (name in POSITIVE and not value) or (members.defaults[name] == "" and value in (None, ""))


def _inside(kind: Type, value: Any, path: str, visit: Visit) -> Iterator[str]:
    if type(value) is dict and kind.members:
        for name, each in value.items():
            if (inner := kind.members.of(name)) is not None:
                yield from visit(inner, each, _joined(path, name))
    elif type(value) is list and kind.items:
        yield from _inside_items(kind.items, value, path, visit)


def _inside_items(items: Items, value: list[Any], path: str, visit: Visit) -> Iterator[str]:
    for index, each in enumerate(value):
        yield from visit(items.element, each, f"{path}[{index}]")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
