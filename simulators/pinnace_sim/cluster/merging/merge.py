"""Lays an intent over an object: what the intent says wins, what it does not mention stays.

Ours for structured-merge-diff's typed/merge.go. Branches that the intent does not change are the very same Python
objects in the result, so that "nothing changed" is `is`.
"""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.merging import values
from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Items, ListType, Members, Object, Type


def merged(kind: Type, live: Object, intent: Object) -> Object:
    """`live` with `intent` over it; neither is changed."""
    return _members(kind.members, live, intent) if kind.members else live


def _value(kind: Type | None, live: Any, intent: Any) -> Any:
    if type(intent) is dict and kind and kind.members and not kind.members.is_atomic:
        return _members(kind.members, live, intent) if type(live) is dict else intent
    if type(intent) is list and kind and kind.items and kind.items.list_type is not ListType.ATOMIC:
        return _items(kind.items, live, intent) if type(live) is list else intent
    if intent is None and _keeps_on_null(kind, live):
        return live
    return live if values.are_same(live, intent) else intent


def _keeps_on_null(kind: Type | None, live: Any) -> bool:
    """Null takes nothing out of a map or list that is taken apart: it mentions no item."""
    if kind is None or not live:
        return False
    if kind.members:
        return type(live) is dict and not kind.members.is_atomic
    return kind.items is not None and type(live) is list and kind.items.list_type is not ListType.ATOMIC


def _members(members: Members, live: Object, intent: Object) -> Object:
    result = live
    for name, wanted in intent.items():
        if name not in live:
            new = wanted
        else:
            new = _value(members.of(name), live[name], wanted)
            if new is live[name]:
                continue
        if result is live:
            result = dict(live)
        result[name] = new
    return result


def _items(items: Items, live: list[Any], intent: list[Any]) -> list[Any]:
    """The items of both."""
    if not live or not intent:
        return intent or live
    new = _Zip(items, live, intent).run()
    return live if len(new) == len(live) and all(a is b for a, b in zip(new, live, strict=True)) else new


class _Zip:
    """Two keyed lists become one: in the order of the intent where they share items, else each where it was."""

    def __init__(self, items: Items, live: list[Any], intent: list[Any]) -> None:
        self._element = items.element
        self._live = [(elements.item(items, each), each) for each in live]
        self._intent = [(elements.item(items, each), each) for each in intent]
        self._known: dict[str, Any] = {}
        for step, each in self._live:
            self._known[step] = None if step in self._known else each  # twice: merged with nothing
        self._wanted = dict(self._intent)
        self._shared = [step for step, _ in reversed(self._intent) if step in self._known]
        self._done: set[str] = set()
        self._out: list[Any] = []

    def run(self) -> list[Any]:
        """The merged list."""
        left = right = 0
        while left < len(self._live) or right < len(self._intent):
            both = left < len(self._live) and right < len(self._intent)
            if both and self._live[left][0] == self._intent[right][0]:
                self._take(right)
                left, right = left + 1, right + 1
            elif both and self._waits(self._live[left][0]):
                left += 1
            elif left < len(self._live) and self._live[left][0] not in self._wanted:
                self._out.append(self._live[left][1])
                left += 1
            else:
                left += left < len(self._live) and self._live[left][0] in self._done
                if right < len(self._intent):
                    self._take(right)
                    right += 1
        return self._out

    def _waits(self, step: str) -> bool:
        """Whether another item that both have comes first."""
        return step in self._wanted and bool(self._shared) and self._shared[-1] != step

    def _take(self, right: int) -> None:
        step, wanted = self._intent[right]
        self._done.add(step)
        known = self._known.get(step)
        self._out.append(wanted if known is None else _value(self._element, known, wanted))
        if self._shared and self._shared[-1] == step:
            self._shared.pop()
