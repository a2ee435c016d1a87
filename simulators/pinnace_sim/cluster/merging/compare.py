"""What changed between two objects, as three sets of fields. Ours for structured-merge-diff's typed/compare.go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pinnace_sim.cluster.merging import fields, values
from pinnace_sim.cluster.merging.fields import Fields, Path
from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Items, ListType, Members, Object, Type

ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Comparison:
    """No field is in two of them."""

    removed: Fields
    modified: Fields
    added: Fields

    @property
    def changed(self) -> Fields:
        """Modified or added."""
        return fields.union(self.modified, self.added)

    def without(self, branches: Fields) -> Comparison:
        """The same but for some fields and all below them."""
        parts = (self.removed, self.modified, self.added)
        return Comparison(*(fields.without_branches(part, branches) for part in parts))


def compare(kind: Type, old: Object, new: Object) -> Comparison:
    """What one has to do to `old` to get `new`."""
    walk = _Walk()
    if kind.members:
        walk.members(kind.members, old, new, ())
    return Comparison(*(fields.of_paths(paths) for paths in (walk.removed, walk.modified, walk.added)))


class _Walk:
    def __init__(self) -> None:
        self.removed: list[Path] = []
        self.modified: list[Path] = []
        self.added: list[Path] = []

    def members(self, members: Members, old: Object, new: Object, path: Path) -> None:
        for name, value in new.items():
            before = old.get(name, ABSENT)
            if before is not value:
                self._place(members.of(name), before, value, (*path, f"f:{name}"))
        for name, value in old.items():
            if name not in new:
                self._place(members.of(name), value, ABSENT, (*path, f"f:{name}"))

    def _place(self, kind: Type | None, old: Any, new: Any, path: Path) -> None:
        """Containers that come or go count themselves, besides what is in them."""
        if not self._is_taken_apart(kind, old, new, path):
            self._leaf(old, new, path)
        elif old is ABSENT:
            self.added.append(path)
        elif new is ABSENT:
            self.removed.append(path)

    def _is_taken_apart(self, kind: Type | None, old: Any, new: Any, path: Path) -> bool:
        sorts = {type(value) for value in (old, new) if value is not ABSENT and value is not None}
        if kind is None or not ((old and old is not ABSENT) or (new and new is not ABSENT)):
            return False
        if sorts == {dict} and kind.members and not kind.members.is_atomic:
            self.members(kind.members, _or(old, {}), _or(new, {}), path)
            return True
        if sorts == {list} and kind.items and kind.items.list_type is not ListType.ATOMIC:
            self._items(kind.items, _or(old, []), _or(new, []), path)
            return True
        return False

    def _leaf(self, old: Any, new: Any, path: Path) -> None:
        if old is ABSENT:
            self.added.append(path)
        elif new is ABSENT:
            self.removed.append(path)
        elif not values.are_same(old, new):
            self.modified.append(path)

    def _items(self, items: Items, old: list[Any], new: list[Any], path: Path) -> None:
        before, after = _by_step(items, old), _by_step(items, new)
        for step in before | after:
            self._item(items.element, before.get(step, []), after.get(step, []), (*path, step))

    def _item(self, kind: Type, old: list[Any], new: list[Any], path: Path) -> None:
        """An item that is there twice counts as one leaf."""
        if len(old) < 2 and len(new) < 2:
            self._place(kind, old[0] if old else ABSENT, new[0] if new else ABSENT, path)
        elif len(old) > 1 and len(new) > 1:
            if not values.are_same(old, new):
                self.modified.append(path)
        elif len(old) > 1:
            if new:
                self._place(kind, ABSENT, new[0], path)
            self.removed.append(path)
        else:
            if old:
                self._place(kind, old[0], ABSENT, path)
            self.added.append(path)


def _or(value: Any, empty: Any) -> Any:
    return empty if value is ABSENT or value is None else value


def _by_step(items: Items, values_: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for each in values_:
        found[elements.item(items, each)].append(each)
    return dict(found)
