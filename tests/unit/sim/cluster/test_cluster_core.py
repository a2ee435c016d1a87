"""The core under a clock of its caller's: what it does is a function of seed, times and requests."""

from __future__ import annotations

import pytest
from tests.unit.sim.cluster.made import Made, config_map, item, workload

from pinnace_sim.cluster import ClusterSettings
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.listing import Page, page
from pinnace_sim.cluster.watching import Scope

GADGETS = item(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "gadgets.example.com",
    spec={
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Gadget", "plural": "gadgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
)
GADGET = item("example.com/v1", "Gadget", "one", spec={"size": 1})


def _contents(made: Made) -> list[bytes]:
    kinds = ("deployments.apps", "replicasets.apps", "pods")
    return [found.metadata + found.body for kind in kinds for found in made.core.store.all(kind)]


def test_same_seed_gives_the_same_cluster() -> None:
    def story(seed: int) -> list[bytes]:
        made = Made(seed=seed)
        made.apply(workload(replicas=3))
        made.pass_time(5)
        made.apply(workload(image="registry.example/web:2", replicas=3))
        made.pass_time(5)
        return _contents(made)

    assert story(7) == story(7)
    assert story(7) != story(8)


def test_nothing_is_ready_before_its_time() -> None:
    made = Made()
    made.apply(workload(replicas=1))
    assert "readyReplicas" not in made.status(workload())
    made.pass_time(made.core.settings.pod_start.most)
    assert made.status(workload())["readyReplicas"] == 1


def test_cluster_at_rest_has_nothing_to_do() -> None:
    made = Made()
    made.apply(workload())
    made.pass_time(3600)
    assert made.core.next_at is None


def test_image_that_is_called_unready_keeps_its_workload_waiting() -> None:
    made = Made(settings=ClusterSettings(unready_images=frozenset({":broken"})))
    made.apply(workload(image="registry.example/web:broken", replicas=1, progressDeadlineSeconds=60))
    made.pass_time(30)
    (pod,) = made.core.store.all("pods")
    assert b'"reason":"ImagePullBackOff"' in pod.body
    assert _reason(made, "Progressing") == "ReplicaSetUpdated"
    made.pass_time(40)
    assert _reason(made, "Progressing") == "ProgressDeadlineExceeded"
    made.apply(workload(image="registry.example/web:fixed", replicas=1, progressDeadlineSeconds=60))
    made.pass_time(5)
    assert _reason(made, "Progressing") == "NewReplicaSetAvailable"


def test_broken_update_leaves_the_old_pods_running() -> None:
    made = Made(settings=ClusterSettings(unready_images=frozenset({":broken"})))
    made.apply(workload(replicas=2))
    made.pass_time(5)
    made.apply(workload(image="registry.example/web:broken", replicas=2))
    made.pass_time(30)
    assert made.status(workload())["availableReplicas"] == 2
    assert len(made.names("replicasets.apps")) == 2


def test_claims_are_bound_and_go_when_no_pod_uses_them() -> None:
    made = Made()
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    template = {"metadata": {"name": "data"}, "spec": claim}
    body = workload("StatefulSet", serviceName="web", replicas=2, volumeClaimTemplates=[template])
    made.apply(body)
    made.pass_time(10)
    assert made.status(body)["readyReplicas"] == 2
    first = item("v1", "PersistentVolumeClaim", "data-web-0")
    assert made.status(first)["phase"] == "Bound"
    made.delete(first)
    made.pass_time(10)
    assert made.find(first) is not None
    made.delete(body)
    made.pass_time(10)
    assert made.names("persistentvolumeclaims") == ["data-web-1"]
    assert len(made.names("persistentvolumes")) == 1


def test_job_ends_by_its_deadline_and_goes_by_its_lifetime() -> None:
    made = Made(settings=ClusterSettings(unready_images=frozenset({":broken"})))
    container = {"name": "one", "image": "registry.example/one:broken"}
    pod = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    spec = {"activeDeadlineSeconds": 10, "ttlSecondsAfterFinished": 100, "template": pod}
    body = item("batch/v1", "Job", "one", spec=spec)
    made.apply(body)
    made.pass_time(20)
    assert made.status(body)["conditions"][-1]["reason"] == "DeadlineExceeded"
    made.pass_time(100)
    assert made.find(body) is None
    assert made.names("pods") == []


def test_kind_goes_with_its_instances() -> None:
    made = Made()
    made.apply(GADGETS)
    with pytest.raises(Refused):
        made.resource(GADGET)
    made.pass_time(1)
    made.apply(GADGET)
    made.delete(GADGETS)
    made.pass_time(1)
    assert made.names("gadgets.example.com") == []
    with pytest.raises(Refused):
        made.resource(GADGET)


def test_instance_with_a_finalizer_holds_its_kind_which_takes_no_more() -> None:
    made = Made()
    made.apply(GADGETS)
    made.pass_time(1)
    held = GADGET | {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
    made.apply(held)
    made.delete(GADGETS)
    with pytest.raises(Refused, match="create not allowed while custom resource definition is terminating"):
        made.apply(GADGET)
    made.apply(held | {"metadata": {"name": "held"}})
    made.pass_time(1)
    assert made.names("gadgets.example.com") == []


def test_watch_that_falls_behind_the_log_has_expired() -> None:
    made = Made(settings=ClusterSettings(history=10))
    watch = made.core.watch(Scope(made.resource(config_map())), made.core.store.revision)
    made.apply(config_map(a="1"))
    assert len(list(watch.take())) == 1
    for number in range(11):
        made.apply(config_map(a=str(number)))
    with pytest.raises(Refused, match="too old resource version"):
        list(watch.take())


def test_list_cannot_be_continued_once_the_log_has_gone_on() -> None:
    made = Made(settings=ClusterSettings(history=10))
    scope = Scope(made.resource(config_map()), "default")
    for name in ("one", "two"):
        made.apply(config_map(name))
    token = page(made.core.store, scope, Page(limit=1)).partition(b'"continue":"')[2].partition(b'"')[0].decode()
    for number in range(11):
        made.apply(config_map("one", a=str(number)))
    with pytest.raises(Refused) as refused:
        page(made.core.store, scope, Page(limit=1, token=token))
    assert refused.value.code == 410


def test_unchanged_apply_writes_nothing() -> None:
    made = Made()
    before = made.apply(config_map(a="1"))
    made.pass_time(60)
    assert made.apply(config_map(a="1")) == before


def _reason(made: Made, kind: str) -> str:
    found = made.status(workload())["conditions"]
    return str(next(each["reason"] for each in found if each["type"] == kind))
