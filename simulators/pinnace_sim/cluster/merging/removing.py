"""Takes fields out of an object. Ours for structured-merge-diff's typed/remove.go.

A map or list of which nothing is left becomes null; the KubeAPI drops nulls of built-in kinds when it stores them.
"""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.merging import fields
from pinnace_sim.cluster.merging.fields import Fields
from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Items, ListType, Members, Object, Type


def without(kind: Type, value: Object, unwanted: Fields) -> Object:
    """`value` without some fields, each with all that is in it."""
    if not unwanted or not kind.members:
        return value
    left = _members(kind.members, value, unwanted)
    return {} if left is None else left


def _value(kind: Type | None, value: Any, unwanted: Fields) -> Any:
    if kind and type(value) is dict and kind.members:
        return None if kind.members.is_atomic else _members(kind.members, value, unwanted)
    if kind and type(value) is list and kind.items:
        return None if kind.items.list_type is ListType.ATOMIC else _items(kind.items, value, unwanted)
    return value


def _members(members: Members, value: Object, unwanted: Fields) -> Object | None:
    left = {}
    for name, each in value.items():
        found = unwanted.get(f"f:{name}")
        if found is None:
            left[name] = each
        elif not fields.is_member(found):
            left[name] = _value(members.of(name), each, found)
    return left or None


def _items(items: Items, value: list[Any], unwanted: Fields) -> list[Any] | None:
    left = []
    for each in value:
        found = unwanted.get(elements.item(items, each))
        if found is None:
            left.append(each)
        elif not fields.is_member(found):
            left.append(_value(items.element, each, found))
    return left or None
