"""Jobs: pods until enough of them have succeeded, or until the time is up; and the end of what has ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pinnace_sim.cluster import clock
from pinnace_sim.cluster.controllers import client, conditions, controller, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

JOBS, PODS = "jobs.batch", "pods"


class Jobs:
    name = JOBS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        return controller.own_and_owned(self._client.store, JOBS, event)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None or pod_making.is_leaving(found):
            return
        if _end(found):
            self._clear_away(key, found)
            return
        pods = self._client.owned(found, PODS)
        if found["spec"].get("suspend"):
            self._suspend(found, pods)
            return
        status = self._status(found, pods)
        if self._is_late(key, found, status):
            self._give_up(found, pods, status)
        elif status["succeeded"] >= found["spec"].get("completions", 1):
            self._client.set_status(JOBS, found, self._completed(status), MANAGER)
        else:
            self._start(found, pods, status)

    def _start(self, found: Object, pods: list[Object], status: Object) -> None:
        open_ = found["spec"].get("completions", 1) - status["succeeded"]
        wanted = min(found["spec"].get("parallelism", 1), open_)
        active = [each for each in pods if pod_making.is_active(each)]
        references = client.owned_by(self._client.resource(JOBS), found)
        for _ in range(wanted - len(active)):
            made = pod_making.pod(found, references, found["spec"]["template"], self._client.settings.node, {})
            self._client.create(PODS, made, MANAGER)
        told = self._status(found, self._client.owned(found, PODS))
        self._client.set_status(JOBS, found, told, MANAGER)

    def _status(self, found: Object, pods: list[Object]) -> Object:
        before = found.get("status") or {}
        active = [each for each in pods if pod_making.is_active(each)]
        kept = [each for each in before.get("conditions") or () if each["type"] != "Suspended"]
        status: Object = {
            "startTime": before.get("startTime") or self._client.stamp,
            "active": len(active),
            "ready": sum(map(pod_making.is_ready, active)),
            "succeeded": sum(each["status"].get("phase") == "Succeeded" for each in pods),
            "terminating": sum(map(pod_making.is_leaving, pods)),
            "uncountedTerminatedPods": {},
        }
        return status | ({"conditions": kept} if kept else {})

    def _completed(self, status: Object) -> Object:
        message = "Reached expected number of succeeded pods"
        told: conditions.Conditions = []
        for kind in ("SuccessCriteriaMet", "Complete"):
            told = conditions.put(told, kind, True, "CompletionsReached", message, self._client.stamp)
        return {**status, "active": 0, "completionTime": self._client.stamp, "conditions": told}

    def _is_late(self, key: Key, found: Object, status: Object) -> bool:
        limit = found["spec"].get("activeDeadlineSeconds")
        if limit is None:
            return False
        end = clock.read(status["startTime"]) + timedelta(seconds=limit)
        left = (end - self._client.now).total_seconds()
        if left > 0:
            self._client.look_again(self.name, key, left)
        return left <= 0

    def _give_up(self, found: Object, pods: list[Object], status: Object) -> None:
        for each in filter(pod_making.is_active, pods):
            self._client.delete(PODS, each)
        message, now = "Job was active longer than specified deadline", self._client.stamp
        told: conditions.Conditions = []
        for kind in ("FailureTarget", "Failed"):
            told = conditions.put(told, kind, True, "DeadlineExceeded", message, now)
        failed = {**status, "active": 0, "failed": status["active"], "conditions": told}
        self._client.set_status(JOBS, found, failed, MANAGER)

    def _suspend(self, found: Object, pods: list[Object]) -> None:
        for each in filter(pod_making.is_active, pods):
            self._client.delete(PODS, each)
        before = (found.get("status") or {}).get("conditions") or []
        told = conditions.put(before, "Suspended", True, "JobSuspended", "Job suspended", self._client.stamp)
        self._client.set_status(JOBS, found, {"conditions": told}, MANAGER)

    def _clear_away(self, key: Key, found: Object) -> None:
        """ttlSecondsAfterFinished."""
        lifetime = found["spec"].get("ttlSecondsAfterFinished")
        if lifetime is None:
            return
        left = (clock.read(_end(found)) + timedelta(seconds=lifetime) - self._client.now).total_seconds()
        if left > 0:
            self._client.look_again(self.name, key, left)
        else:
            self._client.delete(JOBS, found)


def _end(found: Object) -> str:
    """When it ended, '' while it has not."""
    told = (found.get("status") or {}).get("conditions") or []
    ended = (conditions.find(told, kind) for kind in ("Complete", "Failed"))
    return next((str(each["lastTransitionTime"]) for each in ended if each.get("status") == "True"), "")
