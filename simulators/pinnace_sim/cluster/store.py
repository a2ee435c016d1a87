"""Holds the objects of one cluster and the log of what happened to them, as etcd does for kube-apiserver.

Keeps true: every write gets the next revision; the log holds the last writes without a gap, and what is older is
forgotten. Knows nothing of kinds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from pinnace_sim.cluster.item import Item, Key


class Change(Enum):
    """What a write did."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Event:
    """`item` is the object as it is now, or as it was when it was deleted, under the revision of the deletion."""

    change: Change
    item: Item
    before: Item | None

    @property
    def revision(self) -> int:
        return self.item.revision


class Store:
    """`history` is how many writes the log holds. `on_write` is called after each one."""

    def __init__(self, history: int, on_write: Callable[[Event], None]) -> None:
        self.revision = 1
        self._items: dict[str, dict[tuple[str, str], Item]] = {}
        self._by_uid: dict[str, Key] = {}
        self._dependents: dict[str, dict[Key, None]] = {}
        self._log: deque[Event] = deque(maxlen=history)
        self._on_write = on_write

    def forget(self) -> None:
        """Empties the log: no watch can begin before now."""
        self._log.clear()

    @property
    def oldest(self) -> int:
        """A watch may begin at this revision or a later one."""
        return self._log[0].revision - 1 if self._log else self.revision

    def get(self, key: Key) -> Item | None:
        return self._items.get(key.resource, {}).get((key.namespace, key.name))

    def all(self, resource: str, namespace: str = "") -> list[Item]:
        """Objects of one kind, by namespace and name; namespace '' is all of them."""
        found = self._items.get(resource, {})
        return [found[place] for place in sorted(found) if not namespace or place[0] == namespace]

    def in_namespace(self, namespace: str) -> list[Item]:
        """Objects of all kinds."""
        return [item for items in self._items.values() for place, item in items.items() if place[0] == namespace]

    def has_uid(self, uid: str) -> bool:
        return uid in self._by_uid

    def by_uid(self, uid: str) -> Item | None:
        key = self._by_uid.get(uid)
        return self.get(key) if key else None

    def dependents(self, uid: str) -> tuple[Item, ...]:
        """What names this object as an owner."""
        found = (self.get(key) for key in self._dependents.get(uid, ()))
        return tuple(item for item in found if item is not None)

    def put(self, item: Item) -> None:
        """Creates or replaces. The item must have been packed with `revision + 1`."""
        before = self.get(item.key)
        self._items.setdefault(item.key.resource, {})[item.key.namespace, item.key.name] = item
        self._by_uid[item.uid] = item.key
        self._index(before, item)
        self._write(Event(Change.MODIFIED if before else Change.ADDED, item, before))

    def remove(self, key: Key, last: Item) -> None:
        """`last` is the object as watches see it for the last time, under the next revision."""
        before = self._items[key.resource].pop((key.namespace, key.name))
        del self._by_uid[before.uid]
        self._index(before, None)
        self._write(Event(Change.DELETED, last, before))

    def since(self, revision: int) -> Iterator[Event]:
        """What was written after this revision, which must not be older than `oldest`."""
        first = len(self._log) - (self.revision - revision)
        for place in range(max(0, first), len(self._log)):
            yield self._log[place]

    def _write(self, event: Event) -> None:
        self.revision += 1
        self._log.append(event)
        self._on_write(event)

    def _index(self, before: Item | None, after: Item | None) -> None:
        if before:
            for uid in before.owners:
                named = self._dependents[uid]
                del named[before.key]
                if not named:
                    del self._dependents[uid]
        if after:
            for uid in after.owners:
                self._dependents.setdefault(uid, {})[after.key] = None
