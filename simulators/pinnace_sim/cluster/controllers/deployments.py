"""Deployments: one ReplicaSet for each template, the newest one grows, the others shrink; and how far that has come.

A rolling update starts all new pods at once and ends the old ones when the new are ready; maxSurge is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pinnace_sim.cluster import clock
from pinnace_sim.cluster.controllers import client, conditions, controller, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.conditions import Conditions
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

SETS = "replicasets.apps"
REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"
# The controller takes this number for "no deadline" and sets no Progressing condition then.
NO_DEADLINE = 2**31 - 1
PROGRESSED, TIMED_OUT = "NewReplicaSetAvailable", "ProgressDeadlineExceeded"


class Deployments:
    name = "deployments.apps"

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        return controller.own_and_owned(self._client.store, self.name, event)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        sets = self._client.owned(found, SETS)
        if not pod_making.is_leaving(found) and not found["spec"].get("paused"):
            sets = self._rolled_out(found, sets)
        newest = next((each for each in sets if _hash_of(each) == _wanted_hash(found)), None)
        status = _Status(found, sets, newest, self._client.stamp)
        self._client.set_status(self.name, found, status.whole(self._deadline_passed(key, found)), MANAGER)

    def _rolled_out(self, found: Object, sets: list[Object]) -> list[Object]:
        wanted = found["spec"].get("replicas", 1)
        old = [each for each in sets if _hash_of(each) != _wanted_hash(found)]
        newest = next((each for each in sets if each not in old), None)
        is_recreated = (found["spec"].get("strategy") or {}).get("type") == "Recreate"
        if is_recreated and any(each["status"].get("replicas") for each in old):
            self._scale(old, 0)
            return self._client.owned(found, SETS)
        if newest is None:
            self._make(found, sets, wanted)
        else:
            self._scale([newest], wanted)
            self._number(found, newest)
            if newest["status"].get("availableReplicas", 0) >= wanted:
                self._scale(old, 0)
                self._forget(found, old)
        return self._client.owned(found, SETS)

    def _make(self, found: Object, sets: list[Object], replicas: int) -> None:
        spec, digest = found["spec"], _wanted_hash(found)
        template = spec["template"]
        labels = {**(template["metadata"].get("labels") or {}), HASH: digest}
        selector = {**spec["selector"], "matchLabels": {**(spec["selector"].get("matchLabels") or {}), HASH: digest}}
        metadata = {
            "name": f"{found['metadata']['name']}-{digest}",
            "namespace": found["metadata"]["namespace"],
            "labels": labels,
            "annotations": {REVISION: str(1 + max(map(_revision, sets), default=0))},
            "ownerReferences": client.owned_by(self._client.resource(self.name), found),
        }
        made = {**template, "metadata": {**template["metadata"], "labels": labels}}
        body = {"replicas": replicas, "selector": selector, "template": made}
        self._client.create(SETS, {"metadata": metadata, "spec": body}, MANAGER)

    def _scale(self, sets: list[Object], replicas: int) -> None:
        for each in sets:
            if each["spec"].get("replicas") != replicas:
                self._client.change(SETS, each, lambda live: _scaled(live, replicas), MANAGER)

    def _number(self, found: Object, newest: Object) -> None:
        """The deployment bears the revision of its newest set."""
        number = newest["metadata"].get("annotations", {}).get(REVISION)
        if (found["metadata"].get("annotations") or {}).get(REVISION) != number:
            self._client.change(self.name, found, lambda live: _numbered(live, number), MANAGER)

    def _forget(self, found: Object, old: list[Object]) -> None:
        empty = sorted((each for each in old if not each["spec"].get("replicas")), key=_revision)
        kept = found["spec"].get("revisionHistoryLimit", 10)
        for each in empty[: max(0, len(empty) - kept)]:
            self._client.delete(SETS, each)

    def _deadline_passed(self, key: Key, found: Object) -> bool:
        """Asks for another look when it will pass."""
        since = conditions.find((found.get("status") or {}).get("conditions") or [], "Progressing")
        if not since or since["reason"] == PROGRESSED:
            return False
        limit = timedelta(seconds=found["spec"].get("progressDeadlineSeconds", NO_DEADLINE))
        left = (clock.read(since["lastUpdateTime"]) + limit - self._client.now).total_seconds()
        if left > 0:
            self._client.look_again(self.name, key, left)
        return left <= 0


class _Status:
    """What the sets of a deployment add up to."""

    def __init__(self, found: Object, sets: list[Object], newest: Object | None, now: str) -> None:
        self._found = found
        self._newest = newest
        self._now = now
        self._before: Object = found.get("status") or {}
        ready = sum(each["status"].get("readyReplicas", 0) for each in sets)
        self._ending = sum(each["status"].get("terminatingReplicas", 0) for each in sets)
        self._counts = {
            "replicas": sum(each["status"].get("replicas", 0) for each in sets),
            "updatedReplicas": newest["status"].get("replicas", 0) if newest else 0,
            "readyReplicas": ready,
            "availableReplicas": sum(each["status"].get("availableReplicas", 0) for each in sets),
            "unavailableReplicas": max(0, sum(each["spec"].get("replicas", 0) for each in sets) - ready),
        }

    def whole(self, deadline_passed: bool) -> Object:
        """Zeros are left out, as in Go's `omitempty`."""
        told: dict[str, Any] = {"observedGeneration": self._found["metadata"]["generation"]}
        told |= {name: count for name, count in self._counts.items() if count}
        kept = {"collisionCount": self._before["collisionCount"]} if "collisionCount" in self._before else {}
        told["terminatingReplicas"] = self._ending
        return told | kept | {"conditions": self._conditions(deadline_passed)}

    def _conditions(self, deadline_passed: bool) -> Conditions:
        found = self._available(list(self._before.get("conditions") or []))
        if self._found["spec"].get("progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE and self._newest:
            found = self._progressing(found, self._newest["metadata"]["name"], deadline_passed)
        return found

    def _available(self, found: Conditions) -> Conditions:
        wanted = self._found["spec"].get("replicas", 1)
        is_so = self._counts["availableReplicas"] >= wanted - _may_miss(self._found, wanted)
        reason, verb = ("MinimumReplicasAvailable", "has") if is_so else ("MinimumReplicasUnavailable", "does not have")
        message = f"Deployment {verb} minimum availability."
        return self._put(found, "Available", is_so, reason, message)

    def _progressing(self, found: Conditions, name: str, deadline_passed: bool) -> Conditions:
        before = conditions.find(found, "Progressing")
        if self._is_complete():
            message = f'ReplicaSet "{name}" has successfully progressed.'
            return self._put(found, "Progressing", True, PROGRESSED, message)
        if before.get("reason") == PROGRESSED and not self._is_new():
            return found
        if self._has_progressed() or not before or self._is_new():
            message = f'ReplicaSet "{name}" is progressing.'
            told = self._put(found, "Progressing", True, "ReplicaSetUpdated", message)
            return [each | {"lastUpdateTime": self._now} if each["type"] == "Progressing" else each for each in told]
        if deadline_passed:
            message = f'ReplicaSet "{name}" has timed out progressing.'
            return self._put(found, "Progressing", False, TIMED_OUT, message)
        return found

    def _put(self, found: Conditions, kind: str, is_so: bool, reason: str, message: str) -> Conditions:
        before = conditions.find(found, kind)
        is_same = (before.get("status"), before.get("reason")) == (str(is_so), reason)
        since = before["lastUpdateTime"] if is_same else self._now
        return conditions.put(found, kind, is_so, reason, message, self._now, lastUpdateTime=since)

    def _is_complete(self) -> bool:
        wanted = self._found["spec"].get("replicas", 1)
        return all(self._counts[name] == wanted for name in ("replicas", "updatedReplicas", "availableReplicas"))

    def _is_new(self) -> bool:
        """A generation that has not been told of before, with fewer new pods than it wants."""
        wanted = self._found["spec"].get("replicas", 1)
        is_seen = self._before.get("observedGeneration", 0) == self._found["metadata"]["generation"]
        return not is_seen and self._counts["updatedReplicas"] < wanted

    def _has_progressed(self) -> bool:
        grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
        return any(self._counts[name] > self._before.get(name, 0) for name in grown)


def _may_miss(found: Object, wanted: int) -> int:
    """maxUnavailable, rounded down; but for a surge of nothing."""
    rolling = (found["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    given = rolling.get("maxUnavailable", 0)
    if isinstance(given, str) and given.endswith("%"):
        return wanted * int(given[:-1]) // 100
    return int(given)


def _wanted_hash(found: Object) -> str:
    return pod_making.template_hash(found["spec"]["template"])


def _hash_of(found: Object) -> str:
    return str((found["metadata"].get("labels") or {}).get(HASH, ""))


def _revision(found: Object) -> int:
    return int((found["metadata"].get("annotations") or {}).get(REVISION, 0))


def _scaled(live: Object, replicas: int) -> Object:
    return live | {"spec": live["spec"] | {"replicas": replicas}}


def _numbered(live: Object, number: str) -> Object:
    annotations = {**(live["metadata"].get("annotations") or {}), REVISION: number}
    return live | {"metadata": live["metadata"] | {"annotations": annotations}}
