"""Strategic merge patches, as kubectl edit, scale, label and set image send them."""

from __future__ import annotations

import pytest
from tests.unit.sim.cluster.objects import DEPLOYMENT, containers, deployment, kind, pod

from pinnace_sim.cluster.merging import strategic
from pinnace_sim.cluster.schema.types import Object

A, B, C = ({"name": name, "value": "1"} for name in "ABC")


def patched(live: Object, patch: Object) -> Object:
    return strategic.merge(DEPLOYMENT, live, patch)


def test_items_are_merged_by_their_key() -> None:
    live = pod({"name": "main", "image": "nginx:1"}, {"name": "side"})
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}}}
    assert containers(patched(live, patch)) == [{"name": "main", "image": "nginx:2"}, {"name": "side"}]


def test_new_items_are_appended_and_null_removes_a_field() -> None:
    live = pod({"name": "main", "image": "nginx:1"})
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": None}, {"name": "log"}]}}}}
    assert containers(patched(live, patch)) == [{"name": "main"}, {"name": "log"}]


def test_item_is_deleted_by_directive() -> None:
    live = pod({"name": "main"}, {"name": "side"})
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    assert containers(patched(live, patch)) == [{"name": "main"}]


def test_list_is_replaced_by_directive() -> None:
    live = pod({"name": "main", "env": [A, B]})
    main = {"name": "main", "env": [C, {"$patch": "replace"}]}
    assert containers(patched(live, {"spec": {"template": {"spec": {"containers": [main]}}}}))[0]["env"] == [C]


def test_list_without_a_merge_key_is_replaced() -> None:
    live = pod({"name": "main", "args": ["a", "b"]})
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "main", "args": ["c"]}]}}}}
    assert containers(patched(live, patch))[0]["args"] == ["c"]


def test_order_is_set_by_directive_and_unnamed_items_keep_their_place() -> None:
    live = pod({"name": "main", "env": [A, {"name": "X"}, B]})
    main = {"name": "main", "env": [B, A], "$setElementOrder/env": [{"name": "B"}, {"name": "A"}]}
    env = containers(patched(live, {"spec": {"template": {"spec": {"containers": [main]}}}}))[0]["env"]
    assert [each["name"] for each in env] == ["X", "B", "A"]


def test_items_against_the_order_of_the_patch_are_refused() -> None:
    main = {"name": "main", "env": [A, B], "$setElementOrder/env": [{"name": "B"}, {"name": "A"}]}
    with pytest.raises(ValueError, match="The order in patch list"):
        patched(pod({"name": "main"}), {"spec": {"template": {"spec": {"containers": [main]}}}})


def test_retained_keys_are_the_only_ones_left() -> None:
    live = deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert patched(live, patch)["spec"] == {"strategy": {"type": "Recreate"}}


def test_key_that_is_not_retained_is_refused() -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "rollingUpdate": {}}}}
    with pytest.raises(ValueError, match="retainKeys"):
        patched(deployment(strategy={"type": "Recreate"}), patch)


def test_scalars_are_united_and_deleted_by_value() -> None:
    live = {"metadata": {"finalizers": ["a", "b"]}}
    assert patched(live, {"metadata": {"finalizers": ["c", "a"]}})["metadata"]["finalizers"] == ["c", "a", "b"]
    deleted = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}
    assert patched(live, deleted)["metadata"]["finalizers"] == ["b"]


@pytest.mark.parametrize(
    "metadata",
    [{"$deleteFromPrimitiveList/finalizers": "a"}, {"$setElementOrder/finalizers": {}}, {"$patch": "sort"}],
)
def test_directive_of_a_wrong_form_is_refused(metadata: Object) -> None:
    with pytest.raises(ValueError, match=r"invalid patch format|unknown patch type"):
        patched({"metadata": {"finalizers": ["a"]}}, {"metadata": metadata})


def test_item_that_is_no_map_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a map"):
        patched(pod({"name": "main"}), {"spec": {"template": {"spec": {"containers": ["main"]}}}})


def test_item_without_its_merge_key_is_refused() -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}
    with pytest.raises(ValueError, match="does not contain declared merge key: name"):
        patched(pod({"name": "main"}), patch)


def test_selector_of_a_disruption_budget_is_replaced() -> None:
    live = {"spec": {"selector": {"matchLabels": {"a": "b"}}}}
    patch = {"spec": {"selector": {"matchLabels": {"c": "d"}}}}
    assert strategic.merge(kind("policy", "PodDisruptionBudget"), live, patch) == patch
