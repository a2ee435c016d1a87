"""The one node of a site: starts pods, lets those of Jobs end, and clears away those that were deleted.

A pod is ready some time after its creation, whatever its probes say; it waits for its claims, and for ever for an image
that the settings call unready.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from pinnace_sim.cluster.controllers import pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

MANAGER = "kubelet"
PODS, CLAIMS = "pods", "persistentvolumeclaims"
BACK_OFF = "ImagePullBackOff"


class Kubelet:
    name = "kubelet"

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == PODS:
            yield key
        elif key.resource == CLAIMS:
            # Whoever waits for it.
            yield from (each.key for each in self._client.store.all(PODS, key.namespace))

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None or pod_making.is_over(found):
            return
        if pod_making.is_leaving(found):
            self._end(key, found)
        elif not found["spec"].get("nodeName"):
            node = self._client.settings.node
            self._client.change(PODS, found, lambda live: _placed(live, node), "kube-scheduler")
        elif pod_making.is_ready(found):
            self._finish(key, found)
        else:
            self._start(key, found)

    def _start(self, key: Key, found: Object) -> None:
        created = found["metadata"]["creationTimestamp"]
        settings = self._client.settings
        if missing := self._missing_claim(found):
            self._client.set_status(PODS, found, _unscheduled(missing, created), MANAGER)
        elif left := self._client.left(settings.pod_start, key):
            self._client.look_again(self.name, key, left)
        else:
            broken = [each["name"] for each in found["spec"]["containers"] if self._is_unready(each["image"])]
            self._client.set_status(PODS, found, _status(found, self._client.stamp, broken), MANAGER)

    def _finish(self, key: Key, found: Object) -> None:
        """Pods of Jobs run to their end; all others run on."""
        if not any(each.get("kind") == "Job" for each in found["metadata"].get("ownerReferences") or ()):
            return
        if left := self._client.left(self._client.settings.job_run, key):
            self._client.look_again(self.name, key, left)
        else:
            self._client.set_status(PODS, found, _succeeded(found, self._client.stamp), MANAGER)

    def _end(self, key: Key, found: Object) -> None:
        """Unless finalizers alone hold it: its grace is over then."""
        if not found["metadata"].get("deletionGracePeriodSeconds"):
            return
        if left := self._client.left(self._client.settings.pod_end, key):
            self._client.look_again(self.name, key, left)
        else:
            self._client.delete(PODS, found, grace_s=0)

    def _missing_claim(self, found: Object) -> str:
        for volume in found["spec"].get("volumes") or ():
            claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
            if claim and not self._is_bound(found["metadata"]["namespace"], claim):
                return str(claim)
        return ""

    def _is_bound(self, namespace: str, name: str) -> bool:
        claim = self._client.find(Key(CLAIMS, namespace, name))
        return claim is not None and (claim.get("status") or {}).get("phase") == "Bound"

    def _is_unready(self, image: str) -> bool:
        return any(part in image for part in self._client.settings.unready_images)


def _placed(live: Object, node: str) -> Object:
    return live | {"spec": live["spec"] | {"nodeName": node}}


def _unscheduled(claim: str, since: str) -> Object:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "lastTransitionTime": since,
        "message": f'0/1 nodes are available: the PersistentVolumeClaim "{claim}" is not bound.',
    }
    return {"phase": "Pending", "conditions": [condition], "qosClass": "BestEffort"}


def _status(found: Object, now: str, broken: list[str]) -> Object:
    """Running, or waiting for images."""
    address = f"10.42.0.{crc32(found['metadata']['uid'].encode()) % 253 + 2}"
    is_ready = not broken
    conditions = [
        {"type": kind, "status": str(is_so), "lastTransitionTime": now}
        for kind, is_so in (
            ("PodScheduled", True),
            ("Initialized", True),
            ("ContainersReady", is_ready),
            ("Ready", is_ready),
        )
    ]
    if broken:
        told = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{' '.join(broken)}]"}
        conditions = [each | told if each["status"] == "False" else each for each in conditions]
    return {
        "phase": "Running" if is_ready else "Pending",
        "conditions": conditions,
        "hostIP": "127.0.0.1",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": now,
        "qosClass": "BestEffort",
        "containerStatuses": [_container(each, each["name"] in broken, now) for each in found["spec"]["containers"]],
    }


def _container(found: Object, is_broken: bool, now: str) -> Object:
    message = f'Back-off pulling image "{found["image"]}"'
    waiting = {"waiting": {"reason": BACK_OFF, "message": message}}
    return {
        "name": found["name"],
        "image": found["image"],
        "imageID": "",
        "ready": not is_broken,
        "started": not is_broken,
        "restartCount": 0,
        "lastState": {},
        "state": waiting if is_broken else {"running": {"startedAt": now}},
    }


def _succeeded(found: Object, now: str) -> Object:
    status: Object = found["status"]
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": status["startTime"], "finishedAt": now}
    containers = [
        each | {"ready": False, "started": False, "state": {"terminated": ended}}
        for each in status["containerStatuses"]
    ]
    not_ready = {"status": "False", "reason": "PodCompleted", "lastTransitionTime": now}
    conditions = [
        each | not_ready if each["type"] in ("Ready", "ContainersReady") else each for each in status["conditions"]
    ]
    return status | {"phase": "Succeeded", "conditions": conditions, "containerStatuses": containers}
