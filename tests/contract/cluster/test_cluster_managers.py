"""Contract of field ownership: several managers of one object, conflicts, and how a foreign change is noticed."""

from __future__ import annotations

from tests.contract.cluster import builders
from tests.contract.cluster.builders import applied_live, apply, config_map, container, deployment, read
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Change, KubeObject, Live
from pinnace_edge.ports import Cluster
from pinnace_edge.rules import drift
from pinnace_edge.rules.drift import Difference
from pinnace_schemas.reasons import Reason


def test_two_managers_share_an_object(cluster: Cluster, namespace: str, site: Site) -> None:
    """Each manager's fields stay when the other applies."""
    applied_live(cluster, config_map(namespace, ours="1"))
    site.people.apply("kubectl", config_map(namespace, app=None, theirs="1"))
    body = config_map(namespace, ours="2")
    assert apply(cluster, body).change is Change.CONFIGURED
    assert read(cluster, body)["data"] == {"ours": "2", "theirs": "1"}


def test_conflict_names_the_manager_and_the_field(cluster: Cluster, namespace: str, site: Site) -> None:
    """The KubeAPI answers 409 with a cause FieldManagerConflict."""
    site.people.apply("kubectl", config_map(namespace, app=None, a="theirs"))
    applied = apply(cluster, config_map(namespace, a="ours"))
    assert applied.change is Change.REFUSED
    assert applied.reason is Reason.CONFLICT
    assert '"kubectl"' in applied.message
    assert ".data.a" in applied.message


def test_equal_values_do_not_conflict(cluster: Cluster, namespace: str, site: Site) -> None:
    """Two managers own a field together when both apply the same value."""
    site.people.apply("kubectl", config_map(namespace, app=None, a="1"))
    assert apply(cluster, config_map(namespace, a="1")).change is Change.CONFIGURED


def test_force_takes_the_field(cluster: Cluster, namespace: str, site: Site) -> None:
    """With force the KubeAPI answers 200, and the other manager owns the field no longer."""
    site.people.apply("kubectl", config_map(namespace, app=None, a="theirs"))
    body = config_map(namespace, a="ours")
    assert apply(cluster, body, force=True).change is Change.CONFIGURED
    found = read(cluster, body)
    assert found["data"] == {"a": "ours"}
    owners = {each["manager"] for each in found["metadata"]["managedFields"] if "f:data" in each["fieldsV1"]}
    assert owners == {"pinnace"}


def test_our_fields_stay_when_status_is_written(cluster: Cluster, namespace: str, site: Site) -> None:
    """Status has a managedFields entry of its own (subresource status)."""
    body = deployment(namespace, replicas=0)
    before = applied_live(cluster, body)
    site.people.edit("controller", builders.ref(body), {"status": {"collisionCount": 7}}, "status")
    after = _live(cluster, body)
    assert after.resource_version != before.resource_version
    assert after.our_fields == before.our_fields


def test_our_fields_stay_when_others_add_theirs(cluster: Cluster, namespace: str, site: Site) -> None:
    """A foreign field goes into the foreign manager's entry."""
    body = config_map(namespace, a="1")
    before = applied_live(cluster, body)
    site.people.edit("kubectl-edit", builders.ref(body), {"data": {"theirs": "1"}})
    assert _live(cluster, body).our_fields == before.our_fields


def test_our_fields_change_when_someone_edits_one(cluster: Cluster, namespace: str, site: Site) -> None:
    """Who sets a field to another value by an ordinary patch takes it from us."""
    body = config_map(namespace, a="1")
    before = applied_live(cluster, body)
    site.people.edit("kubectl-edit", builders.ref(body), {"data": {"a": "2"}})
    assert _live(cluster, body).our_fields != before.our_fields


def test_our_fields_change_when_someone_removes_one(cluster: Cluster, namespace: str, site: Site) -> None:
    """A removed field is in nobody's entry."""
    body = config_map(namespace, a="1", b="2")
    before = applied_live(cluster, body)
    site.people.edit("kubectl-edit", builders.ref(body), {"data": {"a": None}})
    assert _live(cluster, body).our_fields != before.our_fields


def test_forced_apply_restores_our_fields(cluster: Cluster, namespace: str, site: Site) -> None:
    """After a forced apply our entry is what it was before the edit."""
    body = config_map(namespace, a="1")
    before = applied_live(cluster, body)
    site.people.edit("kubectl-edit", builders.ref(body), {"data": {"a": "2"}})
    assert applied_live(cluster, body, force=True).our_fields == before.our_fields


def test_dry_run_shows_who_changed_what(cluster: Cluster, namespace: str, site: Site) -> None:
    """The forced dry run answers with our values in place; managedFields of the live object name who took them."""
    body = deployment(namespace, container(), replicas=0)
    applied_live(cluster, body)
    image = {"spec": {"template": {"spec": {"containers": [container(image="registry.example/web:evil")]}}}}
    site.people.edit("kubectl-edit", builders.ref(body), image)
    site.people.edit("kubectl-label", builders.ref(body), {"metadata": {"labels": {"pinnace.dev/group": "paris"}}})
    assert drift.differences(read(cluster, body), _wanted(cluster, body)) == (
        Difference('metadata.labels["pinnace.dev/group"]', "kubectl-label"),
        Difference("spec.template.spec.containers[name=web].image", "kubectl-edit"),
    )


def test_dry_run_shows_no_difference_in_what_is_not_ours(cluster: Cluster, namespace: str, site: Site) -> None:
    """Defaults and foreign fields are the same in the live object and in the answer."""
    body = builders.item(builders.SERVICE, namespace, "web", spec={"ports": [{"port": 80}]})
    applied_live(cluster, body)
    site.people.edit("mesh", builders.ref(body), {"metadata": {"annotations": {"mesh": "on"}}})
    assert drift.differences(read(cluster, body), _wanted(cluster, body)) == ()


def _live(cluster: Cluster, body: KubeObject) -> Live:
    ref = builders.ref(body)
    return cluster.owned([ref.kind]).objects[ref]


def _wanted(cluster: Cluster, body: KubeObject) -> KubeObject:
    (applied,) = cluster.apply([builders.request(body, force=True, dry_run=True)])
    assert applied.answer is not None
    return applied.answer
