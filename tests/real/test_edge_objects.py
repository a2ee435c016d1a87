"""Objects as people write them, on a real kube-apiserver: each comes to rest, stays healed, and hides nothing.

The daemon runs in this process with a clock of its own, so that a week of passes takes a second.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real import edge_sites
from tests.real.edge_sites import PODS, RealSite, item, template

from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_sim.controlplane import ControlPlane

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with edge_sites.plane("objects") as started:
        yield started


@pytest.fixture
def site(plane: ControlPlane, tmp_path: Path) -> Iterator[RealSite]:
    with edge_sites.site(plane, tmp_path) as made:
        yield made


def test_a_secret_written_as_text_is_healed_and_loses_what_the_next_revision_leaves_out(site: RealSite) -> None:
    site.deliver(1, item("v1", "Secret", "texts", stringData={"user": "anna", "password": "one"}))
    site.wait_for(Phase.CONVERGED)
    site.plane.kubectl("patch", "secret", "texts", "-n", "default", "-p", '{"stringData": {"password": "two"}}')
    site.clock.advance(70)
    site.wait(lambda: site.secret("texts")["password"] == "one", "the password to be put back")
    assert "data.password changed by" in site.events_of(Event.DRIFT_HEALED)[-1].message
    site.deliver(2, item("v1", "Secret", "texts", stringData={"user": "anna"}))
    site.wait(lambda: site.secret("texts") == {"user": "anna"}, "the password to be gone")


def test_an_object_that_was_copied_out_of_another_cluster_is_applied_again_and_again(site: RealSite) -> None:
    copied = item("v1", "ConfigMap", "copied", data={"a": "1"})
    copied["metadata"] |= {"resourceVersion": "7", "uid": "6f1c1b4e-0000-0000-0000-000000000000", "generation": 3}
    copied["metadata"] |= {"creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{"manager": "kubectl"}]}
    site.deliver(1, copied)
    site.wait_for(Phase.CONVERGED)
    site.deliver(2, {**copied, "data": {"a": "2"}})
    site.wait(lambda: site.deployment().revision == 2, "revision 2")
    site.wait_for(Phase.CONVERGED)


def test_what_the_api_normalises_defaults_or_fills_in_is_no_drift(site: RealSite) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}}
    account = item("v1", "Secret", "account-token", type="kubernetes.io/service-account-token")
    account["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "account"}
    job = {"template": {"spec": {**PODS, "restartPolicy": "Never"}}}
    odd = template("odd", resources={"limits": {"cpu": "1000m", "memory": "0.5Gi"}})
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "odd"}
    objects = (
        item("v1", "ServiceAccount", "account"),
        account,
        item("apps/v1", "Deployment", "odd", spec={"selector": {"matchLabels": {"app": "odd"}}, "template": odd}),
        item("v1", "Service", "odd", spec={"selector": {"app": "odd"}, "ports": [{"port": 80}]}),
        item("batch/v1", "CronJob", "odd", spec={"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job}}),
        item("autoscaling/v2", "HorizontalPodAutoscaler", "odd", spec={"scaleTargetRef": target, "maxReplicas": 2}),
        item(
            "apps/v1",
            "StatefulSet",
            "odd-set",
            spec={
                "serviceName": "odd",
                "replicas": 0,
                "selector": {"matchLabels": {"app": "odd-set"}},
                "template": template("odd-set"),
                "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim}],
            },
        ),
    )
    site.deliver(1, *objects)
    site.wait_for(Phase.CONVERGED)
    before = site.store.last_entry()
    for _ in range(20):
        site.pass_time(70)
    assert not site.events_of(Event.DRIFT_HEALED)
    assert [entry.message for entry in site.journal() if entry.seq > before] == []


def test_a_namespace_that_is_deleted_under_us_comes_back_with_what_was_in_it(site: RealSite) -> None:
    away = item("v1", "ConfigMap", "away", data={"a": "1"})
    away["metadata"]["namespace"] = "away"
    site.deliver(1, away)
    site.wait_for(Phase.CONVERGED)
    first = site.plane.kubectl("get", "namespace", "away", "-o", "jsonpath={.metadata.uid}")
    site.plane.kubectl("delete", "namespace", "away", "--wait=false")

    def is_back() -> bool:
        """In a namespace of the same name that is another one."""
        found = site.plane.kubectl("get", "configmap", "away", "-n", "away", "--ignore-not-found", "-o", "name")
        there = site.plane.kubectl("get", "namespace", "away", "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
        return bool(found.strip()) and there not in ("", first)

    site.clock.advance(70)
    site.wait(is_back, "the object to be back in a new namespace")
    site.wait_for(Phase.CONVERGED)


def test_an_object_without_a_proper_namespace_is_told_and_the_rest_is_applied(site: RealSite) -> None:
    lost = item("v1", "ConfigMap", "lost")
    lost["metadata"]["namespace"] = "no/where"
    workload = {"selector": {"matchLabels": {"app": "a"}}, "template": template("a"), "replicas": 0}
    site.deliver(1, lost, item("v1", "ConfigMap", "found"), item("apps/v1", "Deployment", "a", spec=workload))
    site.wait_for(Phase.FAILED)
    assert site.deployment().reason is Reason.INVALID
    assert "'no/where' is no name of a namespace" in site.deployment().message
    names = site.plane.kubectl("get", "configmap,deployment", "-n", "default", "-o", "name").split()
    assert {"configmap/found", "deployment.apps/a"} <= set(names)


def test_a_field_that_cannot_change_is_told_and_the_rest_of_the_revision_is_applied(site: RealSite) -> None:
    job = {"template": {"spec": {**PODS, "restartPolicy": "Never"}}}
    site.deliver(1, item("batch/v1", "Job", "once", spec=job), item("v1", "ConfigMap", "beside", data={"a": "1"}))
    site.wait_for(Phase.CONVERGED)
    other = {"template": {"spec": {"containers": [{"name": "web", "image": "other"}], "restartPolicy": "Never"}}}
    site.deliver(2, item("batch/v1", "Job", "once", spec=other), item("v1", "ConfigMap", "beside", data={"a": "2"}))
    site.wait_for(Phase.FAILED)
    assert "field is immutable" in site.deployment().message
    value = site.plane.kubectl("get", "configmap", "beside", "-n", "default", "-o", "jsonpath={.data.a}")
    assert value == "2"
