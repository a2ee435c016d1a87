"""What is written of an object that is replaced as a whole: what was delivered, and what the cluster keeps in it."""

import copy
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import replacement

ANNOTATIONS = 'metadata.annotations["a.example/b"]'


def deployment(**spec: Any) -> KubeObject:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"a": "b"}},
        "spec": spec,
    }


def live(body: KubeObject, **metadata: Any) -> KubeObject:
    """As it stands in the cluster."""
    made = {"uid": "u1", "resourceVersion": "7", **metadata}
    return {**body, "metadata": {**body["metadata"], **made}, "status": {"replicas": 1}}


def test_what_others_have_added_is_not_written() -> None:
    seen = live(deployment(replicas=3, paused=True), annotations={"x": "y"}, labels={"a": "b", "c": "d"})
    found = replacement.whole(deployment(replicas=1), (), seen)
    assert found["spec"] == {"replicas": 1}
    assert found["metadata"] == {"name": "web", "labels": {"a": "b"}, "uid": "u1", "resourceVersion": "7"}


def test_what_the_cluster_keeps_in_an_object_stays() -> None:
    owners = [{"kind": "Shop", "name": "shop", "uid": "u0"}]
    found = replacement.whole(deployment(), (), live(deployment(), finalizers=["a.example/b"], ownerReferences=owners))
    assert (found["metadata"]["finalizers"], found["metadata"]["ownerReferences"]) == (["a.example/b"], owners)
    assert found["status"] == {"replicas": 1}


def test_a_finalizer_that_is_not_in_the_object_yet_is_left_to_the_apply() -> None:
    body = deployment()
    body["metadata"]["finalizers"] = ["ours.example/new"]
    seen = live(deployment(), finalizers=["theirs.example/old"])
    assert replacement.whole(body, (), seen)["metadata"]["finalizers"] == ["theirs.example/old"]


def test_a_field_that_is_left_to_others_is_written_as_it_stands_whoever_wrote_it() -> None:
    seen = live(deployment(replicas=3), annotations={"a.example/b": "c", "x": "y"})
    found = replacement.whole(deployment(), ("spec.replicas", ANNOTATIONS), seen)
    assert found["spec"] == {"replicas": 3}
    assert found["metadata"]["annotations"] == {"a.example/b": "c"}


def test_a_field_that_is_left_to_others_and_that_nobody_has_set_is_written_as_wanted() -> None:
    assert replacement.whole(deployment(replicas=1), ("spec.replicas",), live(deployment()))["spec"] == {"replicas": 1}


def test_an_item_of_a_list_that_is_not_wanted_is_not_written() -> None:
    seen = live(deployment(items=[{"a": 1}, {"a": 2}]))
    assert replacement.whole(deployment(items=[{"a": 9}]), ("spec.items[1].a",), seen)["spec"] == {"items": [{"a": 9}]}
    assert replacement.whole(deployment(items=[{"a": 9}]), ("spec.items[0].a",), seen)["spec"] == {"items": [{"a": 1}]}


def test_nothing_that_was_given_is_changed() -> None:
    body, seen = deployment(items=[{}]), live(deployment(replicas=3, items=[{"a": {"b": 1}}]), annotations={"x": "y"})
    before = copy.deepcopy((body, seen))
    found = replacement.whole(body, ("spec.replicas", "spec.items[0].a", "metadata.annotations"), seen)
    found["spec"]["items"][0]["a"]["b"] = 2
    assert (body, seen) == before
