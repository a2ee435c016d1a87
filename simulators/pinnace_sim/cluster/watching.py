"""Follows what happens to the objects of one kind: from a version on, as lines that a watch sends.

An object that begins to match a selector is ADDED, one that ceases to is DELETED. Holds no thread: whoever sends the
lines asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pinnace_sim.cluster import errors, item
from pinnace_sim.cluster.item import Item
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.selectors import EVERYTHING, Selection
from pinnace_sim.cluster.store import Change, Event, Store
from pinnace_sim.cluster.views import View, shown

INITIAL_END = {"k8s.io/initial-events-end": "true"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects, and how they are shown. `namespace` '' is all of them."""

    resource: Resource
    namespace: str = ""
    selection: Selection = EVERYTHING
    view: View = View.WHOLE

    def has(self, found: Item | None) -> bool:
        if found is None or found.key.resource != self.resource.key:
            return False
        if self.namespace and found.key.namespace != self.namespace:
            return False
        return self.selection.matches(self.resource, found)


class Watch:
    """`revision` None begins with what there is now. Raises Refused (410) if it is too old to go on from."""

    def __init__(self, store: Store, scope: Scope, revision: int | None, *, has_bookmarks: bool) -> None:
        self._store = store
        self._scope = scope
        self._has_bookmarks = has_bookmarks
        self._begin: tuple[Item, ...] = ()
        self._is_beginning = revision is None
        if revision is None:
            found = store.all(scope.resource.key, scope.namespace)
            self._begin = tuple(each for each in found if scope.has(each))
        elif revision < store.oldest:
            raise errors.expired(f"too old resource version: {revision} ({store.oldest})")
        self._revision = store.revision if revision is None else revision

    @property
    def resource(self) -> Resource:
        return self._scope.resource

    def take(self) -> Iterator[bytes]:
        """What happened since the last time, line by line. Raises Refused (410) if it was not asked in time."""
        if self._is_beginning:
            self._is_beginning = False
            yield from (self._line("ADDED", each) for each in self._begin)
            self._begin = ()
            if self._has_bookmarks:
                yield self._bookmark(INITIAL_END)
        if self._revision < self._store.oldest:
            raise errors.expired(f"too old resource version: {self._revision} ({self._store.oldest})")
        for event in self._store.since(self._revision):
            self._revision = event.revision
            if change := self._change(event):
                yield self._line(change.value, self._last(event) if change is Change.DELETED else event.item)

    def bookmark(self) -> bytes:
        """A line that says how far this watch has come, b'' if nobody asked for it."""
        return self._bookmark() if self._has_bookmarks else b""

    def _bookmark(self, annotations: dict[str, str] | None = None) -> bytes:
        metadata: item.Object = {"resourceVersion": str(self._revision)}
        if annotations:
            metadata["annotations"] = annotations
        resource = self._scope.resource
        kind, version = resource.kind, resource.api_version
        if self._scope.view is not View.WHOLE:
            kind, version = "PartialObjectMetadata", "meta.k8s.io/v1"
        told = {"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": version, "metadata": metadata}}
        return item.dump(told) + b"\n"

    def _change(self, event: Event) -> Change | None:
        was = self._scope.has(event.before)
        if event.change is Change.DELETED:
            return Change.DELETED if was else None
        if self._scope.has(event.item):
            return Change.MODIFIED if was else Change.ADDED
        return Change.DELETED if was else None

    def _last(self, event: Event) -> Item:
        """What left the selection is shown as it was in it, under the revision of its leaving (apiserver's cacher)."""
        if event.change is Change.DELETED or event.before is None:
            return event.item
        resource = self._scope.resource
        return item.pack(resource, event.before.read(resource), event.revision, event.item.written_at)

    def _line(self, change: str, found: Item) -> bytes:
        return line(change, shown(self._scope.view, self._scope.resource, found))


def line(change: str, told: bytes) -> bytes:
    """One line of a watch."""
    return f'{{"type":"{change}","object":'.encode() + told + b"}\n"
