"""The set of fields that an object mentions: every leaf, and every item of a list or map with names of its own.

Ours for structured-merge-diff's typed/tofieldset.go. A map that is empty or null is a leaf; an empty list is nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pinnace_sim.cluster.merging import fields
from pinnace_sim.cluster.merging.fields import LEAF, Fields
from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Items, ListType, Members, Object, Type


def of(kind: Type, value: Object) -> Fields:
    """The fields of a whole object, in the order of the object. `value` has passed `checking`."""
    return _of_members(kind.members, value) if kind.members else fields.NOTHING


def _of_members(members: Members, value: Object) -> Fields:
    found = {}
    declared = members.fields
    for name, each in value.items():
        kind = declared.get(name)
        is_leaf = kind is None or each is None or each == {}
        place = _place(kind or members.element, each, is_leaf)
        if place is not None:
            found[f"f:{name}"] = place
    return found


def _place(kind: Type | None, value: Any, is_leaf: bool) -> Fields | None:
    """What one place adds. `is_leaf`: it is in the set whatever is below it."""
    sort = type(value)
    if kind is None:
        return LEAF
    if sort is dict and kind.members:
        return LEAF if kind.members.is_atomic else fields.node(is_leaf, _of_members(kind.members, value))
    if sort is list and kind.items:
        if kind.items.list_type is ListType.ATOMIC:
            return LEAF
        return fields.node(is_leaf, _of_items(kind.items, value))
    return LEAF


def _of_items(items: Items, value: list[Any]) -> Fields:
    """An item that is there twice is one leaf."""
    steps = [elements.item(items, each) for each in value]
    if len(set(steps)) == len(steps):
        return {step: _item(items, each) for step, each in zip(steps, value, strict=True)}
    counts = Counter(steps)
    return {step: _item(items, each) if counts[step] == 1 else LEAF for step, each in zip(steps, value, strict=True)}


def _item(items: Items, value: Any) -> Fields:
    return _place(items.element, value, True) or LEAF
