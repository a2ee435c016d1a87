"""Paths that a forced dry run would put back, and who took them."""

from __future__ import annotations

from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import drift, managed_fields
from pinnace_edge.rules.drift import Difference


def entry(manager: str, fields: Any, time: str = "2026-11-23T10:00:00Z", operation: str = "Update") -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "time": time, "fieldsType": "FieldsV1", "fieldsV1": fields}


def ours(fields: Any) -> dict[str, Any]:
    return entry("pinnace", fields, operation="Apply")


def item(spec: Any, *managers: dict[str, Any], **metadata: Any) -> KubeObject:
    return {"kind": "Thing", "metadata": {"managedFields": list(managers), **metadata}, "spec": spec}


def test_equal_objects_have_no_difference() -> None:
    assert drift.differences(item({"a": 1}), item({"a": 1})) == ()


def test_what_the_api_writes_by_itself_is_ignored() -> None:
    live = item({}, entry("x", {}), resourceVersion="1", generation=1) | {"status": {"ready": 1}}
    wanted = item({}, entry("y", {}), resourceVersion="2", generation=2) | {"status": {"ready": 2}}
    assert drift.differences(live, wanted) == ()


def test_field_is_named_with_the_manager_that_owns_it_now() -> None:
    live = item({"replicas": 5, "paused": True}, entry("hpa", {"f:spec": {"f:replicas": {}}}), entry("other", {}))
    assert drift.differences(live, item({"replicas": 2, "paused": True})) == (Difference("spec.replicas", "hpa"),)


def test_latest_of_several_managers_is_to_blame() -> None:
    fields: dict[str, Any] = {"f:spec": {"f:a": {}}}
    early, late = entry("early", fields), entry("late", fields, "2026-11-23T10:00:01Z")
    live = item({"a": 2}, late, early, ours(fields))
    assert drift.differences(live, item({"a": 1})) == (Difference("spec.a", "late"),)


def test_removed_field_has_no_owner() -> None:
    live = item({"b": 1}, entry("other", {"f:spec": {"f:b": {}}}))
    assert drift.differences(live, item({"a": 1, "b": 1})) == (Difference("spec.a", ""),)


def test_removed_subtree_is_one_difference() -> None:
    assert drift.differences(item({}), item({"a": {"b": 1, "c": 2}})) == (Difference("spec.a", ""),)


def test_we_are_never_to_blame() -> None:
    live = item({"a": 2}, ours({"f:spec": {"f:a": {}}}))
    assert drift.differences(live, item({"a": 1})) == (Difference("spec.a", ""),)


def test_what_a_controller_wrote_between_the_two_readings_is_no_drift() -> None:
    """The dry run is asked after the object was read."""
    mine = ours({"f:spec": {"f:a": {}}})
    wrote = entry("kube-controller-manager", {"f:spec": {"f:b": {}}})
    assert drift.differences(item({"a": 2}, mine), item({"a": 1, "b": 7}, mine, wrote)) == (Difference("spec.a", ""),)


def test_list_item_is_named_by_its_key() -> None:
    key = 'k:{"name":"web"}'
    us = ours({"f:spec": {"f:containers": {key: {".": {}, "f:name": {}}}}})
    them = entry("kubectl-edit", {"f:spec": {"f:containers": {key: {"f:image": {}}}}})
    live = item({"containers": [{"name": "side"}, {"name": "web", "image": "evil"}]}, us, them)
    wanted = item({"containers": [{"name": "side"}, {"name": "web", "image": "good"}]}, us)
    assert drift.differences(live, wanted) == (Difference("spec.containers[name=web].image", "kubectl-edit"),)


