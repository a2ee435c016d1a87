"""Contract of `owned`, `present` and `read`: what is found, by label, over pages, with or without health."""

from __future__ import annotations

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import CONFIG_MAP, applied_live, config_map, deployment
from tests.contract.cluster.sites import Site

from pinnace_edge.model import AppKey, Change, Kind, Ref, Status
from pinnace_edge.ports import Cluster
from pinnace_schemas import labels
from pinnace_schemas.reasons import Reason


def test_owned_finds_what_carries_our_label_in_every_namespace(cluster: Cluster, namespace: str, site: Site) -> None:
    """A list over all namespaces with a label selector."""
    other = f"{namespace}-other"
    home = builders.item(builders.NAMESPACE, "", other, app=None)
    site.people.apply("admin", home)
    ours = [config_map(namespace), config_map(other, app=AppKey("shops", "scale"))]
    foreign = config_map(namespace, "foreign", app=None)
    for body in ours:
        applied_live(cluster, body)
    site.people.apply("kubectl", foreign)
    found = cluster.owned([CONFIG_MAP]).objects
    assert {builders.ref(body) for body in ours} <= set(found)
    assert builders.ref(foreign) not in found
    assert found[builders.ref(ours[1])].labels[labels.APPLICATION] == "scale"
    site.people.delete(builders.ref(home))


def test_owned_shows_what_the_apply_showed(cluster: Cluster, namespace: str) -> None:
    """Items of a list are the whole objects, without apiVersion and kind."""
    live = applied_live(cluster, config_map(namespace, a="1"))
    assert cluster.owned([CONFIG_MAP]).objects[live.ref] == live


def test_owned_of_several_kinds_is_one_listing(cluster: Cluster, namespace: str) -> None:
    """One list for each kind."""
    bodies = [config_map(namespace), deployment(namespace, replicas=0)]
    for body in bodies:
        applied_live(cluster, body)
    found = cluster.owned([CONFIG_MAP, builders.DEPLOYMENT])
    assert {builders.ref(body) for body in bodies} <= set(found.objects)
    assert found.refused == {}


def test_owned_by_one_application_leaves_out_the_others(cluster: Cluster, namespace: str) -> None:
    """Both labels have to match: equal names in two namespaces are two applications."""
    keys = [AppKey("shops", "scale"), AppKey("plants", "scale"), AppKey("shops", "till")]
    bodies = [config_map(namespace, f"of-{number}", app=key) for number, key in enumerate(keys)]
    for body in bodies:
        applied_live(cluster, body)
    found = cluster.owned([CONFIG_MAP], keys[0]).objects
    assert [ref.name for ref in found if ref.namespace == namespace] == ["of-0"]


def test_owned_of_no_kinds_is_empty(cluster: Cluster) -> None:
    """There is no request."""
    assert cluster.owned([]).objects == {}


def test_owned_anywhere_needs_no_kinds(cluster: Cluster, namespace: str, site: Site) -> None:
    """Discovery names every kind that can be listed; those that the role lacks are refused with 403."""
    ours, foreign = [config_map(namespace), deployment(namespace, replicas=0)], config_map(namespace, "foreign", None)
    lives = [applied_live(cluster, body) for body in ours]
    site.people.apply("kubectl", foreign)
    found = cluster.owned_anywhere()
    assert [found.objects[live.ref].uid for live in lives] == [live.uid for live in lives]
    assert builders.ref(foreign) not in found.objects
    assert found.refused[builders.LEASE][0] is Reason.FORBIDDEN


def test_unknown_kind_is_refused_in_a_listing(cluster: Cluster, namespace: str) -> None:
    """Discovery does not list it."""
    kind = Kind("example.com/v1", "Nothing")
    assert cluster.owned([kind]).refused[kind][0] is Reason.UNKNOWN_KIND
    assert cluster.present(kind, namespace).refused[kind][0] is Reason.UNKNOWN_KIND


def test_present_finds_foreign_objects_too(cluster: Cluster, namespace: str, site: Site) -> None:
    """A metadata-only list has uid, labels and managedFields, and no data: nothing is said about health."""
    ours, foreign = config_map(namespace, "ours"), config_map(namespace, "foreign", app=None)
    applied_live(cluster, ours)
    site.people.apply("kubectl", foreign)
    found = cluster.present(CONFIG_MAP, namespace).objects
    assert found[builders.ref(ours)].labels == builders.our_labels()
    assert found[builders.ref(ours)].our_fields
    assert found[builders.ref(foreign)].labels == {}
    assert found[builders.ref(foreign)].our_fields == ""
    assert found[builders.ref(foreign)].uid
    assert found[builders.ref(foreign)].health.status is Status.UNKNOWN


def test_present_looks_into_one_namespace(cluster: Cluster, namespace: str) -> None:
    """The path names the namespace. Kubernetes itself puts the ConfigMap kube-root-ca.crt into each."""
    applied_live(cluster, config_map(namespace))
    assert {ref.namespace for ref in cluster.present(CONFIG_MAP, namespace).objects} == {namespace}


def test_present_of_a_cluster_kind(cluster: Cluster, namespace: str) -> None:
    """Cluster-scoped kinds have one list."""
    assert Ref(builders.NAMESPACE, "", namespace) in cluster.present(builders.NAMESPACE, "").objects


def test_present_in_a_missing_namespace_is_empty(cluster: Cluster) -> None:
    """The KubeAPI answers 200 with no items: a list does not look whether the namespace exists."""
    listing = cluster.present(CONFIG_MAP, "nowhere")
    assert listing.objects == {}
    assert listing.refused == {}


@pytest.mark.slow
def test_lists_are_complete_beyond_a_page(cluster: Cluster, namespace: str) -> None:
    """A list with limit=250 of 260 objects has a `continue` token; so has one with limit=100."""
    bodies = [config_map(namespace, f"m{number}") for number in range(260)]
    results = cluster.apply([builders.request(body) for body in bodies])
    assert {applied.change for applied in results} == {Change.CREATED}
    wanted = {builders.ref(body) for body in bodies}
    assert wanted <= set(cluster.present(CONFIG_MAP, namespace).objects)
    assert wanted <= set(cluster.owned([CONFIG_MAP]).objects)


def test_read_gives_the_whole_object(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 200 with apiVersion, kind, data and managedFields."""
    body = config_map(namespace, a="1")
    applied_live(cluster, body)
    found = cluster.read(builders.ref(body))
    assert found is not None
    assert (found["apiVersion"], found["kind"], found["data"]) == ("v1", "ConfigMap", {"a": "1"})
    assert found["metadata"]["managedFields"][0]["manager"] == labels.FIELD_MANAGER


def test_read_of_what_does_not_exist_is_none(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 404, for the object, for its namespace, and for its kind."""
    assert cluster.read(builders.ref(config_map(namespace, "missing"))) is None
    assert cluster.read(builders.ref(config_map("nowhere", "missing"))) is None
    assert cluster.read(Ref(Kind("example.com/v1", "Nothing"), namespace, "one")) is None
