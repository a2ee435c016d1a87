"""Namespaces: what each has from its beginning, and how it goes with all that is in it."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.store import Change, Event

NAMESPACES, ACCOUNTS, CONFIG_MAPS = "namespaces", "serviceaccounts", "configmaps"
ROOT_CA = "kube-root-ca.crt"


class Namespaces:
    name = "namespaces"

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == NAMESPACES:
            yield key
        elif key.namespace and (event.change is Change.DELETED or key.name in ("default", ROOT_CA)):
            yield Key(NAMESPACES, "", key.namespace)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        if "deletionTimestamp" in found["metadata"]:
            self._empty(found)
        else:
            self._furnish(key.name)

    def _furnish(self, namespace: str) -> None:
        self._have(ACCOUNTS, namespace, {"metadata": {"name": "default"}})
        # There is no TLS here, and so no authority to name.
        self._have(CONFIG_MAPS, namespace, {"metadata": {"name": ROOT_CA}, "data": {"ca.crt": ""}})

    def _have(self, resource: str, namespace: str, item: Object) -> None:
        if self._client.store.get(Key(resource, namespace, item["metadata"]["name"])) is None:
            item["metadata"]["namespace"] = namespace
            self._client.create(resource, item, MANAGER)

    def _empty(self, found: Object) -> None:
        content = self._client.store.in_namespace(found["metadata"]["name"])
        for each in content:
            if not each.is_leaving:
                self._client.delete(each.key.resource, self._client.read(each))
        left = self._client.store.in_namespace(found["metadata"]["name"])
        if left:
            self._tell(found, left)
        elif found["spec"].get("finalizers"):
            self._client.finalize(found)

    def _tell(self, found: Object, left: list[Item]) -> None:
        """Why it is still there, as people see it."""
        counts: dict[str, int] = {}
        for each in left:
            counts[each.key.resource] = counts.get(each.key.resource, 0) + 1
        told = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
        before: Object = next(iter(found["status"].get("conditions") or ()), {})
        condition = {
            "type": "NamespaceContentRemaining",
            "status": "True",
            "reason": "SomeResourcesRemain",
            "message": f"Some resources are remaining: {told}",
            "lastTransitionTime": before.get("lastTransitionTime", self._client.stamp),
        }
        status = {**found["status"], "conditions": [condition]}
        self._client.set_status(NAMESPACES, found, status, MANAGER)
