"""Server-side apply: what comes, what goes, whose it is, and who is in the way."""

from __future__ import annotations

import copy

from tests.unit.sim.cluster.objects import FIRST, LATER, applied, containers, deployment, outcome, owned, pod, updated

from pinnace_sim.cluster.merging.applying import Mistyped
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.schema.types import Object

MAIN = {"name": "main", "image": "nginx:1"}
SIDE = {"name": "side", "image": "proxy:1"}


def test_new_object_is_the_intent_with_its_fields_owned() -> None:
    live = applied(None, deployment(replicas=2))
    assert live["spec"] == {"replicas": 2}
    (entry,) = live["metadata"]["managedFields"]
    assert entry == {
        "manager": "pinnace",
        "operation": "Apply",
        "apiVersion": "apps/v1",
        "time": FIRST,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:replicas": {}}},
    }


def test_items_of_lists_are_owned_by_their_keys_with_default_keys_filled_in() -> None:
    live = applied(None, pod({"name": "main", "ports": [{"containerPort": 80}]}, nodeSelector={"a": "b"}))
    port: Object = {".": {}, "f:containerPort": {}}
    assert owned(live)["f:spec"]["f:template"]["f:spec"] == {
        "f:containers": {
            'k:{"name":"main"}': {
                ".": {},
                "f:name": {},
                "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': port},
            }
        },
        "f:nodeSelector": {},
    }


def test_unchanged_intent_changes_nothing_not_even_the_time() -> None:
    live = applied(None, pod(MAIN))
    assert applied(live, pod(MAIN), now=LATER) is live


def test_changed_intent_moves_the_time_of_its_own_entry_only() -> None:
    live = applied(applied(None, deployment(replicas=1)), deployment(paused=True), "helm")
    live = applied(live, deployment(replicas=2), now=LATER)
    times = {entry["manager"]: entry["time"] for entry in live["metadata"]["managedFields"]}
    assert times == {"pinnace": LATER, "helm": FIRST}


def test_field_that_is_left_out_goes() -> None:
    live = applied(applied(None, deployment(replicas=2, paused=True)), deployment(paused=True))
    assert live["spec"] == {"paused": True}
    assert owned(live) == {"f:spec": {"f:paused": {}}}


def test_item_that_is_left_out_goes_with_the_defaults_in_it() -> None:
    live = applied(None, pod(MAIN, SIDE))
    containers(live)[1]["imagePullPolicy"] = "Always"
    assert containers(applied(live, pod(MAIN))) == [MAIN]


def test_field_that_is_left_out_stays_while_another_applier_says_it() -> None:
    live = applied(applied(None, deployment(replicas=2)), deployment(replicas=2), "helm")
    live = applied(live, deployment())
    assert live["spec"] == {"replicas": 2}
    assert (owned(live), owned(live, "helm")) == ({"f:spec": {}}, {"f:spec": {"f:replicas": {}}})


def test_item_that_is_left_out_stays_while_another_manager_has_a_field_in_it() -> None:
    live = applied(None, pod(MAIN, SIDE))
    live = applied(live, pod({"name": "side", "workingDir": "/"}), "helm")
    live = applied(live, pod(MAIN))
    assert containers(live) == [MAIN, {"name": "side", "workingDir": "/"}]


def test_default_that_nobody_owns_stays_and_is_no_conflict() -> None:
    live = applied(None, deployment(replicas=1))
    live["spec"]["revisionHistoryLimit"] = 10
    live = applied(live, deployment(replicas=1, revisionHistoryLimit=3), "helm")
    assert live["spec"] == {"replicas": 1, "revisionHistoryLimit": 3}


def test_equal_value_is_owned_by_both() -> None:
    live = applied(applied(None, deployment(replicas=2)), deployment(replicas=2), "helm")
    assert owned(live) == owned(live, "helm") == {"f:spec": {"f:replicas": {}}}


def test_other_value_is_a_conflict_that_names_manager_and_field() -> None:
    live = applied(None, pod(MAIN))
    result = outcome(live, pod({"name": "main", "image": "nginx:2"}), "helm")
    assert isinstance(result, Conflicts)
    path = '.spec.template.spec.containers[name="main"].image'
    assert result.message == f'Apply failed with 1 conflict: conflict with "pinnace": {path}'
    assert result.causes() == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "pinnace"', "field": path},
    ]


