"""Contract of controllers: what they make true of the common workloads, as the daemon's health rules read it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.cluster import builders, requests
from tests.contract.cluster.builders import applied_live, container
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Health, Kind, KubeObject, Ref, Status
from pinnace_edge.ports import Cluster
from pinnace_sim.provision.running import wait_until

DEADLINE_S = 60
STATEFUL_SET, DAEMON_SET = Kind("apps/v1", "StatefulSet"), Kind("apps/v1", "DaemonSet")
JOB, CRON_JOB = Kind("batch/v1", "Job"), Kind("batch/v1", "CronJob")
INGRESS, BUDGET = Kind("networking.k8s.io/v1", "Ingress"), Kind("policy/v1", "PodDisruptionBudget")

LABELS = {"app": "web"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [container()]}}
SELECTED = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}
JOB_SPEC = {"template": {"spec": {"restartPolicy": "Never", "containers": [container()]}}}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}


@pytest.mark.parametrize(
    ("kind", "spec", "says"),
    [
        (builders.DEPLOYMENT, {"replicas": 3, **SELECTED}, "3 of 3 replicas available"),
        (builders.DEPLOYMENT, {"replicas": 0, **SELECTED}, "0 of 0 replicas available"),
        (STATEFUL_SET, {"replicas": 2, "serviceName": "web", **SELECTED}, "2 of 2 replicas ready"),
        (DAEMON_SET, SELECTED, "1 of 1 pods available"),
        (JOB, JOB_SPEC, "completed, 1 pods succeeded"),
        (CRON_JOB, {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": JOB_SPEC}}, ""),
        (builders.SERVICE, {"ports": [{"port": 80}]}, ""),
        (INGRESS, {"defaultBackend": BACKEND}, ""),
        (BUDGET, {"minAvailable": 1, "selector": {"matchLabels": LABELS}}, ""),
    ],
)
def test_workload_becomes_current(cluster: Cluster, namespace: str, kind: Kind, spec: Any, says: str) -> None:
    body = builders.item(kind, namespace, "web", spec=spec)
    applied_live(cluster, body)
    wait_until(lambda: _health(cluster, body) == Health(Status.CURRENT, says), f"{kind}: {says}", DEADLINE_S)


def test_new_template_rolls_out(cluster: Cluster, namespace: str, site: Site) -> None:
    """The controller tells the generation that it has seen; in the end only pods of the new template are left."""
    body = builders.deployment(namespace, container(image="registry.example/web:1"), replicas=2)
    applied_live(cluster, body)
    _await_current(cluster, body)
    body = builders.deployment(namespace, container(image="registry.example/web:2"), replicas=2)
    assert applied_live(cluster, body).health.status is Status.IN_PROGRESS
    _await_current(cluster, body)
    found = builders.read(cluster, body)
    assert found["metadata"]["generation"] == found["status"]["observedGeneration"] == 2
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert {each["spec"]["containers"][0]["image"] for each in _pods(site, namespace)} == {"registry.example/web:2"}


def test_stateful_pods_are_replaced_one_by_one(cluster: Cluster, namespace: str, site: Site) -> None:
    def body(image: str) -> KubeObject:
        template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container(image=image)]}}
        spec = {"replicas": 2, "serviceName": "web", "selector": {"matchLabels": LABELS}, "template": template}
        return builders.item(STATEFUL_SET, namespace, "web", spec=spec)

    applied_live(cluster, body("registry.example/web:1"))
    _await_current(cluster, body(""))
    before = {each["metadata"]["name"]: each["metadata"]["uid"] for each in _pods(site, namespace)}
    applied_live(cluster, body("registry.example/web:2"))
    _await_current(cluster, body(""))
    after = {each["metadata"]["name"]: each["metadata"]["uid"] for each in _pods(site, namespace)}
    assert set(before) == set(after) == {"web-0", "web-1"}
    assert not set(before.values()) & set(after.values())


def test_lost_pod_is_made_again(cluster: Cluster, namespace: str, site: Site) -> None:
    body = builders.deployment(namespace, replicas=1)
    applied_live(cluster, body)
    _await_current(cluster, body)
    (lost,) = _pods(site, namespace)
    site.people.delete(Ref(Kind("v1", "Pod"), namespace, lost["metadata"]["name"]))
    wait_until(lambda: lost["metadata"]["uid"] not in _uids(site, namespace), "the pod to go", DEADLINE_S)
    _await_current(cluster, body)


def test_service_gets_an_address_and_keeps_it(cluster: Cluster, namespace: str) -> None:
    body = builders.item(builders.SERVICE, namespace, "web", spec={"ports": [{"port": 80}]})
    applied_live(cluster, body)
    address = builders.read(cluster, body)["spec"]["clusterIP"]
    assert address.count(".") == 3
    body["spec"]["ports"] = [{"port": 81}]
    applied_live(cluster, body)
    assert builders.read(cluster, body)["spec"]["clusterIP"] == address


def test_namespace_is_furnished(cluster: Cluster, namespace: str, site: Site) -> None:
    """Each has a ServiceAccount and the ConfigMap with the authority of the KubeAPI."""
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
    wait_until(lambda: requests.ask(site.people, "GET", account).is_ok, "the ServiceAccount", DEADLINE_S)
    authority = requests.config_maps(namespace, "kube-root-ca.crt")
    wait_until(lambda: requests.ask(site.people, "GET", authority).is_ok, "the ConfigMap", DEADLINE_S)


def _await_current(cluster: Cluster, body: KubeObject) -> None:
    wait_until(lambda: _health(cluster, body).status is Status.CURRENT, "the workload to be current", DEADLINE_S)


def _health(cluster: Cluster, body: KubeObject) -> Health:
    ref = builders.ref(body)
    return cluster.owned([ref.kind]).objects[ref].health


def _pods(site: Site, namespace: str) -> list[KubeObject]:
    found = requests.get(site.people, f"/api/v1/namespaces/{namespace}/pods")["items"]
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]


def _uids(site: Site, namespace: str) -> set[str]:
    return {str(each["metadata"]["uid"]) for each in _pods(site, namespace)}
