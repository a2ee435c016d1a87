"""The garbage collector: what is left by its owners goes, and what waits for its dependents goes after them.

Kubernetes' rules: an object goes when none of its owners is there; `foregroundDeletion` holds an owner until the
dependents that block it are gone; `orphan` holds it until its dependents have forgotten it.
"""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.deleting import FOREGROUND, ORPHAN
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Change, Event


class Collector:
    name = "collector"

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        item = event.item
        if event.change is Change.DELETED:
            yield from (each.key for each in self._client.store.dependents(item.uid))
        elif item.owners or item.is_leaving:
            yield item.key
        # An owner that waits for this one.
        owners = (self._client.store.by_uid(uid) for uid in item.owners)
        yield from (owner.key for owner in owners if owner and owner.is_leaving)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        metadata = found["metadata"]
        held = metadata.get("finalizers") or ()
        if "deletionTimestamp" not in metadata:
            self._collect(key, found)
        elif ORPHAN in held:
            self._release(key, found)
        elif FOREGROUND in held:
            self._go_first(key, found)

    def _collect(self, key: Key, found: Object) -> None:
        owners = found["metadata"].get("ownerReferences") or ()
        alive = [owner for owner in owners if self._client.store.has_uid(owner["uid"])]
        if owners and not alive:
            self._client.delete(key.resource, found)

    def _release(self, key: Key, found: Object) -> None:
        uid = found["metadata"]["uid"]
        for each in self._client.store.dependents(uid):
            self._client.change(each.key.resource, self._client.read(each), lambda live: _without(live, uid), MANAGER)
        self._client.change(key.resource, found, lambda live: _unheld(live, ORPHAN), MANAGER)

    def _go_first(self, key: Key, found: Object) -> None:
        """Deletes what depends on it; the owner goes when none of them blocks it."""
        uid = found["metadata"]["uid"]
        for each in self._client.store.dependents(uid):
            if not each.is_leaving:
                self._client.delete(each.key.resource, self._client.read(each))
        left = (self._client.read(each) for each in self._client.store.dependents(uid))
        if not any(_blocks(each, uid) for each in left):
            self._client.change(key.resource, found, lambda live: _unheld(live, FOREGROUND), MANAGER)


def _blocks(found: Object, uid: str) -> bool:
    references = found["metadata"].get("ownerReferences") or ()
    return any(each["uid"] == uid and each.get("blockOwnerDeletion") for each in references)


def _without(live: Object, uid: str) -> Object:
    kept = [each for each in live["metadata"]["ownerReferences"] if each["uid"] != uid]
    return live | {"metadata": live["metadata"] | {"ownerReferences": kept}}


def _unheld(live: Object, finalizer: str) -> Object:
    kept = [each for each in live["metadata"]["finalizers"] if each != finalizer]
    return live | {"metadata": live["metadata"] | {"finalizers": kept}}
