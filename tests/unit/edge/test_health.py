"""Each kind's rule, state by state, with the status that the KubeAPI's controllers really write."""

from __future__ import annotations

from typing import Any

import pytest

from pinnace_edge.model import KubeObject, Status
from pinnace_edge.rules.health import NOT_FOUND, health

CURRENT, IN_PROGRESS, FAILED = Status.CURRENT, Status.IN_PROGRESS, Status.FAILED
TERMINATING, UNKNOWN = Status.TERMINATING, Status.UNKNOWN


def item(kind: str, status: Any = None, spec: Any = None, **metadata: Any) -> KubeObject:
    """`kind` is such as 'apps/v1 Deployment'."""
    api_version, _, name = kind.rpartition(" ")
    made: KubeObject = {"apiVersion": api_version, "kind": name, "metadata": {"name": "web", **metadata}}
    return made | ({} if spec is None else {"spec": spec}) | ({} if status is None else {"status": status})


def condition(kind: str, status: str, reason: str = "", message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def replicas(total: int, updated: int, ready: int, available: int) -> dict[str, int]:
    return {"replicas": total, "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": available}


TERRAFORM = "terraform.core.oam.dev/v1beta2 Configuration"
AVAILABLE = condition("Available", "True", "MinimumReplicasAvailable")
ROLLED_OUT = condition("Progressing", "True", "NewReplicaSetAvailable")
READY: dict[str, Any] = condition("Ready", "True")
TWO = {"replicas": 2, "progressDeadlineSeconds": 600}

DEPLOYMENTS = [
    ("not yet looked at", {}, TWO, IN_PROGRESS, "0 of 2 replicas updated"),
    ("old pods only", replicas(2, 0, 2, 2), TWO, IN_PROGRESS, "0 of 2 replicas updated"),
    ("paused", replicas(2, 0, 2, 2), TWO | {"paused": True}, IN_PROGRESS, "the rollout is paused"),
    ("starting", replicas(2, 2, 1, 1), TWO, IN_PROGRESS, "1 of 2 replicas available"),
    ("available before it is counted as ready", replicas(2, 2, 1, 2), TWO, IN_PROGRESS, "1 of 2 replicas ready"),
    ("old pod ending", replicas(3, 2, 2, 2), TWO, IN_PROGRESS, "1 old replicas still to end"),
    (
        "why not available",
        replicas(2, 2, 0, 0)
        | {"conditions": [condition("Available", "False", "MinimumReplicasUnavailable", "no minimum availability")]},
        TWO,
        IN_PROGRESS,
        "0 of 2 replicas available: no minimum availability",
    ),
    (
        "pods cannot be made",
        {"conditions": [condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")]},
        TWO,
        IN_PROGRESS,
        "0 of 2 replicas updated: exceeded quota",
    ),
    (
        "deadline exceeded",
        replicas(2, 1, 1, 1)
        | {"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out progressing")]},
        TWO,
        FAILED,
        "the rollout exceeded its progress deadline: timed out progressing",
    ),
    ("rolled out", replicas(2, 2, 2, 2) | {"conditions": [AVAILABLE, ROLLED_OUT]}, TWO, CURRENT, "2 of 2 replicas av"),
    ("no replicas wanted", {"conditions": [AVAILABLE, ROLLED_OUT]}, TWO | {"replicas": 0}, CURRENT, "0 of 0 replicas"),
    ("one replica is the default", replicas(1, 1, 1, 1) | {"conditions": [AVAILABLE]}, {}, CURRENT, "1 of 1 replicas"),
    ("counted, condition late", replicas(2, 2, 2, 2) | {"conditions": [ROLLED_OUT]}, TWO, IN_PROGRESS, "not available"),
    (
        "the replica set is still new",
        replicas(2, 2, 2, 2) | {"conditions": [AVAILABLE, condition("Progressing", "True", "ReplicaSetUpdated")]},
        TWO,
        IN_PROGRESS,
        "the new replica set is not available: ReplicaSetUpdated",
    ),
]


@pytest.mark.parametrize(
    ("name", "status", "spec", "wanted", "message"), DEPLOYMENTS, ids=[row[0] for row in DEPLOYMENTS]
)
def test_deployment(name: str, status: Any, spec: Any, wanted: Status, message: str) -> None:
    found = health(item("apps/v1 Deployment", status, spec))
    assert found.status is wanted
    assert message in found.message


REVISIONS = {"currentRevision": "a", "updateRevision": "a"}
SET = {"replicas": 3}
STATEFUL_SETS = [
    ("not yet looked at", {}, SET, IN_PROGRESS, "0 of 3 replicas created"),
    ("one by one", {"replicas": 3, "readyReplicas": 1}, SET, IN_PROGRESS, "1 of 3 replicas ready"),
    ("shrinking", {"replicas": 4, "readyReplicas": 4}, SET, IN_PROGRESS, "1 old replicas still to end"),
    (
        "rolling",
        {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"},
        SET,
        IN_PROGRESS,
        "1 of 3 replicas updated",
    ),
    (
        "revision done, count late",
        REVISIONS | {"replicas": 3, "readyReplicas": 3, "currentReplicas": 2},
        SET,
        IN_PROGRESS,
        "2 of 3 replicas current",
    ),
    ("done", REVISIONS | {"replicas": 3, "readyReplicas": 3, "currentReplicas": 3}, SET, CURRENT, "3 of 3 replicas"),
    (
        "partition not reached",
        {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 0, "currentRevision": "a", "updateRevision": "b"},
        SET | {"updateStrategy": {"rollingUpdate": {"partition": 2}}},
        IN_PROGRESS,
        "0 of 1 replicas updated",
    ),
    (
        "partition reached",
        {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"},
        SET | {"updateStrategy": {"rollingUpdate": {"partition": 2}}},
        CURRENT,
        "3 of 3 replicas ready",
    ),
    (
        "the default partition is no partition",
        {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 3, "currentRevision": "a", "updateRevision": "b"},
        SET | {"updateStrategy": {"rollingUpdate": {"partition": 0}}},
        IN_PROGRESS,
        "3 of 3 replicas updated",
    ),
    ("by hand", {}, SET | {"updateStrategy": {"type": "OnDelete"}}, CURRENT, "OnDelete"),
]


@pytest.mark.parametrize(
    ("name", "status", "spec", "wanted", "message"), STATEFUL_SETS, ids=[row[0] for row in STATEFUL_SETS]
)
def test_stateful_set(name: str, status: Any, spec: Any, wanted: Status, message: str) -> None:
    found = health(item("apps/v1 StatefulSet", status, spec))
    assert (found.status, message in found.message) == (wanted, True), found


def daemons(scheduled: int, updated: int, available: int, ready: int) -> dict[str, int]:
    return {
        "observedGeneration": 1,
        "desiredNumberScheduled": 2,
        "currentNumberScheduled": scheduled,
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
        "numberReady": ready,
    }


@pytest.mark.parametrize(
    ("status", "wanted", "message"),
    [
        ({}, IN_PROGRESS, "not yet looked at"),
        # desiredNumberScheduled is 0 in the first status that is written with the object.
        ({"desiredNumberScheduled": 0}, IN_PROGRESS, "not yet looked at"),
        (daemons(1, 1, 1, 1), IN_PROGRESS, "1 of 2 pods scheduled"),
        (daemons(2, 1, 2, 2), IN_PROGRESS, "1 of 2 pods updated"),
        (daemons(2, 2, 1, 2), IN_PROGRESS, "1 of 2 pods available"),
        (daemons(2, 2, 2, 1), IN_PROGRESS, "1 of 2 pods ready"),
        (daemons(2, 2, 2, 2), CURRENT, "2 of 2 pods available"),
    ],
)
def test_daemon_set(status: Any, wanted: Status, message: str) -> None:
    found = health(item("apps/v1 DaemonSet", status, generation=1))
    assert (found.status, message in found.message) == (wanted, True), found


@pytest.mark.parametrize("kind", ["apps/v1 ReplicaSet", "v1 ReplicationController"])
@pytest.mark.parametrize(
    ("status", "wanted", "message"),
    [
        ({}, IN_PROGRESS, "0 of 1 replicas labelled"),
        ({"replicas": 1, "fullyLabeledReplicas": 1}, IN_PROGRESS, "0 of 1 replicas available"),
        (
            {"conditions": [condition("ReplicaFailure", "True", "FailedCreate", "quota")]},
            IN_PROGRESS,
            "pods cannot be created: quota",
        ),
        (
            {"replicas": 2, "fullyLabeledReplicas": 1, "availableReplicas": 1, "readyReplicas": 1},
            IN_PROGRESS,
            "1 old replicas still to end",
        ),
        (
            {"replicas": 1, "fullyLabeledReplicas": 1, "availableReplicas": 1, "readyReplicas": 1},
            CURRENT,
            "1 of 1 replicas available",
        ),
    ],
)
def test_replica_set(kind: str, status: Any, wanted: Status, message: str) -> None:
    found = health(item(kind, status, {"replicas": 1}))
    assert (found.status, message in found.message) == (wanted, True), found


@pytest.mark.parametrize(
    ("status", "wanted", "message"),
    [
        ({}, IN_PROGRESS, "not started"),
        ({"startTime": "2026-11-23T10:00:00Z", "active": 1}, CURRENT, "running: 1 active, 0 failed"),
        ({"conditions": [condition("Suspended", "True")]}, CURRENT, "suspended"),
        ({"conditions": [condition("Complete", "True")], "succeeded": 1}, CURRENT, "completed, 1 pods succeeded"),
        (
            {"conditions": [condition("Failed", "True", "BackoffLimitExceeded", "tried 6 times")]},
            FAILED,
            "the job failed: tried 6 times",
        ),
        ({"conditions": [condition("Failed", "False")], "startTime": "x"}, CURRENT, "running"),
    ],
)
def test_job(status: Any, wanted: Status, message: str) -> None:
    found = health(item("batch/v1 Job", status))
    assert (found.status, message in found.message) == (wanted, True), found


def waiting(reason: str) -> dict[str, Any]:
    return {"name": "web", "state": {"waiting": {"reason": reason}}}


@pytest.mark.parametrize(
    ("status", "wanted", "message"),
    [
        ({"phase": "Succeeded"}, CURRENT, "completed"),
        ({"phase": "Failed", "message": "evicted"}, FAILED, "the pod failed: evicted"),
        ({"phase": "Failed"}, FAILED, "no reason given"),
        ({"phase": "Running", "conditions": [condition("Ready", "True")]}, CURRENT, "ready"),
        (
            {"phase": "Running", "conditions": [condition("Ready", "False", "ContainersNotReady", "web is not ready")]},
            IN_PROGRESS,
            "running, not ready: web is not ready",
        ),
        (
            {"phase": "Running", "containerStatuses": [waiting("CrashLoopBackOff")]},
            FAILED,
            "containers crash again and again: web",
        ),
        ({"phase": "Pending", "containerStatuses": [waiting("ImagePullBackOff")]}, IN_PROGRESS, "ImagePullBackOff"),
        (
            {"phase": "Pending", "conditions": [condition("PodScheduled", "False", "Unschedulable", "no node fits")]},
            IN_PROGRESS,
            "not scheduled: no node fits",
        ),
        ({}, IN_PROGRESS, "pending"),
    ],
)
def test_pod(status: Any, wanted: Status, message: str) -> None:
    found = health(item("v1 Pod", status))
    assert (found.status, message in found.message) == (wanted, True), found


@pytest.mark.parametrize(
    ("kind", "status", "spec", "wanted", "message"),
    [
        ("v1 Service", {"loadBalancer": {}}, {"type": "ClusterIP"}, CURRENT, ""),
        ("v1 Service", {"loadBalancer": {}}, {"type": "LoadBalancer"}, IN_PROGRESS, "no cluster address yet"),
        (
            "v1 Service",
            {"loadBalancer": {}},
            {"type": "LoadBalancer", "clusterIP": "10.0.0.1"},
            CURRENT,
            "no address outside the cluster yet",
        ),
        (
            "v1 Service",
            {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
            {"type": "LoadBalancer", "clusterIP": "10.0.0.1"},
            CURRENT,
            "",
        ),
        ("serving.knative.dev/v1 Service", {"conditions": [condition("Ready", "False")]}, {}, IN_PROGRESS, "not ready"),
        ("v1 PersistentVolumeClaim", {"phase": "Pending"}, {}, IN_PROGRESS, "not bound to a volume (Pending)"),
        ("v1 PersistentVolumeClaim", {"phase": "Bound"}, {}, CURRENT, "bound"),
        ("v1 PersistentVolumeClaim", {"phase": "Lost"}, {}, FAILED, "its volume was lost"),
        ("v1 Namespace", {"phase": "Active"}, {}, CURRENT, ""),
        (
            "v1 Namespace",
            {"phase": "Terminating", "conditions": [condition("NamespaceFinalizersRemaining", "True", "", "1 left")]},
            {},
            TERMINATING,
            "1 left",
        ),
        ("batch/v1 CronJob", {}, {}, CURRENT, ""),
        ("policy/v1 PodDisruptionBudget", {"conditions": [condition("DisruptionAllowed", "False")]}, {}, CURRENT, ""),
        ("networking.k8s.io/v1 Ingress", {"loadBalancer": {}}, {}, CURRENT, ""),
        (
            "apiregistration.k8s.io/v1 APIService",
            {"conditions": [condition("Available", "False", "MissingEndpoints", "no endpoints")]},
            {},
            IN_PROGRESS,
            "not available: no endpoints",
        ),
        (
            "apiregistration.k8s.io/v1 APIService",
            {"conditions": [condition("Available", "True")]},
            {},
            CURRENT,
            "available",
        ),
        (TERRAFORM, None, {}, IN_PROGRESS, "not yet looked at"),
        (TERRAFORM, {"apply": {"state": "ProvisioningAndChecking"}}, {}, IN_PROGRESS, "ProvisioningAndChecking"),
        (TERRAFORM, {"apply": {"state": "Available", "message": "deployed"}}, {}, CURRENT, "Available: deployed"),
        (TERRAFORM, {"apply": {"state": "ApplyFailed", "message": "quota"}}, {}, FAILED, "ApplyFailed: quota"),
        ("v1 ConfigMap", None, None, CURRENT, ""),
        ("v1 Secret", None, None, CURRENT, ""),
    ],
)
def test_other_kinds(kind: str, status: Any, spec: Any, wanted: Status, message: str) -> None:
    found = health(item(kind, status, spec))
    assert (found.status, message in found.message) == (wanted, True), found


@pytest.mark.parametrize(
    ("conditions", "wanted", "message"),
    [
        ([], IN_PROGRESS, "being installed"),
        ([condition("NamesAccepted", "True"), condition("Established", "True")], CURRENT, "established"),
        ([condition("Established", "False", "Installing")], IN_PROGRESS, "being installed"),
        ([condition("Established", "False", "NotAccepted", "see names")], FAILED, "not established: see names"),
        ([condition("NamesAccepted", "False", "PluralConflict", "in use")], FAILED, "names are not accepted: in use"),
    ],
)
def test_custom_resource_definition(conditions: Any, wanted: Status, message: str) -> None:
    found = health(item("apiextensions.k8s.io/v1 CustomResourceDefinition", {"conditions": conditions}))
    assert (found.status, message in found.message) == (wanted, True), found


@pytest.mark.parametrize(
    ("status", "wanted", "message"),
    [
        (None, CURRENT, ""),
        ({}, CURRENT, ""),
        ({"conditions": [condition("Ready", "True")]}, CURRENT, ""),
        ({"conditions": [condition("Ready", "False", "Pulling", "")]}, IN_PROGRESS, "not ready: Pulling"),
        ({"conditions": [condition("Ready", "Unknown")]}, IN_PROGRESS, "not ready"),
        ({"conditions": [condition("Reconciling", "True", "", "step 1")]}, IN_PROGRESS, "being reconciled: step 1"),
        ({"conditions": [condition("Stalled", "True", "BadSpec", "")]}, FAILED, "stalled: BadSpec"),
        ({"conditions": [condition("Stalled", "False"), condition("Ready", "True")]}, CURRENT, ""),
        ({"observedGeneration": 1}, IN_PROGRESS, "generation 2 not yet looked at"),
        ({"observedGeneration": 2}, CURRENT, ""),
        ({"conditions": [READY | {"observedGeneration": 1}]}, IN_PROGRESS, "generation 2 not yet looked at"),
        ({"conditions": [READY | {"observedGeneration": 2}]}, CURRENT, ""),
        ({"conditions": [READY | {"observedGeneration": "1"}]}, CURRENT, ""),
        # A controller that says of the whole status that it is of this generation may leave old conditions alone.
        ({"observedGeneration": 2, "conditions": [READY | {"observedGeneration": 1}]}, CURRENT, ""),
        ("fine", UNKNOWN, "not an object"),
        ({"conditions": "none"}, CURRENT, ""),
        ({"conditions": [None, {"type": "Ready"}]}, CURRENT, ""),
    ],
)
def test_custom_resource(status: Any, wanted: Status, message: str) -> None:
    found = health(item("example.com/v1 Gadget", status, generation=2))
    assert (found.status, message in found.message) == (wanted, True), found


def test_old_status_of_a_new_generation_is_not_believed() -> None:
    status = replicas(2, 2, 2, 2) | {"conditions": [AVAILABLE, ROLLED_OUT], "observedGeneration": 4}
    assert health(item("apps/v1 Deployment", status, TWO, generation=5)).status is IN_PROGRESS


def test_object_with_a_deletion_timestamp_is_terminating_whatever_its_status_says() -> None:
    going = item("v1 Pod", {"phase": "Failed"}, deletionTimestamp="2026-11-23T10:00:00Z", finalizers=["example.com/a"])
    assert health(going).status is TERMINATING
    assert health(going).message == "being deleted, waiting for example.com/a"


def test_no_object_is_not_found() -> None:
    assert health(None) == NOT_FOUND
