"""What is applied, kept, refused or deleted: nothing that does not carry our label for this application is touched."""

from collections.abc import Mapping
from dataclasses import replace

from pinnace_edge.model import AppKey, Health, Kind, Live, Owned, Ref, Status
from pinnace_edge.rules import ownership, plan, prune
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Apply, Cause, Keep, Refuse, World
from pinnace_schemas import labels
from pinnace_schemas.bundle import OnConflict
from pinnace_schemas.handling import Handling, Prune
from pinnace_schemas.reasons import Reason

KEY = AppKey("default", "shop")
OTHER = AppKey("default", "till")


def config_map(name: str = "settings", value: str = "1") -> Desired:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"value": value}}
    return ownership.desired(body, KEY, "stores", "default")


def live(item: Desired, owner: AppKey | None = KEY, uid: str = "u1", our_fields: str = "f1") -> Live:
    found = {labels.APPLICATION: owner.name, labels.NAMESPACE: owner.namespace} if owner else {}
    return Live(item.ref, uid, "7", found, our_fields, Health(Status.CURRENT))


def row(item: Desired, uid: str = "u1", our_fields: str = "f1") -> Owned:
    return Owned(item.ref, item.digest, uid, "7", our_fields)


def world(
    inventory: tuple[Owned, ...] = (),
    ours: tuple[Live, ...] = (),
    foreign: tuple[Live, ...] = (),
    refused: Mapping[Kind, tuple[Reason, str]] | None = None,
) -> World:
    return World(
        {item.ref: item for item in inventory},
        {item.ref: item for item in ours},
        {item.ref: item for item in foreign},
        refused or {},
    )


def decide(item: Desired, found: World, on_conflict: OnConflict = OnConflict.DEFAULT) -> plan.Action:
    (action,) = plan.plan([item], KEY, found, on_conflict)
    return action


def test_what_does_not_exist_is_applied_without_force() -> None:
    item = config_map()
    assert decide(item, world()) == Apply(item, Cause.NEW, force=False)


def test_what_is_as_we_left_it_costs_no_request() -> None:
    item = config_map()
    found = live(item)
    assert decide(item, world((row(item),), (found,))) == Keep(item, found)


def test_a_new_resource_version_alone_costs_no_request() -> None:
    """Controllers write status all day; only a change of the fields that we own counts."""
    item = config_map()
    found = replace(live(item), resource_version="999")
    assert decide(item, world((row(item),), (found,))) == Keep(item, found)


def test_changed_content_is_applied_with_force() -> None:
    item = config_map(value="2")
    old = row(config_map(value="1"))
    assert decide(item, world((old,), (live(item),))) == Apply(item, Cause.CHANGED, force=True)


def test_policy_fail_never_forces() -> None:
    item = config_map(value="2")
    action = decide(item, world((row(config_map()),), (live(item),)), OnConflict.FAIL)
    assert action == Apply(item, Cause.CHANGED, force=False)


def test_an_edit_of_our_fields_is_drift() -> None:
    item = config_map()
    action = decide(item, world((row(item),), (live(item, our_fields="f2"),)))
    assert action == Apply(item, Cause.EDITED_BY_SOMEONE, force=True)
    assert action.is_drift


def test_a_deleted_object_is_drift_and_made_again() -> None:
    item = config_map()
    action = decide(item, world((row(item),)))
    assert action == Apply(item, Cause.DELETED_BY_SOMEONE, force=False)


def test_an_object_deleted_and_made_again_by_someone_with_our_label_is_drift() -> None:
    item = config_map()
    action = decide(item, world((row(item),), (live(item, uid="u2"),)))
    assert action == Apply(item, Cause.DELETED_BY_SOMEONE, force=True)


def test_an_intent_without_a_mark_is_not_drift() -> None:
    """Killed between the inventory row and the request: nobody has deleted anything."""
    item = config_map()
    assert decide(item, world((Owned(item.ref),))) == Apply(item, Cause.NEW, force=False)


def test_a_job_that_kubernetes_removed_after_its_time_is_not_run_again() -> None:
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}, "spec": {"template": {}}}
    kept = {**body, "spec": {"template": {}, "ttlSecondsAfterFinished": 60}}
    lasting, passing = (ownership.desired(each, KEY, "stores", "default") for each in (body, kept))
    assert isinstance(decide(lasting, world((row(lasting),))), Apply)
    action = decide(passing, world((row(passing),)))
    assert isinstance(action, Keep)
    assert action.live.health.status is Status.CURRENT
    assert isinstance(decide(passing, world((row(lasting),))), Apply), "another content is another run"


