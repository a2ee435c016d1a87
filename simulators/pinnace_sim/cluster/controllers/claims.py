"""PersistentVolumeClaims: each gets a volume of its own some moments later, and keeps it until no pod uses it."""

from __future__ import annotations

from collections.abc import Iterable

from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.preparing import CLAIM_FINALIZER
from pinnace_sim.cluster.store import Change, Event

CLAIMS, VOLUMES, PODS = "persistentvolumeclaims", "persistentvolumes", "pods"
FOLDER = "/var/lib/rancher/k3s/storage"


class Claims:
    name = CLAIMS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == CLAIMS:
            yield key
        elif key.resource == PODS and event.change is not Change.ADDED:
            yield from (each.key for each in self._client.store.all(CLAIMS, key.namespace) if each.is_leaving)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            self._remove_volume(key)
        elif "deletionTimestamp" in found["metadata"]:
            self._release(found)
        elif found["status"].get("phase") != "Bound":
            self._bind(key, found)

    def _bind(self, key: Key, found: Object) -> None:
        if left := self._client.left(self._client.settings.volume_bind, key):
            self._client.look_again(self.name, key, left)
            return
        spec = found["spec"]
        volume = f"pvc-{found['metadata']['uid']}"
        if self._client.store.get(Key(VOLUMES, "", volume)) is None:
            self._client.create(VOLUMES, _volume(volume, found), MANAGER)
        if spec.get("volumeName") != volume:
            self._client.change(CLAIMS, found, lambda live: _named(live, volume), MANAGER)
        capacity = (spec.get("resources") or {}).get("requests") or {}
        status = {"phase": "Bound", "accessModes": spec.get("accessModes") or [], "capacity": capacity}
        self._client.set_status(CLAIMS, found, status, MANAGER)

    def _release(self, found: Object) -> None:
        if CLAIM_FINALIZER in (found["metadata"].get("finalizers") or ()) and not self._is_used(found):
            self._client.change(CLAIMS, found, _released, MANAGER)

    def _is_used(self, found: Object) -> bool:
        name, namespace = found["metadata"]["name"], found["metadata"]["namespace"]
        pods = (self._client.read(each) for each in self._client.store.all(PODS, namespace))
        return any(name in _claims_of(pod) for pod in pods)

    def _remove_volume(self, key: Key) -> None:
        for each in self._client.store.all(VOLUMES):
            volume = self._client.read(each)
            reference = volume["spec"].get("claimRef") or {}
            is_left = (reference.get("namespace"), reference.get("name")) == (key.namespace, key.name)
            if is_left and not self._client.store.has_uid(reference["uid"]):
                self._client.delete(VOLUMES, volume)


def _volume(name: str, claim: Object) -> Object:
    metadata, spec = claim["metadata"], claim["spec"]
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "uid": metadata["uid"]}
    return {
        "metadata": {"name": name},
        "spec": {
            "accessModes": spec.get("accessModes") or [],
            "capacity": (spec.get("resources") or {}).get("requests") or {},
            "claimRef": {**reference, "namespace": metadata["namespace"], "name": metadata["name"]},
            "hostPath": {"path": f"{FOLDER}/{name}"},
            "persistentVolumeReclaimPolicy": "Delete",
        },
    }


def _named(live: Object, volume: str) -> Object:
    return live | {"spec": live["spec"] | {"volumeName": volume}}


def _released(live: Object) -> Object:
    kept = [each for each in live["metadata"]["finalizers"] if each != CLAIM_FINALIZER]
    return live | {"metadata": live["metadata"] | {"finalizers": kept}}


def _claims_of(pod: Object) -> set[str]:
    volumes = pod["spec"].get("volumes") or ()
    return {(each.get("persistentVolumeClaim") or {}).get("claimName", "") for each in volumes}
