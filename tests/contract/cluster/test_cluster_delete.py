"""Contract of `Cluster.delete`: exactly the object that was meant, and what may remain of it."""

from __future__ import annotations

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.builders import CONFIG_MAP, applied_live, config_map, deployment
from tests.contract.cluster.sites import Site

from pinnace_edge.model import Deletion, Kind, Ref
from pinnace_edge.ports import Cluster
from pinnace_sim.provision.running import wait_until

OTHER_UID = "2f2c0f3e-0000-0000-0000-000000000000"


def test_deleted_object_is_gone(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 200 with a Status."""
    live = applied_live(cluster, config_map(namespace))
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.GONE
    assert cluster.read(live.ref) is None


def test_second_delete_finds_it_gone(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 404."""
    live = applied_live(cluster, config_map(namespace))
    cluster.delete(live.ref, live.uid)
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.GONE


def test_delete_in_a_missing_namespace_finds_it_gone(cluster: Cluster) -> None:
    """The KubeAPI answers 404."""
    assert cluster.delete(builders.ref(config_map("nowhere")), OTHER_UID).outcome is Deletion.GONE


def test_delete_of_an_unknown_kind_finds_it_gone(cluster: Cluster, namespace: str) -> None:
    """Without its CRD no object of a kind can exist."""
    ref = Ref(Kind("example.com/v1", "Nothing"), namespace, "one")
    assert cluster.delete(ref, OTHER_UID).outcome is Deletion.GONE


def test_object_of_another_uid_is_left_alone(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI answers 409, "does not match the UID in record": somebody has made a new object of this name."""
    live = applied_live(cluster, config_map(namespace))
    assert cluster.delete(live.ref, OTHER_UID).outcome is Deletion.GONE
    assert cluster.read(live.ref) is not None


def test_delete_without_a_uid_is_a_bug(cluster: Cluster, namespace: str) -> None:
    """The KubeAPI would delete whatever has this name."""
    with pytest.raises(ValueError, match="without a uid"):
        cluster.delete(builders.ref(config_map(namespace)), "")


def test_finalizer_holds_the_object_until_it_is_removed(cluster: Cluster, namespace: str, site: Site) -> None:
    """The KubeAPI answers 200 with the object and its deletionTimestamp; later deletes answer the same."""
    live = applied_live(cluster, config_map(namespace))
    site.people.edit("operator", live.ref, {"metadata": {"finalizers": ["example.com/hold"]}})
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.STARTED
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.STARTED
    assert cluster.present(CONFIG_MAP, namespace).objects[live.ref].deleting
    site.people.edit("operator", live.ref, {"metadata": {"finalizers": None}})
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.GONE


def test_children_are_collected_in_the_background(cluster: Cluster, namespace: str, site: Site) -> None:
    """propagationPolicy=Background: the Deployment is gone at once, its ReplicaSet and pods follow."""
    live = applied_live(cluster, deployment(namespace, replicas=1))
    wait_until(lambda: cluster.owned([live.ref.kind]).objects[live.ref].health.message.startswith("1 of"), "a pod", 60)
    assert cluster.delete(live.ref, live.uid).outcome is Deletion.GONE
    assert cluster.read(live.ref) is None
