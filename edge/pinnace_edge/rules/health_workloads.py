"""Health of what makes pods. Rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status/core.go), in our words."""

from collections.abc import Sequence

from pinnace_edge.model import Health, KubeObject, Status
from pinnace_edge.rules.health_reading import (
    FALSE,
    TRUE,
    Condition,
    condition,
    current,
    failed,
    in_progress,
    number,
    text,
    value,
)

# The Deployment controller takes this number for "no deadline" and then sets no Progressing condition.
NO_DEADLINE = 2**31 - 1

_Count = tuple[int, str]


def deployment(item: KubeObject) -> Health:
    """Failed only when the controller says that its own progress deadline has passed."""
    progressing, available = condition(item, "Progressing"), condition(item, "Available")
    if progressing.reason == "ProgressDeadlineExceeded":
        return failed(progressing.explained("the rollout exceeded its progress deadline"))
    lag = _deployment_lag(item)
    if lag:
        return in_progress(_first_bad(item, available).explained(lag))
    has_deadline = number(item, "spec", "progressDeadlineSeconds", default=NO_DEADLINE) != NO_DEADLINE
    if has_deadline and progressing.reason != "NewReplicaSetAvailable":
        return in_progress(progressing.explained("the new replica set is not available"))
    if available.status != TRUE:
        return in_progress(available.explained("not available"))
    return current(_all_available(item))


def _deployment_lag(item: KubeObject) -> str:
    wanted = number(item, "spec", "replicas", default=1)
    updated, available = _of(item, "updatedReplicas"), _of(item, "availableReplicas")
    paused = " (the rollout is paused)" if value(item, "spec", "paused") is True else ""
    if updated < wanted:
        return f"{updated} of {wanted} replicas updated{paused}"
    counts = ((available, "available"), (_of(item, "readyReplicas"), "ready"))
    return _behind(wanted, counts) or _too_many(item, wanted)


def stateful_set(item: KubeObject) -> Health:
    """The controller sets no conditions: nothing here can fail."""
    if text(item, "spec", "updateStrategy", "type") == "OnDelete":
        return current("updated by deleting its pods (OnDelete)")
    wanted = number(item, "spec", "replicas", default=1)
    counts = ((_of(item, "replicas"), "created"), (_of(item, "readyReplicas"), "ready"))
    lag = _behind(wanted, counts) or _too_many(item, wanted) or _revision_lag(item, wanted)
    return in_progress(lag) if lag else current(f"{wanted} of {wanted} replicas ready")


def _revision_lag(item: KubeObject, wanted: int) -> str:
    partition = number(item, "spec", "updateStrategy", "rollingUpdate", "partition")
    updated = _of(item, "updatedReplicas")
    if partition > 0:
        return _behind(wanted - partition, ((updated, "updated"),))
    if text(item, "status", "currentRevision") != text(item, "status", "updateRevision"):
        return f"{updated} of {wanted} replicas updated"
    return _behind(wanted, ((_of(item, "currentReplicas"), "current"),))


def daemon_set(item: KubeObject) -> Health:
    """Until the controller has looked at it, nobody knows how many nodes it is for."""
    wanted = number(item, "status", "desiredNumberScheduled", default=-1)
    if wanted < 0 or value(item, "status", "observedGeneration") is None:
        return in_progress("not yet looked at by its controller")
    counts = (
        (_of(item, "currentNumberScheduled"), "scheduled"),
        (_of(item, "updatedNumberScheduled"), "updated"),
        (_of(item, "numberAvailable"), "available"),
        (_of(item, "numberReady"), "ready"),
    )
    lag = _behind(wanted, counts, what="pods")
    return in_progress(lag) if lag else current(f"{wanted} of {wanted} pods available")


def replica_set(item: KubeObject) -> Health:
    failure = condition(item, "ReplicaFailure")
    if failure.status == TRUE:
        return in_progress(failure.explained("pods cannot be created"))
    wanted = number(item, "spec", "replicas", default=1)
    counts = (
        (_of(item, "fullyLabeledReplicas"), "labelled"),
        (_of(item, "availableReplicas"), "available"),
        (_of(item, "readyReplicas"), "ready"),
    )
    lag = _behind(wanted, counts) or _too_many(item, wanted)
    return in_progress(lag) if lag else current(_all_available(item))


def replication_controller(item: KubeObject) -> Health:
    """As a ReplicaSet."""
    return replica_set(item)


def job(item: KubeObject) -> Health:
    """A Job that runs is Current: it may run for days, and only its end says whether it failed. Until then it is
    unfinished: what waits for it goes on waiting."""
    complete, failure = condition(item, "Complete"), condition(item, "Failed")
    if failure.status == TRUE:
        return failed(failure.explained("the job failed"))
    if complete.status == TRUE:
        return current(f"completed, {_of(item, 'succeeded')} pods succeeded")
    if condition(item, "Suspended").status == TRUE:
        return Health(Status.CURRENT, "suspended", is_unfinished=True)
    if not text(item, "status", "startTime"):
        return in_progress("not started")
    message = f"running: {_of(item, 'active')} active, {_of(item, 'failed')} failed"
    return Health(Status.CURRENT, message, is_unfinished=True)


def _first_bad(item: KubeObject, available: Condition) -> Condition:
    failure = condition(item, "ReplicaFailure")
    return failure if failure.status == TRUE else available if available.status == FALSE else Condition()


def _of(item: KubeObject, name: str) -> int:
    return number(item, "status", name)


def _behind(wanted: int, counts: Sequence[_Count], what: str = "replicas") -> str:
    return next((f"{count} of {wanted} {what} {word}" for count, word in counts if count < wanted), "")


def _too_many(item: KubeObject, wanted: int) -> str:
    extra = _of(item, "replicas") - wanted
    return f"{extra} old replicas still to end" if extra > 0 else ""


def _all_available(item: KubeObject) -> str:
    wanted = number(item, "spec", "replicas", default=1)
    return f"{_of(item, 'availableReplicas')} of {wanted} replicas available"
