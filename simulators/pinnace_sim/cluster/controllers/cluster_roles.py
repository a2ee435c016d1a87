"""ClusterRoles that are the sum of others: their rules follow those of the roles that their selectors name."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster import selectors
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

ROLES = "clusterroles.rbac.authorization.k8s.io"


class ClusterRoles:
    name = ROLES

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        """Any role may be a part of any other."""
        if event.item.key.resource == ROLES:
            yield from (each.key for each in self._client.store.all(ROLES))

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None or not found.get("aggregationRule"):
            return
        rules = self._sum(found)
        if (found.get("rules") or []) != rules:
            self._client.change(ROLES, found, lambda live: live | {"rules": rules}, MANAGER)

    def _sum(self, found: Object) -> list[Object]:
        chosen = [selectors.select(each) for each in found["aggregationRule"].get("clusterRoleSelectors") or ()]
        rules: list[Object] = []
        for item in self._client.store.all(ROLES):
            if item.uid != found["metadata"]["uid"] and any(is_meant(item.labels) for is_meant in chosen):
                own = self._client.read(item).get("rules") or ()
                rules += [rule for rule in own if rule not in rules]
        return rules
