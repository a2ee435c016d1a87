"""ResourceQuotas that count objects: what is allowed, and how much of it is used. CPU and memory are not added up."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key
from pinnace_sim.cluster.store import Change, Event

QUOTAS = "resourcequotas"
COUNT = "count/"


class Quotas:
    name = QUOTAS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == QUOTAS:
            yield key
        elif key.namespace and event.change is not Change.MODIFIED:
            yield from (each.key for each in self._client.store.all(QUOTAS, key.namespace))

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        hard = {name: str(amount) for name, amount in (found["spec"].get("hard") or {}).items()}
        used = {name: str(self._used(name, key.namespace)) for name in hard}
        self._client.set_status(QUOTAS, found, {"hard": hard, "used": used}, MANAGER)

    def _used(self, name: str, namespace: str) -> int:
        return len(self._client.store.all(name.removeprefix(COUNT), namespace))