def test_several_conflicts_are_listed_by_manager() -> None:
    live = updated(applied(None, deployment(replicas=2)), deployment(replicas=2, paused=True))
    result = outcome(live, deployment(replicas=3, paused=False), "helm")
    assert isinstance(result, Conflicts)
    assert result.message == (
        'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:\n- .spec.paused\n'
        'conflicts with "pinnace":\n- .spec.replicas'
    )


def test_force_takes_the_field_from_its_owner() -> None:
    live = applied(applied(None, deployment(replicas=2)), deployment(replicas=3), "helm", force=True)
    assert live["spec"] == {"replicas": 3}
    assert [entry["manager"] for entry in live["metadata"]["managedFields"]] == ["helm"]


def test_field_that_an_update_took_is_a_conflict_for_the_applier() -> None:
    live = applied(None, deployment(replicas=2))
    scaled = copy.deepcopy(live)
    scaled["spec"]["replicas"] = 5
    live = updated(live, scaled)
    assert owned(live) == {}
    result = outcome(live, deployment(replicas=2))
    assert isinstance(result, Conflicts)
    assert result.message == (
        'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas'
    )


def test_object_without_managers_is_given_one_before_the_first_apply() -> None:
    live = deployment(replicas=2)
    result = outcome(live, deployment(replicas=3))
    assert isinstance(result, Conflicts)
    assert '"before-first-apply" using apps/v1: .spec.replicas' in result.message


def test_shared_items_are_put_in_the_order_of_the_intent() -> None:
    live = applied(None, pod(MAIN, SIDE))
    live = applied(live, pod(SIDE, {"name": "log"}, MAIN))
    assert [each["name"] for each in containers(live)] == ["side", "log", "main"]


def test_items_of_others_stay_where_they_are() -> None:
    live = applied(None, pod(MAIN, SIDE, {"name": "log"}))
    live = applied(live, pod({"name": "extra"}, {"name": "log"}), "helm")
    assert [each["name"] for each in containers(live)] == ["main", "side", "extra", "log"]


def test_empty_map_is_owned_and_empty_list_is_not() -> None:
    live = applied(None, pod({"name": "main", "env": [], "resources": {}}))
    item = owned(live)["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"main"}']
    assert item == {".": {}, "f:name": {}, "f:resources": {}}


def test_set_is_owned_value_by_value() -> None:
    intent = deployment()
    intent["metadata"]["finalizers"] = ["example.com/b", "example.com/a"]
    live = applied(None, intent)
    assert owned(live)["f:metadata"] == {"f:finalizers": {'v:"example.com/a"': {}, 'v:"example.com/b"': {}}}


def test_name_and_namespace_belong_to_nobody() -> None:
    intent = deployment()
    del intent["spec"]
    assert "managedFields" not in applied(None, intent)["metadata"]


def test_true_does_not_pass_for_one() -> None:
    live = applied(None, pod({"name": "main", "env": [{"name": "A", "value": "1"}]}))
    live["spec"]["template"]["spec"]["containers"][0]["livenessProbe"] = {"httpGet": {"port": True}}
    probed = applied(live, pod({"name": "main", "livenessProbe": {"httpGet": {"port": 1}}}), "helm")
    assert containers(probed)[0]["livenessProbe"]["httpGet"]["port"] is not True


def test_mistyped_intent_is_refused_with_its_path() -> None:
    result = outcome(None, deployment(replicas="three"))
    assert result == Mistyped(
        "failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): "
        ".spec.replicas: expected numeric (int or float), got string"
    )


def test_live_object_that_cannot_be_merged_is_told() -> None:
    live = applied(None, deployment(replicas=1))
    live["spec"]["template"] = {"spec": {"containers": [None]}}
    result = outcome(live, pod(MAIN))
    assert isinstance(result, Mistyped)
    assert "failed to create typed live object" in result.message


def test_nothing_that_was_given_is_changed() -> None:
    live, intent = applied(None, pod(MAIN, SIDE)), pod({"name": "main", "image": "nginx:2"})
    before = copy.deepcopy((live, intent))
    applied(live, intent, now=LATER)
    assert (live, intent) == before
