"""The table of where KubeVela and the daemon judge differently: each row is what both of them really say."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.docs.pages import ROOT

from pinnace_cloud.render.health import traffic, workloads
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_edge.model import Status
from pinnace_edge.rules.health import health

Json = dict[str, Any]
Case = tuple[str, str]

PAGE = ROOT / "docs" / "kubevela.md"
AT_A_SITE = {Status.CURRENT: "ready", Status.IN_PROGRESS: "not ready", Status.TERMINATING: "not ready"}

COMPLETE: Json = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2}
PODS: Json = {"observedGeneration": 1, "desiredNumberScheduled": 2, "currentNumberScheduled": 2}
READY_PODS: Json = PODS | {"updatedNumberScheduled": 2, "numberReady": 2}
SURPLUS: Json = {"numberReady": 3, "numberAvailable": 3}
STARTED: Json = {"startTime": "2026-11-23T12:00:00Z", "active": 2}
SUSPENDED: Json = {"conditions": [{"type": "Suspended", "status": "True"}]}
BY_CONTROLLER: Json = {"currentRevision": "b", "updateRevision": "b", "currentReplicas": 2, "availableReplicas": 2}


def item(kind: str, status: Json, spec: Json | None = None, **metadata: Any) -> Json:
    version, name = kind.split(" ")
    meta = {"name": "web", "generation": 1, **metadata}
    return {"apiVersion": version, "kind": name, "metadata": meta, "spec": spec or {}, "status": status}


def deployment(status: Json, **metadata: Any) -> Json:
    return item("apps/v1 Deployment", status, {"replicas": 2, "progressDeadlineSeconds": 600}, **metadata)


def stateful_set(status: Json, strategy: Json) -> Json:
    return item("apps/v1 StatefulSet", COMPLETE | status, {"replicas": 2, "updateStrategy": strategy})


def conditions(progressing: str) -> Json:
    found = [{"type": "Available", "status": "True"}, {"type": "Progressing", "status": "True", "reason": progressing}]
    return {"availableReplicas": 2, "conditions": found}


def live(output: Json) -> Live:
    return Live("web", "shop", "default", output, {"service": output})


UNCHECKED: Json = {"annotations": {workloads.UNCHECKED: "true"}}
PARTITION: Json = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
OLD_PODS: Json = {"currentRevision": "a", "updateRevision": "b", "updatedReplicas": 1, "currentReplicas": 1}

ROLLED_OUT, ROLLING = conditions("NewReplicaSetAvailable"), conditions("ReplicaSetUpdated")
BALANCED: Json = {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}
NOT_READY: Json = {"observedGeneration": 1}
AT_NOON: Json = {"deletionTimestamp": "2026-11-23T12:00:00Z"}


def no_rule(_: Live) -> Health:
    """Of the types that have none."""
    return Health(is_healthy=True)


replicated, on_nodes, done = workloads.replicated_or_unchecked, workloads.on_nodes, workloads.done
EARLY = "pods are ready, but not for `minReadySeconds` yet"
PLAIN = "any object of `k8s-objects`, `ref-objects`, `helm` or `kustomize`"

# By what stands in the first two columns: an object in that state, and KubeVela's rule for it.
CASES: dict[Case, tuple[Json, Callable[[Live], Health]]] = {
    ("Deployment", EARLY): (deployment(COMPLETE), replicated),
    ("Deployment", "the numbers are right before `Progressing` says so"): (deployment(COMPLETE | ROLLING), replicated),
    ("Deployment", "being deleted"): (deployment(COMPLETE | ROLLED_OUT, **AT_NOON), replicated),
    ("Deployment", "no pod ready, `app.oam.dev/disable-health-check`"): (
        deployment(NOT_READY, **UNCHECKED),
        replicated,
    ),
    ("StatefulSet", "pods of the old revision, `OnDelete`"): (stateful_set(OLD_PODS, {"type": "OnDelete"}), replicated),
    ("StatefulSet", "rolled out up to its `partition`"): (stateful_set(OLD_PODS, PARTITION), replicated),
    ("DaemonSet", EARLY): (item("apps/v1 DaemonSet", READY_PODS), on_nodes),
    ("DaemonSet", "a pod too many is ready"): (item("apps/v1 DaemonSet", READY_PODS | SURPLUS), on_nodes),
    ("Job", "runs"): (item("batch/v1 Job", STARTED, {"parallelism": 2}), done),
    ("Job", "suspended"): (item("batch/v1 Job", SUSPENDED, {"parallelism": 2}), done),
    ("Service of `expose`", "a `LoadBalancer` without an IP address"): (
        item("v1 Service", {}, BALANCED),
        traffic.exposed,
    ),
    ("PersistentVolumeClaim", "not bound"): (item("v1 PersistentVolumeClaim", {"phase": "Pending"}), no_rule),
    (PLAIN, "not ready by its own status"): (deployment(NOT_READY), no_rule),
}


def rows() -> dict[Case, tuple[str, str]]:
    section = PAGE.read_text("utf-8").split("\n## Health\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| (.+) \| (.+) \| (healthy|not healthy) \| (ready|not ready|failed) \|$", section, re.M)
    return {(kind, state): (here, there) for kind, state, here, there in found}


@pytest.mark.parametrize("key", CASES, ids=str)
def test_a_row_is_what_both_say(key: Case) -> None:
    output, rule = CASES[key]
    found = rule(live(output))
    verdicts = "healthy" if found.is_healthy else "not healthy", AT_A_SITE[health(output).status]
    assert rows()[key] == verdicts
    assert verdicts not in (("healthy", "ready"), ("not healthy", "not ready"))


def test_every_row_has_a_case() -> None:
    assert set(rows()) == set(CASES)


def test_where_all_is_as_wanted_both_say_so() -> None:
    complete_job = {"succeeded": 2, "conditions": [{"type": "Complete", "status": "True"}]}
    both = [
        (deployment(COMPLETE | ROLLED_OUT), replicated),
        (item("apps/v1 StatefulSet", COMPLETE | BY_CONTROLLER, {"replicas": 2}), replicated),
        (item("apps/v1 DaemonSet", READY_PODS | {"numberAvailable": 2}), on_nodes),
        (item("batch/v1 Job", complete_job, {"parallelism": 2}), done),
    ]
    for output, rule in both:
        assert (rule(live(output)).is_healthy, health(output).status) == (True, Status.CURRENT)
