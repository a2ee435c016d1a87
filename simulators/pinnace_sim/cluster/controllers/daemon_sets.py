"""DaemonSets: one pod on the one node, unless its selector names another."""

from __future__ import annotations

from pinnace_sim.cluster.controllers import pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.controllers.pod_owners import PODS, PodOwners
from pinnace_sim.cluster.item import Key, Object

SETS, NODES = "daemonsets.apps", "nodes"
HASH = "controller-revision-hash"


class DaemonSets(PodOwners):
    def __init__(self, own: Client) -> None:
        super().__init__(own, SETS)

    def _scale(self, found: Object, pods: list[Object]) -> None:
        is_on_delete = (found["spec"].get("updateStrategy") or {}).get("type") == "OnDelete"
        for each in filter(pod_making.is_active, pods):
            if not self._wanted(found) or not (is_on_delete or _is_updated(found, each)):
                self._client.delete(PODS, each)
        if self._wanted(found) and all(map(pod_making.is_over, pods)):
            self._client.create(PODS, self._pod(found, {HASH: _wanted_hash(found)}), MANAGER)

    def _wanted(self, found: Object) -> int:
        """How many nodes it is for."""
        node = self._client.store.get(Key(NODES, "", self._client.settings.node))
        selector = found["spec"]["template"]["spec"].get("nodeSelector") or {}
        return int(node is not None and all(node.labels.get(name) == value for name, value in selector.items()))

    def _status(self, found: Object, pods: list[Object]) -> Object:
        active = [each for each in pods if pod_making.is_active(each)]
        ready = sum(map(pod_making.is_ready, active))
        updated = sum(_is_updated(found, each) for each in active)
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


def _wanted_hash(found: Object) -> str:
    return pod_making.template_hash(found["spec"]["template"])


def _is_updated(found: Object, pod: Object) -> bool:
    return bool(pod["metadata"]["labels"].get(HASH) == _wanted_hash(found))
