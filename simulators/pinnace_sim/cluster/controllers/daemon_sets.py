"""DaemonSets: one pod on the one node, unless its selector names another."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers import client, controller, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

SETS, PODS, NODES = "daemonsets.apps", "pods", "nodes"
HASH = "controller-revision-hash"


class DaemonSets:
    name = SETS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        return controller.own_and_owned(self._client.store, SETS, event)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        digest = pod_making.template_hash(found["spec"]["template"])
        pods = self._client.owned(found, PODS)
        if not pod_making.is_leaving(found):
            pods = self._scaled(found, pods, digest)
        self._client.set_status(SETS, found, self._status(found, pods, digest), MANAGER)

    def _scaled(self, found: Object, pods: list[Object], digest: str) -> list[Object]:
        active = [each for each in pods if pod_making.is_active(each)]
        is_on_delete = (found["spec"].get("updateStrategy") or {}).get("type") == "OnDelete"
        for each in active:
            is_old = each["metadata"]["labels"].get(HASH) != digest
            if not self._wanted(found) or (is_old and not is_on_delete):
                self._client.delete(PODS, each)
        if self._wanted(found) and not [each for each in pods if not pod_making.is_over(each)]:
            references = client.owned_by(self._client.resource(SETS), found)
            node = self._client.settings.node
            made = pod_making.pod(found, references, found["spec"]["template"], node, {HASH: digest})
            self._client.create(PODS, made, MANAGER)
        return self._client.owned(found, PODS)

    def _wanted(self, found: Object) -> int:
        """How many nodes it is for."""
        node = self._client.store.get(Key(NODES, "", self._client.settings.node))
        selector = found["spec"]["template"]["spec"].get("nodeSelector") or {}
        return int(node is not None and all(node.labels.get(name) == value for name, value in selector.items()))

    def _status(self, found: Object, pods: list[Object], digest: str) -> Object:
        active = [each for each in pods if pod_making.is_active(each)]
        ready = sum(map(pod_making.is_ready, active))
        updated = sum(each["metadata"]["labels"].get(HASH) == digest for each in active)
        wanted = self._wanted(found)
        told = {
            "currentNumberScheduled": min(wanted, len(active)),
            "numberMisscheduled": 0,
            "desiredNumberScheduled": wanted,
            "numberReady": ready,
            "observedGeneration": found["metadata"]["generation"],
        }
        counts = {"updatedNumberScheduled": updated, "numberAvailable": ready, "numberUnavailable": wanted - ready}
        return told | {name: count for name, count in counts.items() if count > 0}
