"""ReplicaSets and ReplicationControllers: as many pods as they say, and how many of them are ready."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers import client, controller, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

PODS = "pods"


class ReplicaSets:
    """`resource` is that of either kind."""

    def __init__(self, own: Client, resource: str) -> None:
        self.name = resource
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        return controller.own_and_owned(self._client.store, self.name, event)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        active = [each for each in self._client.owned(found, PODS) if pod_making.is_active(each)]
        if not pod_making.is_leaving(found):
            active = self._scaled(found, active)
        ending = sum(map(pod_making.is_leaving, self._client.owned(found, PODS)))
        self._client.set_status(self.name, found, _status(found, active, ending), MANAGER)

    def _scaled(self, found: Object, pods: list[Object]) -> list[Object]:
        wanted = found["spec"].get("replicas", 1)
        references = client.owned_by(self._client.resource(self.name), found)
        for _ in range(wanted - len(pods)):
            made = pod_making.pod(found, references, found["spec"]["template"], self._client.settings.node, {})
            pods = [*pods, self._client.create(PODS, made, MANAGER)]
        # Those go first that are not ready.
        pods = sorted(pods, key=lambda each: not pod_making.is_ready(each))
        for each in pods[wanted:]:
            self._client.delete(PODS, each)
        return pods[:wanted]


def _status(found: Object, pods: list[Object], ending: int) -> Object:
    """Zeros are left out, as in Go's `omitempty`."""
    ready = sum(map(pod_making.is_ready, pods))
    counts = {"fullyLabeledReplicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
    told = {name: count for name, count in counts.items() if count}
    told |= {"terminatingReplicas": ending, "observedGeneration": found["metadata"]["generation"]}
    return {"replicas": len(pods), **told}
