"""Contract of refusals: an object that the KubeAPI does not take is a value with its message, never an exception."""

from __future__ import annotations

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import apply, config_map, container, deployment
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Change, Deletion, Kind, Ref
from pinnace_edge.ports import Cluster
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision.running import wait_until


def test_unknown_field_is_refused_by_path(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 500 without a reason, "field not declared in schema": not a fault of its own."""
    applied = apply(cluster, deployment(namespace, bogus=1))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.API_REJECTED)
    assert ".spec.bogus: field not declared in schema" in applied.message


def test_wrong_type_is_refused_by_path(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 500 without a reason, "expected numeric"."""
    applied = apply(cluster, deployment(namespace, replicas="three"))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.API_REJECTED)
    assert ".spec.replicas: expected numeric" in applied.message


def test_invalid_object_is_refused_with_the_message(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 422 Invalid."""
    applied = apply(cluster, deployment(namespace, container(name="Not A Name")))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.API_REJECTED)
    assert "spec.template.spec.containers[0].name: Invalid value" in applied.message


def test_label_beyond_63_characters_is_refused(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 422: a label value has at most 63 characters."""
    body = config_map(namespace)
    body["metadata"]["labels"]["pinnace.dev/application"] = "a" * 64
    applied = apply(cluster, body)
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.API_REJECTED)
    assert "must be no more than 63 " in applied.message


def test_label_of_63_characters_is_taken(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 201."""
    body = config_map(namespace)
    body["metadata"]["labels"]["pinnace.dev/application"] = "a" * 63
    assert apply(cluster, body).change is Change.CREATED


def test_refused_object_does_not_hold_up_the_others(cluster: Cluster, namespace: str) -> None:
    """Each object is a request of its own."""
    bodies = [config_map(namespace, "first"), deployment(namespace, bogus=1), config_map(namespace, "last")]
    changes = [applied.change for applied in cluster.apply([builders.request(body) for body in bodies])]
    assert changes == [Change.CREATED, Change.REFUSED, Change.CREATED]


def test_missing_namespace_is_worth_a_retry(cluster: Cluster) -> None:
    """The KubeAPI answers 404 and names the namespace in its details; the daemon makes it."""
    applied = apply(cluster, config_map("nowhere"))
    assert (applied.change, applied.reason) == (Change.RETRY, Reason.NOT_FOUND)
    assert 'namespaces "nowhere" not found' in applied.message


def test_namespace_that_is_being_deleted_is_worth_a_retry(cluster: Cluster, namespace: str, site: Site) -> None:
    """The KubeAPI answers 403 with a cause NamespaceTerminating."""
    held = config_map(namespace, "held", app=None)
    held["metadata"]["finalizers"] = ["example.com/hold"]
    site.people.apply("kubectl", held)
    home = Ref(builders.NAMESPACE, "", namespace)
    site.people.delete(home)
    try:
        applied = apply(cluster, config_map(namespace))
    finally:
        site.people.edit("kubectl", builders.ref(held), {"metadata": {"finalizers": None}})
        wait_until(lambda: cluster.read(home) is None, "the namespace to be gone", 60)
        site.people.apply("admin", builders.item(builders.NAMESPACE, "", namespace, app=None))
    assert (applied.change, applied.reason) == (Change.RETRY, Reason.REMOVING)
    assert "is being terminated" in applied.message


def test_unknown_kind_is_refused_without_a_request(cluster: Cluster, namespace: str) -> None:
    """Discovery does not list it; a request would get 404 "the server could not find the requested resource"."""
    applied = apply(cluster, builders.item(Kind("example.com/v1", "Nothing"), namespace, "one"))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.UNKNOWN_KIND)
    assert "example.com/v1 Nothing" in applied.message


def test_unknown_version_of_a_known_kind_is_an_unknown_kind(cluster: Cluster, namespace: str) -> None:
    """Discovery lists versions, too: apps/v1beta1 went with Kubernetes 1.16."""
    applied = apply(cluster, builders.item(Kind("apps/v1beta1", "Deployment"), namespace, "web"))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.UNKNOWN_KIND)


def test_forbidden_names_verb_and_resource(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 403; the daemon's role knows no leases."""
    applied = apply(cluster, builders.item(builders.LEASE, namespace, "one"))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.FORBIDDEN)
    assert 'cannot patch resource "leases"' in applied.message


def test_forbidden_list_is_refused_by_kind(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 403 for the list; other kinds are listed all the same."""
    present = cluster.present(builders.LEASE, namespace)
    assert present.objects == {}
    reason, message = present.refused[builders.LEASE]
    assert reason is Reason.FORBIDDEN
    assert 'cannot list resource "leases"' in message


def test_forbidden_kind_does_not_hide_the_others(cluster: Cluster, namespace: str) -> None:
    """One list for each kind."""
    body = config_map(namespace)
    apply(cluster, body)
    listing = cluster.owned([builders.LEASE, builders.CONFIG_MAP])
    assert builders.ref(body) in listing.objects
    assert set(listing.refused) == {builders.LEASE}


def test_forbidden_read_is_rejected(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 403 whether the object exists or not."""
    with pytest.raises(Rejected) as refused:
        cluster.read(Ref(builders.LEASE, namespace, "one"))
    assert refused.value.reason is Reason.FORBIDDEN


def test_forbidden_delete_names_verb_and_resource(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 403; nobody may delete namespaces with the daemon's role."""
    deleted = cluster.delete(Ref(builders.NAMESPACE, "", namespace), "2f2c0f3e-0000-0000-0000-000000000000")
    assert (deleted.outcome, deleted.reason) == (Deletion.REFUSED, Reason.FORBIDDEN)
    assert 'cannot delete resource "namespaces"' in deleted.message


def test_quota_is_not_a_matter_of_roles(cluster: Cluster, namespace: str, site: Site) -> None:
    """The KubeAPI answers 403 Forbidden for an exceeded quota as well."""
    quota = Kind("v1", "ResourceQuota")
    body = builders.item(quota, namespace, "small", app=None, spec={"hard": {"count/configmaps": "0"}})
    site.people.apply("kubectl", body)

    def is_refused() -> bool:
        applied = apply(cluster, config_map(namespace, "beyond"))
        return (applied.change, applied.reason) == (Change.REFUSED, Reason.API_REJECTED) and "quota" in applied.message

    wait_until(is_refused, "the quota to be counted", 30)
