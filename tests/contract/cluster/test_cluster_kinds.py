"""Contract of kinds: which exist, in which scope, and how a kind comes and goes with its CRD."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import applied_live, apply, config_map
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Change, Deletion, Kind, KubeObject, Ref, Status
from pinnace_edge.ports import Cluster
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision.running import wait_until

GADGET = Kind("shops.example.com/v1", "Gadget")
# How an operator of a site lets the daemon deliver a kind that deploy/ does not know.
GADGET_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "gadgets-for-edge", "labels": {"pinnace.dev/aggregate-to-edge": "true"}},
    "rules": [{"apiGroups": ["shops.example.com"], "resources": ["gadgets"], "verbs": ["*"]}],
}
EVERYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
DEFINITION = builders.item(
    builders.CRD,
    "",
    "gadgets.shops.example.com",
    spec={
        "group": "shops.example.com",
        "names": {"kind": "Gadget", "plural": "gadgets", "singular": "gadget", "listKind": "GadgetList"},
        "scope": "Namespaced",
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": EVERYTHING}}],
    },
)


@pytest.fixture
def definition(site: Site, cluster: Cluster) -> Iterator[KubeObject]:
    """The CRD, which the case may leave in the cluster."""
    site.grant_platform()
    site.people.apply("admin", GADGET_ROLE)
    yield DEFINITION
    left = cluster.read(builders.ref(DEFINITION))
    if left is not None:
        site.people.delete(builders.ref(DEFINITION))
    wait_until(lambda: cluster.read(builders.ref(DEFINITION)) is None, "the CRD to be gone", 30)


def test_version_is_that_of_the_server(cluster: Cluster) -> None:
    """The KubeAPI answers /version with gitVersion."""
    assert cluster.version().startswith("v1.")


@pytest.mark.parametrize(
    ("kind", "is_namespaced"),
    [
        (builders.CONFIG_MAP, True),
        (builders.DEPLOYMENT, True),
        (builders.NAMESPACE, False),
        (builders.CRD, False),
        (Kind("example.com/v1", "Nothing"), None),
        (Kind("apps/v1", "ConfigMap"), None),
        # Served only as subresources: discovery lists them below another resource, not as kinds of their own.
        (Kind("autoscaling/v1", "Scale"), None),
    ],
)
def test_scope_is_known_from_discovery(cluster: Cluster, kind: Kind, is_namespaced: bool | None) -> None:
    """Aggregated discovery lists each kind with its scope."""
    assert cluster.is_namespaced(kind) is is_namespaced


def test_object_of_a_namespaced_kind_needs_a_namespace(cluster: Cluster) -> None:
    """The KubeAPI has no path for it: 405 for the name as a collection."""
    applied = apply(cluster, config_map(""))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.INVALID)


def test_object_of_a_cluster_kind_has_no_namespace(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI has no such path: 404."""
    applied = apply(cluster, builders.item(builders.NAMESPACE, namespace, "inner"))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.INVALID)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a%2fb"])
def test_name_that_would_be_another_path_is_refused(cluster: Cluster, namespace: str, name: str) -> None:
    """The KubeAPI resolves such paths to other objects, which is why it is not asked."""
    applied = apply(cluster, config_map(namespace, name))
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.INVALID)
    deleted = cluster.delete(builders.ref(config_map(namespace, name)), "some-uid")
    assert (deleted.outcome, deleted.reason) == (Deletion.REFUSED, Reason.INVALID)


def test_namespace_is_made_by_apply(cluster: Cluster, site: Site) -> None:
    """Namespaces are applied like any object: 201, then 200."""
    body = builders.item(builders.NAMESPACE, "", "made-by-apply", app=None)
    assert apply(cluster, body).change is Change.CREATED
    assert apply(cluster, config_map("made-by-apply")).change is Change.CREATED
    site.people.delete(builders.ref(body))


@pytest.mark.slow
def test_custom_resource_follows_its_definition(cluster: Cluster, namespace: str, definition: KubeObject) -> None:
    """The KubeAPI serves the kind some moments after the CRD is Established; discovery shows it no sooner."""
    assert cluster.is_namespaced(GADGET) is None
    assert apply(cluster, definition).change is Change.CREATED
    wait_until(lambda: _status(cluster, definition) is Status.CURRENT, "the CRD to be established", 30)
    gadget = builders.item(GADGET, namespace, "one", spec={"size": 1})
    wait_until(lambda: apply(cluster, gadget).change is not Change.REFUSED, "the kind to be served", 30)
    assert cluster.is_namespaced(GADGET) is True
    assert builders.ref(gadget) in cluster.owned([GADGET]).objects


@pytest.mark.slow
def test_kind_is_unknown_again_after_its_definition(cluster: Cluster, namespace: str, definition: KubeObject) -> None:
    """The KubeAPI answers 404 "the server could not find the requested resource" for a kind it served before."""
    live = applied_live(cluster, definition)
    gadget = builders.item(GADGET, namespace, "one")
    wait_until(lambda: apply(cluster, gadget).change is not Change.REFUSED, "the kind to be served", 30)
    cluster.delete(live.ref, live.uid)
    wait_until(lambda: GADGET in cluster.owned([GADGET]).refused, "the list to be refused", 30)
    wait_until(lambda: cluster.is_namespaced(GADGET) is None, "the kind to leave discovery", 30)
    assert cluster.owned([GADGET]).refused[GADGET][0] is Reason.UNKNOWN_KIND
    assert cluster.read(Ref(GADGET, namespace, "one")) is None


def _status(cluster: Cluster, body: KubeObject) -> Status:
    ref = builders.ref(body)
    return cluster.owned([ref.kind]).objects[ref].health.status
