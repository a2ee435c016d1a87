"""ReplicaSets and ReplicationControllers: as many pods as they say, and how many of them are ready."""

from __future__ import annotations

from pinnace_sim.cluster.controllers import pod_making
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.controllers.pod_owners import PODS, PodOwners
from pinnace_sim.cluster.item import Object


class ReplicaSets(PodOwners):
    """Of either kind."""

    def _scale(self, found: Object, pods: list[Object]) -> None:
        wanted = found["spec"].get("replicas", 1)
        active = list(filter(pod_making.is_active, pods))
        for _ in range(wanted - len(active)):
            self._client.create(PODS, self._pod(found, {}), MANAGER)
        # Those go first that are not ready.
        for each in sorted(active, key=lambda each: not pod_making.is_ready(each))[wanted:]:
            self._client.delete(PODS, each)

    def _status(self, found: Object, pods: list[Object]) -> Object:
        """Zeros are left out, as in Go's `omitempty`."""
        active = list(filter(pod_making.is_active, pods))
        ready = sum(map(pod_making.is_ready, active))
        counts = {"fullyLabeledReplicas": len(active), "readyReplicas": ready, "availableReplicas": ready}
        told = {name: count for name, count in counts.items() if count}
        ending = sum(map(pod_making.is_leaving, pods))
        told |= {"terminatingReplicas": ending, "observedGeneration": found["metadata"]["generation"]}
        return {"replicas": len(active), **told}
