"""Whether an object fits its type, in the words of structured-merge-diff (typed/validate.go).

These are the words of a refused server-side apply: `.spec.replicas: expected numeric (int or float), got string`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Items, ListType, Members, Object, Scalar, Type

NUMBERS = (int, float)
GO_TYPES = {str: "string", bool: "bool", int: "int64", float: "float64", list: "[]interface {}"}


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is as in a message: `.spec.containers[name="web"].image`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def problems(kind: Type, value: Object) -> tuple[Problem, ...]:
    """Everything that does not fit: undeclared fields, wrong types, items that are there twice."""
    return tuple(_value(kind, value, ""))


def message(found: tuple[Problem, ...]) -> str:
    """All problems in one text."""
    return str(found[0]) if len(found) == 1 else "\n".join(["errors:", *(f"  {each}" for each in found)])


def _value(kind: Type, value: Any, path: str) -> Iterator[Problem]:
    sort = type(value)
    if value is None:
        return
    if sort is dict and kind.members:
        yield from _members(kind.members, value, path)
    elif sort is list and kind.items:
        yield from _items(kind.items, value, path)
    elif wrong := _wrong(kind, value):
        yield Problem(path, wrong)


def _members(members: Members, value: Object, path: str) -> Iterator[Problem]:
    fields, element = members.fields, members.element
    for name, each in value.items():
        kind = fields.get(name) or element
        if kind is None:
            yield Problem(f"{path}.{name}", "field not declared in schema")
        elif kind.scalar is not Scalar.STRING or type(each) is not str:  # most values are strings that are wanted
            yield from _value(kind, each, f"{path}.{name}")


def _items(items: Items, value: list[Any], path: str) -> Iterator[Problem]:
    seen = set()
    for index, each in enumerate(value):
        place = f"[{index}]"
        if items.list_type is not ListType.ATOMIC:
            try:
                step = elements.item(items, each)
            except ValueError as why:
                yield Problem(path, f"element {index}: {why}")
                return
            place = elements.shown(step)
            if step in seen:
                yield Problem(path, f"duplicate entries for key {place}")
            seen.add(step)
        yield from _value(items.element, each, path + place)


def _wrong(kind: Type, value: Any) -> str:
    """The message for a value that is neither a map nor a list that may be here; '' if it fits."""
    sort = type(value)
    if kind.members and not kind.scalar:
        return f"expected map, got &{{{_plain(value)}}}"
    if kind.items and not kind.scalar:
        return f"expected list, got &{{{_plain(value)}}}"
    if kind.scalar is Scalar.STRING:
        return "" if sort is str else f"expected string, got &value.valueUnstructured{{Value:{_source(value)}}}"
    if kind.scalar is Scalar.BOOLEAN:
        return "" if sort is bool else f"expected boolean, got &{{{_plain(value)}}}"
    if kind.scalar in (Scalar.ANY, Scalar.QUANTITY):
        return "" if sort not in (dict, list) else f"expected any scalar, got &{{{_plain(value)}}}"
    if sort not in NUMBERS:
        return f"expected numeric (int or float), got {GO_TYPES.get(sort, 'map[string]interface {}')}"
    if kind.scalar is Scalar.INTEGER and sort is float and not value.is_integer():
        return "cannot convert float64 to int64"
    return ""


def _plain(value: Any) -> str:
    """As Go's %v shows a value."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_plain(each)}' for name, each in sorted(value.items()))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_plain, value))}]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(value: Any) -> str:
    """As Go's %#v shows a value."""
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(name)}:{_source(each)}" for name, each in sorted(value.items()))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_source, value))}}}"
    return "interface {}(nil)" if value is None else json.dumps(value, ensure_ascii=False)
