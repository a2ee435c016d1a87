"""How controllers read and write: parsed objects by key, under the name of a field manager of their own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from pinnace_sim.cluster import clock, errors
from pinnace_sim.cluster.agenda import Agenda, Task
from pinnace_sim.cluster.catalog import Catalog
from pinnace_sim.cluster.clock import Clock
from pinnace_sim.cluster.deleting import Deleter
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.objects import Objects
from pinnace_sim.cluster.requests import Deletion, Options, Propagation
from pinnace_sim.cluster.settings import ClusterSettings, Span
from pinnace_sim.cluster.store import Store


class Client:
    """`chance` is the cluster's random source; what hangs on one object alone is drawn from its uid instead."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        objects: Objects,
        deleter: Deleter,
        agenda: Agenda,
        now: Clock,
        settings: ClusterSettings,
        chance: random.Random,
    ) -> None:
        self.settings = settings
        self.catalog = catalog
        self.chance = chance
        self.store = store
        self._objects = objects
        self._deleter = deleter
        self._agenda = agenda
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now()

    @property
    def stamp(self) -> str:
        return clock.stamp(self._now())

    def resource(self, key: str) -> Resource:
        """Raises Refused (404) if it is not served (any more)."""
        found = self.catalog.by_key(key)
        if found is None:
            raise errors.no_such_path()
        return found

    def find(self, key: Key) -> Object | None:
        found = self.store.get(key)
        return found.read(self.resource(key.resource)) if found else None

    def owned(self, owner: Object, resource: str) -> list[Object]:
        """Objects of this kind that name the owner, in the order of their names."""
        found = (each for each in self.store.dependents(owner["metadata"]["uid"]) if each.key.resource == resource)
        return [self.read(each) for each in sorted(found, key=lambda each: each.key.name)]

    def read(self, found: Item) -> Object:
        return found.read(self.resource(found.key.resource))

    def create(self, resource: str, item: Object, manager: str) -> Object:
        """Raises Refused."""
        kind = self.resource(resource)
        namespace = item["metadata"].get("namespace", "")
        written = self._objects.create(kind, namespace, item, Options(manager))
        return written.item.read(kind)

    def change(self, resource: str, item: Object, edit: Callable[[Object], Object], manager: str) -> None:
        """Raises Refused."""
        metadata = item["metadata"]
        kind = self.resource(resource)
        self._objects.change(
            kind, metadata.get("namespace", ""), metadata["name"], edit, Options(manager, is_trusted=True)
        )

    def set_status(self, resource: str, item: Object, status: Object, manager: str) -> None:
        """Nothing is written where nothing changes. Raises Refused."""
        if item.get("status") == status:
            return
        metadata = item["metadata"]
        options = Options(manager, subresource="status", is_trusted=True)

        def edit(live: Object) -> Object:
            return live | {"status": status}

        self._objects.change(self.resource(resource), metadata.get("namespace", ""), metadata["name"], edit, options)

    def delete(self, resource: str, item: Object, *, grace_s: int | None = None) -> None:
        """In the background. Raises Refused."""
        metadata = item["metadata"]
        wanted = Deletion(Propagation.BACKGROUND, uid=metadata["uid"], grace_s=grace_s)
        self._deleter.delete(self.resource(resource), metadata.get("namespace", ""), metadata["name"], wanted)

    def finalize(self, namespace: Object) -> None:
        """The finalize subresource of an empty namespace: it goes."""
        self._objects.change(
            self.resource("namespaces"),
            "",
            namespace["metadata"]["name"],
            lambda live: live | {"spec": live["spec"] | {"finalizers": []}},
            Options("kube-controller-manager", subresource="finalize", is_trusted=True),
        )

    def look_again(self, controller: str, key: Key, seconds: float) -> None:
        self._agenda.after(max(0.0, seconds), Task(controller, key))

    def left(self, span: Span, key: Key) -> float:
        """Seconds until this object's own share of the span has passed since it was written last; 0 if it has."""
        found = self.store.get(key)
        if found is None:
            return 0.0
        share = crc32(f"{found.uid} {found.revision}".encode()) / 2**32
        wait = span.least + share * (span.most - span.least)
        return max(0.0, (found.written_at + timedelta(seconds=wait) - self._now()).total_seconds())


def key_of(resource: str, item: Object) -> Key:
    metadata = item["metadata"]
    return Key(resource, metadata.get("namespace", ""), metadata["name"])


def owners(store: Store, found: Item, resource: str) -> Iterator[Key]:
    """The owners of this kind that are there."""
    for uid in found.owners:
        owner = store.by_uid(uid)
        if owner and owner.key.resource == resource:
            yield owner.key


def owned_by(resource: Resource, owner: Object) -> list[dict[str, Any]]:
    """metadata.ownerReferences of what a controller makes."""
    metadata = owner["metadata"]
    return [
        {
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            "name": metadata["name"],
            "uid": metadata["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]
