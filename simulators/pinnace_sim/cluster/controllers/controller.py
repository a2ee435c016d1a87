"""What the cluster knows of a controller."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pinnace_sim.cluster.controllers import client
from pinnace_sim.cluster.item import Key
from pinnace_sim.cluster.store import Event, Store

MANAGER = "kube-controller-manager"


class Controller(Protocol):
    """`settle` may raise Refused: then it is asked again a little later."""

    name: str

    def touched(self, event: Event) -> Iterable[Key]:
        """What this controller should look at after a write."""
        ...

    def settle(self, key: Key) -> None:
        """Bring what hangs on this object, which may be gone, towards what it says."""
        ...


def own_and_owned(store: Store, resource: str, event: Event) -> Iterable[Key]:
    """The object itself, if it is of this kind, and the owners of what is owned by this kind."""
    if event.item.key.resource == resource:
        yield event.item.key
    yield from client.owners(store, event.item, resource)
