"""Whose a field is after a POST, PUT or PATCH."""

from __future__ import annotations

import copy

from tests.unit.sim.cluster.objects import DEPLOYMENT, FIRST, LATER, applied, deployment, owned, pod, updated

from pinnace_sim.cluster.merging import fields, updating
from pinnace_sim.cluster.merging.managers import Manager, Operation
from pinnace_sim.cluster.schema import custom
from pinnace_sim.cluster.schema.types import Object


def test_creator_owns_what_differs_from_an_empty_object() -> None:
    live = updated(None, pod({"name": "main"}, dnsPolicy="Default"))
    item: Object = {".": {}, "f:name": {}}
    below = {"f:containers": {'k:{"name":"main"}': item}, "f:dnsPolicy": {}}
    assert owned(live, "kubectl-edit") == {"f:spec": {"f:template": {"f:spec": below}}}


def test_creator_of_a_custom_resource_owns_its_maps_too() -> None:
    kind = custom.structural({"type": "object", "properties": {"spec": {"type": "object"}}})
    who = Manager("curl", Operation.UPDATE, "example.com/v1")
    live = updating.update(kind, None, {"metadata": {"name": "x"}, "spec": {"a": 1}}, who, now=FIRST)
    assert owned(live, "curl") == {"f:spec": {".": {}, "f:a": {}}}


def test_removed_field_belongs_to_nobody_any_more() -> None:
    live = applied(None, deployment(replicas=2, paused=True))
    new = copy.deepcopy(live)
    del new["spec"]["replicas"]
    assert updated(live, new)["metadata"]["managedFields"] == [
        {**live["metadata"]["managedFields"][0], "fieldsV1": {"f:spec": {"f:paused": {}}}}
    ]


def test_update_of_the_same_manager_adds_to_its_entry() -> None:
    live = updated(None, deployment(replicas=2), now=FIRST)
    new = copy.deepcopy(live)
    new["spec"]["paused"] = True
    live = updated(live, new)
    (entry,) = live["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:spec": {"f:paused": {}, "f:replicas": {}}}
    assert entry["time"] == LATER


def test_update_that_changes_nothing_is_no_write() -> None:
    live = applied(None, deployment(replicas=2))
    assert updating.settled(live, updated(live, copy.deepcopy(live))) is live


def test_object_that_differs_in_times_only_is_settled() -> None:
    live = applied(None, deployment(replicas=2))
    new = copy.deepcopy(live)
    new["metadata"]["managedFields"][0]["time"] = LATER
    assert updating.settled(live, new) is live


def test_client_that_does_not_know_managers_does_not_delete_them() -> None:
    live = applied(None, deployment(replicas=2))
    assert owned(updated(live, deployment(replicas=2))) == {"f:spec": {"f:replicas": {}}}


def test_object_without_managers_stays_without() -> None:
    """As objects from before managers were written down."""
    assert "managedFields" not in updated(deployment(), deployment(replicas=2))["metadata"]


def test_client_can_clear_the_managers() -> None:
    live = applied(None, deployment(replicas=2))
    new = copy.deepcopy(live)
    new["metadata"]["managedFields"] = []
    assert "managedFields" not in updated(live, new)["metadata"]


def test_item_that_is_there_twice_is_one_field() -> None:
    twice = pod({"name": "main", "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]})
    live = updated(None, twice)
    item = owned(live, "kubectl-edit")["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"main"}']
    assert item["f:env"] == {".": {}, 'k:{"name":"A"}': {}}


def test_list_whose_items_have_no_keys_leaves_nobody_an_owner() -> None:
    live = applied(None, deployment(replicas=1))
    new = copy.deepcopy(live)
    new["spec"]["template"] = {"spec": {"topologySpreadConstraints": [None]}}
    assert "managedFields" not in updated(live, new)["metadata"]


def test_what_a_path_does_not_write_is_not_owned() -> None:
    new = deployment(replicas=1) | {"status": {"replicas": 1}}
    main, status = (Manager("curl", Operation.UPDATE, "apps/v1", sub) for sub in ("", "status"))
    live = updating.update(DEPLOYMENT, None, new, main, now=FIRST, reset=fields.STATUS)
    assert owned(live, "curl") == {"f:spec": {"f:replicas": {}}}
    new = copy.deepcopy(live)
    new["spec"]["replicas"], new["status"]["replicas"] = 3, 2
    live = updating.update(DEPLOYMENT, live, new, status, now=LATER, reset=fields.SPEC)
    entry = live["metadata"]["managedFields"][1]
    assert (entry["subresource"], entry["fieldsV1"]) == ("status", {"f:status": {"f:replicas": {}}})


def test_eleventh_updater_makes_the_oldest_two_ancient() -> None:
    live = applied(None, deployment(replicas=1))
    for number in range(12):
        new = copy.deepcopy(live)
        new["metadata"].setdefault("annotations", {})[f"k{number}"] = "v"
        live = updated(live, new, f"man{number}", now=f"2026-01-01T00:00:{number + 10}Z")
    managers = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert managers == ["pinnace", "ancient-changes", *(f"man{number}" for number in range(3, 12))]
    ancient: Object = {".": {}, "f:k0": {}, "f:k1": {}, "f:k2": {}}
    assert owned(live, "ancient-changes") == {"f:metadata": {"f:annotations": ancient}}