def test_list_item_with_two_keys() -> None:
    key = 'k:{"containerPort":80,"protocol":"TCP"}'
    fields: dict[str, Any] = {"f:spec": {"f:ports": {key: {"f:name": {}}}}}
    live = item({"ports": [{"containerPort": 80, "protocol": "TCP", "name": "bad"}]}, entry("kubectl-edit", fields))
    wanted = item({"ports": [{"containerPort": 80, "protocol": "TCP", "name": "good"}]}, ours(fields))
    path = "spec.ports[containerPort=80,protocol=TCP].name"
    assert drift.differences(live, wanted) == (Difference(path, "kubectl-edit"),)


def test_added_list_item_is_named_with_its_manager() -> None:
    them = entry("injector", {"f:spec": {"f:containers": {'k:{"name":"spy"}': {".": {}}}}})
    us = ours({"f:spec": {"f:containers": {'k:{"name":"web"}': {".": {}}}}})
    live = item({"containers": [{"name": "web"}, {"name": "spy"}]}, us, them)
    assert drift.differences(live, item({"containers": [{"name": "web"}]}, us)) == (
        Difference("spec.containers[name=spy]", "injector"),
    )


def test_list_item_that_only_the_answer_has_is_found_by_its_key() -> None:
    us = ours({"f:spec": {"f:containers": {'k:{"name":"web"}': {".": {}}}}})
    assert drift.differences(item({"containers": []}), item({"containers": [{"name": "web"}]}, us)) == (
        Difference("spec.containers[name=web]", ""),
    )


def test_order_of_a_keyed_list_is_a_difference_of_the_list() -> None:
    us = ours({"f:spec": {"f:c": {'k:{"name":"a"}': {}, 'k:{"name":"b"}': {}}}})
    live, wanted = item({"c": [{"name": "b"}, {"name": "a"}]}, us), item({"c": [{"name": "a"}, {"name": "b"}]}, us)
    assert drift.differences(live, wanted) == (Difference("spec.c", ""),)


def test_list_without_keys_is_one_value() -> None:
    them = entry("kubectl-edit", {"f:spec": {"f:args": {}}})
    assert drift.differences(item({"args": ["a"]}, them), item({"args": ["b"]})) == (
        Difference("spec.args", "kubectl-edit"),
    )


def test_member_of_a_set_is_named_by_its_value() -> None:
    us = ours({"f:metadata": {"f:finalizers": {'v:"example.com/a"': {}}}})
    them = entry("kubectl-edit", {"f:metadata": {"f:finalizers": {'v:"example.com/b"': {}}}})
    live = item({}, us, them, finalizers=["example.com/b"])
    wanted = item({}, us, finalizers=["example.com/a"])
    assert drift.differences(live, wanted) == (
        Difference('metadata.finalizers["example.com/a"]', ""),
        Difference('metadata.finalizers["example.com/b"]', "kubectl-edit"),
    )


def test_names_with_dots_stand_in_brackets() -> None:
    them = entry("kubectl-edit", {"f:metadata": {"f:annotations": {"f:example.com/a": {}}}})
    live, wanted = item({}, them, annotations={"example.com/a": "2"}), item({}, annotations={"example.com/a": "1"})
    assert drift.differences(live, wanted) == (Difference('metadata.annotations["example.com/a"]', "kubectl-edit"),)


def test_differences_are_sorted() -> None:
    found = drift.differences(item({"b": 1, "a": 1}), item({"b": 2, "a": 2}))
    assert [each.path for each in found] == ["spec.a", "spec.b"]


def test_our_digest_is_of_our_applied_fields_only() -> None:
    fields: dict[str, Any] = {"f:data": {"f:a": {}}}
    status = ours(fields) | {"subresource": "status"}
    assert managed_fields.our_digest(item({}, entry("pinnace", fields))) == ""
    assert managed_fields.our_digest(item({}, status)) == ""
    before = managed_fields.our_digest(item({}, ours(fields)))
    assert before == managed_fields.our_digest(item({}, entry("x", {}), ours(fields) | {"time": "later"}))
    assert before != managed_fields.our_digest(item({}, ours({"f:data": {}})))
    assert managed_fields.our_digest({"metadata": {}}) == ""
