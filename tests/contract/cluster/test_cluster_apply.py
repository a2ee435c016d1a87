"""Contract of `Cluster.apply`: what server-side apply does to objects that nobody else touches."""

from __future__ import annotations

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import CONFIG_MAP, applied_live, apply, config_map, container, deployment, read
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Change, Status
from pinnace_edge.ports import Cluster
from pinnace_sim.provision.running import wait_until


def test_first_apply_creates(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 201 and the object with uid, resourceVersion and our managedFields entry."""
    applied = apply(cluster, config_map(namespace, a="1"))
    assert applied.change is Change.CREATED
    assert applied.live is not None
    assert applied.live.uid
    assert applied.live.our_fields
    assert applied.live.labels == builders.our_labels()
    assert applied.live.health.status is Status.CURRENT
    assert applied.answer is None


@pytest.mark.parametrize("text", ["\U0001f6a2 ship", "\x7f\x85\x9f\ufeff\u2028", 'line\n"quoted"\t\\', "Zoë"])
def test_any_text_arrives_as_it_was_written(cluster: Cluster, namespace: str, text: str) -> None:
    """An apply is read as YAML, which knows no surrogate pairs and refuses unprintable characters."""
    body = config_map(namespace, a=text)
    assert apply(cluster, body).change is Change.CREATED
    found = cluster.read(builders.ref(body))
    assert found is not None
    assert found["data"] == {"a": text}


def test_second_apply_of_the_same_writes_nothing(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 200 with the resourceVersion of before."""
    body = config_map(namespace, a="1")
    before = applied_live(cluster, body)
    applied = apply(cluster, body, expected_version=before.resource_version)
    assert applied.change is Change.UNCHANGED
    assert applied.live == before


@pytest.mark.slow
def test_unchanged_is_recognised_without_knowing_the_version(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI leaves the time of our managedFields entry alone when an apply changes nothing."""
    body = config_map(namespace, a="1")
    applied_live(cluster, body)
    wait_until(lambda: apply(cluster, body).change is Change.UNCHANGED, "an entry older than its clock's grain", 10)


def test_changed_field_is_configured(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 200 with a new resourceVersion."""
    before = applied_live(cluster, config_map(namespace, a="1"))
    body = config_map(namespace, a="2")
    applied = apply(cluster, body, expected_version=before.resource_version)
    assert applied.change is Change.CONFIGURED
    assert read(cluster, body)["data"] == {"a": "2"}


@pytest.mark.slow
def test_status_written_since_is_not_a_change_of_ours(cluster: Cluster, namespace: str, site: Site) -> None:
    """A new resourceVersion by a controller does not renew our managedFields entry."""
    body = deployment(namespace, replicas=1)
    before = applied_live(cluster, body)
    wait_until(lambda: _version(cluster, body) != before.resource_version, "the controller to write status", 20)

    def is_unchanged() -> bool:
        return apply(cluster, body, expected_version=before.resource_version).change is Change.UNCHANGED

    wait_until(is_unchanged, "an entry older than its clock's grain", 10)


def test_field_that_is_no_longer_sent_is_removed(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI removes a field that only we owned."""
    applied_live(cluster, config_map(namespace, a="1", b="2"))
    body = config_map(namespace, b="2")
    assert apply(cluster, body).change is Change.CONFIGURED
    assert read(cluster, body)["data"] == {"b": "2"}


def test_containers_are_merged_by_name(cluster: Cluster, namespace: str) -> None:
    """spec.containers is a list with the key `name`: an item is changed in place, one not sent any more is removed."""
    applied_live(cluster, deployment(namespace, container("web"), container("proxy"), replicas=0))
    body = deployment(namespace, container("web", "registry.example/web:2"), container("logs"), replicas=0)
    assert apply(cluster, body).change is Change.CONFIGURED
    found = {each["name"]: each["image"] for each in _containers(cluster, body)}
    assert found == {"web": "registry.example/web:2", "logs": "registry.example/web:1"}


def test_ports_are_merged_by_number_and_protocol(cluster: Cluster, namespace: str) -> None:
    """The keys of ports are containerPort and protocol; the protocol that is not sent is TCP."""
    applied_live(cluster, deployment(namespace, container(ports=[{"containerPort": 80}, {"containerPort": 81}])))
    body = deployment(namespace, container(ports=[{"containerPort": 80, "name": "http"}]))
    assert apply(cluster, body).change is Change.CONFIGURED
    assert _containers(cluster, body)[0]["ports"] == [{"containerPort": 80, "name": "http", "protocol": "TCP"}]


def test_environment_is_merged_by_name(cluster: Cluster, namespace: str) -> None:
    """The key of env is name."""
    applied_live(cluster, deployment(namespace, container(env=[{"name": "A", "value": "1"}, {"name": "B"}])))
    body = deployment(namespace, container(env=[{"name": "A", "value": "2"}]))
    assert apply(cluster, body).change is Change.CONFIGURED
    assert _containers(cluster, body)[0]["env"] == [{"name": "A", "value": "2"}]


def test_dry_run_changes_nothing_and_shows_the_result(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers dryRun=All with the object as it would be, under the stored resourceVersion."""
    before = applied_live(cluster, config_map(namespace, a="1"))
    body = config_map(namespace, a="2")
    (applied,) = cluster.apply([builders.request(body, dry_run=True, expected_version=before.resource_version)])
    assert applied.change is Change.CONFIGURED
    assert applied.answer is not None
    assert applied.answer["data"] == {"a": "2"}
    assert read(cluster, body)["data"] == {"a": "1"}
    assert _version(cluster, body) == before.resource_version


def test_dry_run_of_a_new_object_creates_nothing(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 201 and stores nothing."""
    body = config_map(namespace, a="1")
    (applied,) = cluster.apply([builders.request(body, dry_run=True)])
    assert applied.change is Change.CREATED
    assert cluster.read(builders.ref(body)) is None


def test_results_come_in_the_order_of_the_requests(cluster: Cluster, namespace: str) -> None:
    """Requests go side by side; every other one is refused by the KubeAPI (422, the key is not allowed)."""
    good, bad = {"a": "1"}, {"not ok": ""}
    items = [builders.item(CONFIG_MAP, namespace, f"m{n}", data=good if n % 2 else bad) for n in range(12)]
    results = cluster.apply([builders.request(body) for body in items])
    assert [applied.ref for applied in results] == [builders.ref(body) for body in items]
    assert [applied.change for applied in results] == [Change.REFUSED, Change.CREATED] * 6


def test_nothing_to_apply_asks_nothing(cluster: Cluster) -> None:
    """There is no request."""
    assert cluster.apply([]) == ()


def test_workload_becomes_healthy(cluster: Cluster, namespace: str) -> None:
    """The controllers fill in status; the answer to the apply shows it as of then."""
    body = deployment(namespace, replicas=2)
    assert applied_live(cluster, body).health.status is Status.IN_PROGRESS

    def is_current() -> bool:
        found = cluster.owned([builders.DEPLOYMENT]).objects[builders.ref(body)]
        return found.health.status is Status.CURRENT

    wait_until(is_current, "two replicas", 60)


def _version(cluster: Cluster, body: dict[str, object]) -> str:
    return str(read(cluster, body)["metadata"]["resourceVersion"])


def _containers(cluster: Cluster, body: dict[str, object]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = read(cluster, body)["spec"]["template"]["spec"]["containers"]
    return found
