"""StatefulSets: numbered pods with claims of their own, one after the other, and updated from the last to the first."""

from __future__ import annotations

from collections.abc import Iterator

from pinnace_sim.cluster.controllers import pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.controllers.pod_owners import PODS, PodOwners
from pinnace_sim.cluster.item import Key, Object

SETS, CLAIMS = "statefulsets.apps", "persistentvolumeclaims"
HASH, POD_NAME, INDEX = "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


class StatefulSets(PodOwners):
    def __init__(self, own: Client) -> None:
        super().__init__(own, SETS)

    def _scale(self, found: Object, pods: list[Object]) -> None:
        numbered = {int(each["metadata"]["labels"][INDEX]): each for each in pods}
        wanted = found["spec"].get("replicas", 1)
        is_parallel = found["spec"].get("podManagementPolicy") == "Parallel"
        missing = [number for number in range(wanted) if number not in numbered]
        extra = sorted((number for number in numbered if number >= wanted), reverse=True)
        if not is_parallel:
            # One at a time, and only while all before it are ready.
            is_calm = all(pod_making.is_ready(each) and pod_making.is_active(each) for each in pods)
            missing, extra = (missing[:1] if is_calm else []), extra[:1]
        for number in missing:
            self._make(found, number)
        old = [] if missing or extra else self._outdated(found, numbered)
        for number in (*extra, *old):
            if not pod_making.is_leaving(numbered[number]):
                self._client.delete(PODS, numbered[number])

    def _outdated(self, found: Object, pods: dict[int, Object]) -> list[int]:
        """The next pod of an update: the last one with an old template, if all others are ready."""
        strategy = found["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return []
        first = (strategy.get("rollingUpdate") or {}).get("partition", 0)
        old = [number for number in sorted(pods) if number >= first and _hash(pods[number]) != _wanted_hash(found)]
        if not old:
            return []
        others = (each for number, each in pods.items() if number > old[-1])
        is_calm = all(pod_making.is_ready(each) and pod_making.is_active(each) for each in others)
        return old[-1:] if is_calm else []

    def _make(self, found: Object, number: int) -> None:
        name = f"{found['metadata']['name']}-{number}"
        claims = dict(self._claims(found, number))
        made = self._pod(found, {HASH: _wanted_hash(found), POD_NAME: name, INDEX: str(number)})
        volumes = [each for each in made["spec"].get("volumes") or () if each["name"] not in claims]
        volumes += [{"name": of, "persistentVolumeClaim": {"claimName": claim}} for of, claim in claims.items()]
        made["metadata"]["name"] = name
        made["spec"] = {**made["spec"], "volumes": volumes, "hostname": name}
        self._client.create(PODS, made, MANAGER)

    def _claims(self, found: Object, number: int) -> Iterator[tuple[str, str]]:
        """Makes them; gives names of volumes and of claims."""
        namespace = found["metadata"]["namespace"]
        for template in found["spec"].get("volumeClaimTemplates") or ():
            of = template["metadata"]["name"]
            name = f"{of}-{found['metadata']['name']}-{number}"
            if self._client.store.get(Key(CLAIMS, namespace, name)) is None:
                labels = found["spec"]["selector"].get("matchLabels") or {}
                metadata = {"name": name, "namespace": namespace, "labels": labels}
                self._client.create(CLAIMS, {"metadata": metadata, "spec": template["spec"]}, MANAGER)
            yield of, name

    def _status(self, found: Object, pods: list[Object]) -> Object:
        active = list(filter(pod_making.is_active, pods))
        revision = _wanted_hash(found)
        updated = [each for each in active if _hash(each) == revision]
        ready = sum(map(pod_making.is_ready, active))
        before = (found.get("status") or {}).get("currentRevision") or revision
        wanted = found["spec"].get("replicas", 1)
        is_done = len(updated) == wanted == ready
        current = revision if is_done else before
        counts = {
            "readyReplicas": ready,
            "currentReplicas": sum(_hash(each) == current for each in active),
            "updatedReplicas": len(updated),
        }
        return {
            "observedGeneration": found["metadata"]["generation"],
            "replicas": len(active),
            **{name: count for name, count in counts.items() if count},
            "currentRevision": current,
            "updateRevision": revision,
            "collisionCount": 0,
            "availableReplicas": ready,
        }


def _wanted_hash(found: Object) -> str:
    return f"{found['metadata']['name']}-{pod_making.template_hash(found['spec']['template'])}"


def _hash(pod: Object) -> str:
    return str(pod["metadata"]["labels"].get(HASH, ""))