def test_an_object_that_is_not_ours_is_refused() -> None:
    item = config_map()
    action = decide(item, world(foreign=(live(item, owner=None),)))
    assert isinstance(action, Refuse)
    assert action.reason is Reason.NOT_OURS


def test_an_object_whose_label_was_taken_off_is_not_touched_although_the_inventory_knows_it() -> None:
    item = config_map()
    action = decide(item, world((row(item),), foreign=(live(item, owner=None),)))
    assert isinstance(action, Refuse)
    assert "label was removed" in action.message


def test_an_object_of_another_application_is_refused_and_its_owner_named() -> None:
    item = config_map()
    action = decide(item, world(foreign=(live(item, owner=OTHER),)))
    assert isinstance(action, Refuse)
    assert "default/till" in action.message


def test_a_kind_that_may_not_be_listed_is_refused_with_its_reason() -> None:
    item = config_map()
    action = decide(item, world(refused={item.ref.kind: (Reason.FORBIDDEN, "may not list configmaps")}))
    assert action == Refuse(item.ref, Reason.FORBIDDEN, "may not list configmaps")


def test_prune_is_old_inventory_minus_new() -> None:
    old, new = config_map("old"), config_map("new")
    found = prune.prune([new.ref], KEY, world((row(old), row(new)), (live(old), live(new))))
    assert found.delete == (live(old),)
    assert not found.leave + found.forget + found.blocked


def test_prune_does_not_delete_an_object_whose_api_version_moved_on() -> None:
    old = Ref(Kind("autoscaling/v1", "HorizontalPodAutoscaler"), "default", "web")
    new = Ref(Kind("autoscaling/v2", "HorizontalPodAutoscaler"), "default", "web")
    item = Live(old, "u", "1", live(config_map()).labels, "f", Health(Status.CURRENT))
    found = prune.prune([new], KEY, world((Owned(old, "b", "u"),), (item,)))
    assert found == prune.Prune((), (), (), (old,), ())


def test_prune_forgets_what_is_gone_and_what_is_no_longer_labelled_ours() -> None:
    gone, taken = config_map("gone"), config_map("taken")
    found = prune.prune([], KEY, world((row(gone), row(taken)), foreign=(live(taken, owner=OTHER),)))
    assert found.forget == (gone.ref, taken.ref)
    assert not found.delete


def test_prune_leaves_claims_namespaces_and_definitions() -> None:
    claim = Ref(Kind("v1", "PersistentVolumeClaim"), "default", "data")
    item = Live(claim, "u", "1", live(config_map()).labels, "f", Health(Status.CURRENT))
    found = prune.prune([], KEY, world((Owned(claim, "b", "u"),), (item,)))
    assert [item.ref for item in found.leave] == [claim]
    assert not found.delete


def test_prune_does_not_forget_what_it_may_not_see() -> None:
    item = config_map()
    refused = {item.ref.kind: (Reason.FORBIDDEN, "may not list configmaps")}
    found = prune.prune([], KEY, world((row(item),), refused=refused))
    assert found.blocked == (Refuse(item.ref, Reason.FORBIDDEN, "may not list configmaps"),)
    assert not found.forget


def test_labels_are_added_without_changing_the_bundle_and_only_on_the_object_itself() -> None:
    template = {"metadata": {"labels": {"app": "web"}}}
    item = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"mine": "kept"}},
        "spec": {"template": template},
    }
    sent = ownership.desired(item, KEY, "stores", "retail").body
    assert item["metadata"] == {"name": "web", "labels": {"mine": "kept"}}
    assert sent["metadata"]["namespace"] == "retail"
    assert sent["metadata"]["labels"] == {
        "mine": "kept",
        "pinnace.dev/application": "shop",
        "pinnace.dev/namespace": "default",
        "pinnace.dev/group": "stores",
    }
    assert sent["spec"]["template"] == template


def test_what_only_policies_may_ask_for_is_not_taken_from_labels_that_somebody_wrote() -> None:
    item = {
        **config_map().body,
        "metadata": {"name": "settings", "labels": {labels.PRUNE: "never", labels.SHARED: "true"}},
    }
    sent = ownership.desired(item, KEY, "stores", "default").body["metadata"]["labels"]
    assert not {labels.PRUNE, labels.SHARED} & sent.keys()
    asked = ownership.desired(item, KEY, "stores", "default", Handling(objects=(0,), prune=Prune.ON_DELETE))
    assert asked.body["metadata"]["labels"][labels.PRUNE] == "on-delete"
