"""The comparison of delivered objects can fail: what counts counts, and each named rule does what it says."""

from typing import Any

from tests.real import expected_objects, owned_fields
from tests.real.expected_objects import Delivery

SHOP = Delivery("shop", "default", "local")


def config_map(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **metadata}, "data": {"x": "1"}}


def only(item: dict[str, Any], delivery: Delivery = SHOP) -> dict[str, Any]:
    (found,) = expected_objects.expected([item], delivery).values()
    return found


def test_maps_are_owned_by_field_keyed_lists_by_item_and_the_rest_as_a_whole() -> None:
    ports = [{"containerPort": 80}]
    containers = [{"name": "web", "command": ["a"], "ports": ports}]
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": containers}}}
    pod = ("f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"web"}')
    port = (*pod, "f:ports", 'k:{"containerPort":80,"protocol":"TCP"}')
    assert owned_fields.of({"apiVersion": "apps/v1", "metadata": {"name": "a"}, "spec": spec}) == {
        ("f:spec", "f:selector"),
        pod,
        (*pod, "f:name"),
        (*pod, "f:command"),
        port,
        (*port, "f:containerPort"),
    }


def test_only_what_the_manager_applied_is_read() -> None:
    fields = {"f:data": {"f:x": {}}, "f:list": {'k:{"name":"a"}': {".": {}, "f:name": {}}}}
    applied = {"manager": "pinnace", "operation": "Apply", "fieldsV1": fields}
    other = {"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:data": {"f:y": {}}}}
    updated = {"manager": "pinnace", "operation": "Update", "fieldsV1": {"f:data": {"f:z": {}}}}
    assert owned_fields.by("pinnace", {"metadata": {"managedFields": [applied, other, updated]}}) == {
        ("f:data", "f:x"),
        ("f:list", 'k:{"name":"a"}'),
        ("f:list", 'k:{"name":"a"}', "f:name"),
    }


def test_another_value_a_missing_field_and_a_longer_list_are_seen() -> None:
    wanted = {"a": "1", "b": ["x"], "c": "y"}
    assert expected_objects.covers(wanted, {"a": "1", "b": ["x"], "c": "y", "d": "more"}) == []
    found = expected_objects.covers(wanted, {"a": 1, "b": ["x", "z"]})
    assert found == [".c is missing", ".a is 1, not '1'", ".b is ['x', 'z'], not ['x']"]


def test_quantities_are_compared_as_amounts_and_only_they() -> None:
    assert (
        expected_objects.covers({"resources": {"limits": {"cpu": "0.5"}}}, {"resources": {"limits": {"cpu": "500m"}}})
        == []
    )
    assert expected_objects.covers({"version": "0.5"}, {"version": "500m"}) != []


def test_a_zero_that_the_api_leaves_out_is_there() -> None:
    assert expected_objects.covers({"initialDelaySeconds": 0, "medium": ""}, {}) == []
    assert expected_objects.covers({"replicas": 0}, {"replicas": 1}) != []


def test_labels_of_the_controller_go_and_ours_come() -> None:
    labels = {"app.oam.dev/name": "shop", "app.oam.dev/appRevision": "", "workload.oam.dev/type": "task", "tier": "x"}
    ours = {"pinnace.dev/application": "shop", "pinnace.dev/namespace": "default", "pinnace.dev/group": "local"}
    found = only(config_map(labels=labels, annotations={}))
    assert found["metadata"]["labels"] == {"app.oam.dev/name": "shop", "tier": "x", **ours}
    assert "annotations" not in found["metadata"]


def test_the_namespace_is_the_objects_own_then_the_topologys() -> None:
    moved = Delivery("shop", "default", "local", "north")
    assert only(config_map(), moved)["metadata"]["namespace"] == "north"
    assert only(config_map(namespace="default"), moved)["metadata"]["namespace"] == "north"
    assert only(config_map(namespace="kept"), moved)["metadata"]["namespace"] == "kept"
    assert "namespace" not in only({**config_map(namespace="x"), "kind": "Namespace"})["metadata"]
