"""What policies ask for at a site: fields left to others, objects kept, adopted, only looked at, shared, made anew."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed, deliver

from pinnace_edge.adapters.sqlite import opening
from pinnace_schemas import labels
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App("shop", 1, (("settings", "1"), ("texts", "hello")))
CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    return site


def handled(app: App = SHOP, *, keep_legacy: bool = False, **handling: object) -> App:
    """With this handling of its first object, which is called `settings`."""
    found = (Handling.model_validate({"objects": (0,), **handling}),) if handling else ()
    return replace(app, handling=found, keep_legacy=keep_legacy)


def test_what_is_applied_once_stays_as_somebody_has_set_it_and_the_rest_is_healed(site: Site) -> None:
    deliver(site, handled(once=Once(when=When.KEEP)))
    site.cluster.edit("settings")
    site.cluster.edit("texts")
    site.pass_time(70)
    assert (site.cluster.value("settings"), site.cluster.value("texts")) == ("edited", "hello")
    assert site.deployment().phase is Phase.CONVERGED


def test_what_is_applied_once_and_deleted_is_not_made_again_and_said_to_be_missing(site: Site) -> None:
    deliver(site, handled(replace(SHOP, deadline_s=60), once=Once(when=When.KEEP)))
    del site.cluster.things[next(ref for ref in site.cluster.things if ref.name == "settings")]
    site.pass_time(70)
    site.pass_time(70)
    assert site.cluster.names() == ["texts"]
    assert (site.deployment().phase, site.deployment().reason) == (Phase.DEGRADED, Reason.HEALTH_DEADLINE)
    assert "apply-once" in site.deployment().message


@pytest.mark.parametrize(("when", "value"), [(When.KEEP, "2"), (When.UPDATE, "1"), (When.ALWAYS, "1")])
def test_a_new_revision_changes_what_is_left_to_others_only_between_revisions(
    site: Site, when: When, value: str
) -> None:
    first = handled(once=Once(when=when))
    deliver(site, first)
    deliver(site, changed(first, settings="2", texts="new"))
    assert (site.cluster.value("settings"), site.cluster.value("texts")) == (value, "new")
    assert site.deployment().phase is Phase.CONVERGED


def test_what_is_never_collected_stays_when_its_revision_and_when_its_application_goes(site: Site) -> None:
    deliver(site, handled(prune=Prune.NEVER))
    deliver(site, changed(SHOP, texts="hello"))
    assert site.cluster.names() == ["settings", "texts"]
    assert [entry.message for entry in site.events_of(Event.PRUNED)] == [
        "left in place, as its policy garbage-collect says"
    ]
    deliver(site)
    assert site.cluster.names() == ["settings"]


def test_what_is_collected_with_the_application_stays_until_then(site: Site) -> None:
    deliver(site, handled(prune=Prune.ON_DELETE))
    deliver(site, changed(SHOP, texts="hello"))
    site.restart()
    site.online()
    assert site.cluster.names() == ["settings", "texts"]
    assert site.deployment().phase is Phase.CONVERGED
    deliver(site)
    assert site.cluster.names() == []


def test_legacy_objects_stay_as_long_as_the_newest_revision_says_so(site: Site) -> None:
    deliver(site, SHOP)
    kept = handled(changed(SHOP, texts="hello"), keep_legacy=True)
    deliver(site, kept)
    assert site.cluster.names() == ["settings", "texts"]
    deliver(site, replace(kept, revision=3, keep_legacy=False))
    assert site.cluster.names() == ["texts"]


def test_a_claim_is_deleted_where_a_policy_says_so(site: Site) -> None:
    claim = Handling(objects=(2,), prune=Prune.ON_UPDATE)
    deliver(site, replace(SHOP, extra=(CLAIM,), handling=(claim,)))
    deliver(site, replace(SHOP, revision=2))
    assert [ref.name for ref in site.cluster.things if ref.kind.kind == "PersistentVolumeClaim"] == []


@pytest.mark.parametrize("when", [When.UPDATE, When.ALWAYS])
def test_what_is_left_to_others_learns_all_the_same_whether_it_is_to_stay(site: Site, when: When) -> None:
    once = Once(when=when)
    alone, kept = handled(once=once), handled(once=once, prune=Prune.NEVER)
    deliver(site, alone)
    site.cluster.edit("settings")
    deliver(site, replace(kept, revision=2))
    deliver(site, replace(changed(SHOP, texts="hello"), revision=3))
    assert site.cluster.names() == ["settings", "texts"]
    deliver(site, replace(kept, revision=4))
    deliver(site, replace(alone, revision=5))
    deliver(site, replace(changed(SHOP, texts="hello"), revision=6))
    assert site.cluster.names() == ["texts"]


def test_what_is_adopted_and_left_to_others_stays_as_it_is(site: Site) -> None:
    site.cluster.put("settings", {"metadata": {"name": "settings"}, "data": {"value": "theirs"}})
    deliver(site, handled(adopt=True, once=Once(when=When.ALWAYS)))
    assert "data" not in site.cluster.things[next(ref for ref in site.cluster.things if ref.name == "settings")].body
    assert owner(site) == "shop"


def test_what_belongs_to_nobody_is_adopted(site: Site) -> None:
    site.cluster.put("settings", {"metadata": {"name": "settings"}, "data": {"value": "theirs"}})
    deliver(site, handled(adopt=True))
    assert site.cluster.value("settings") == "1"
    assert site.deployment().phase is Phase.CONVERGED
    deliver(site)
    assert site.cluster.names() == []


def test_what_belongs_to_another_application_is_not_adopted(site: Site) -> None:
    deliver(site, App("other"), handled(adopt=True))
    assert site.deployment("other").phase is Phase.CONVERGED
    assert "belongs to application default/other" in site.deployment().message


def test_what_an_application_leaves_behind_is_adopted_soon_also_where_a_further_head_may_name_it(site: Site) -> None:
    site.cloud.assign("stores", "counters")
    site.cloud.head("counters")
    deliver(site, handled(App("other"), prune=Prune.NEVER))
    deliver(site, handled(adopt=True))
    site.pass_time(3)
    assert (site.deployment().phase, owner(site)) == (Phase.CONVERGED, "shop")


def test_what_an_application_left_behind_belongs_to_nobody(site: Site) -> None:
    deliver(site, handled(App("other"), prune=Prune.NEVER))
    deliver(site, handled(adopt=True))
    assert (site.deployment().phase, owner(site)) == (Phase.CONVERGED, "shop")


def test_what_is_to_be_left_behind_belongs_to_its_application_until_then(site: Site) -> None:
    other = handled(App("other"), prune=Prune.NEVER)
    deliver(site, other)
    deliver(site, other, handled(adopt=True))
    assert "belongs to application default/other" in site.deployment().message


def test_what_is_read_only_is_looked_at_and_neither_changed_nor_deleted(site: Site) -> None:
    site.cluster.put("settings", {"metadata": {"name": "settings"}, "data": {"value": "theirs"}})
    deliver(site, handled(observe=True))
    assert (site.deployment().phase, site.deployment().total) == (Phase.CONVERGED, 2)
    deliver(site)
    assert site.cluster.names() == ["settings"]
    assert site.cluster.value("settings") == "theirs"


def test_what_is_only_looked_at_costs_one_request_and_no_list(site: Site) -> None:
    site.cluster.put("settings")
    deliver(site, handled(App("shop"), observe=True))
    assert site.deployment().phase is Phase.CONVERGED
    assert "present" not in site.cluster.requests


def test_what_was_ours_and_is_read_only_now_is_not_deleted(site: Site) -> None:
    deliver(site, SHOP)
    deliver(site, handled(changed(SHOP, settings="2", texts="hello"), observe=True))
    assert site.cluster.value("settings") == "1"
    deliver(site)
    assert site.cluster.names() == ["settings"]


def lose_the_store(site: Site) -> None:
    """What the node joined with is left; the cloud sends the rest again."""
    trust = site.store.trust()
    assert trust is not None
    site.store.close()
    (site.folder / opening.FILE_NAME).unlink()
    opened = opening.open_store(site.folder / opening.FILE_NAME)
    opened.store.save_trust(replace(trust, control="", versions={}))
    opened.store.close()
    site.restart(damage="lost")


def test_what_was_ours_and_is_read_only_now_learns_once_that_it_stays(site: Site) -> None:
    deliver(site, SHOP)
    later = handled(changed(SHOP, settings="2", texts="hello"), observe=True)
    deliver(site, later)
    site.pass_time(70)
    thing = next(thing for ref, thing in site.cluster.things.items() if ref.name == "settings")
    assert thing.body["data"] == {"value": "1"}
    assert thing.body["metadata"]["labels"][labels.PRUNE] == "never"
    assert site.cluster.requests.count("apply settings") == 2
    assert [entry.message for entry in site.events_of(Event.PRUNED)] == [
        "let go, as its policy read-only says: it stays"
    ]


def test_what_was_ours_and_is_read_only_now_is_not_deleted_where_the_store_is_lost(site: Site) -> None:
    deliver(site, SHOP)
    later = handled(changed(SHOP, settings="2", texts="hello"), observe=True)
    deliver(site, later)
    lose_the_store(site)
    deliver(site, replace(changed(SHOP, texts="hello"), revision=3))
    assert site.deployment().phase is Phase.CONVERGED
    assert site.cluster.names() == ["settings", "texts"]
    deliver(site)
    assert site.cluster.names() == ["settings"]


def test_what_was_ours_is_let_go_also_where_the_store_is_lost_first(site: Site) -> None:
    deliver(site, SHOP)
    lose_the_store(site)
    site.online()
    deliver(site, handled(changed(SHOP, settings="2", texts="hello"), observe=True))
    deliver(site, replace(changed(SHOP, texts="hello"), revision=3))
    assert (site.cluster.names(), site.cluster.value("settings")) == (["settings", "texts"], "1")


def test_what_was_read_only_for_a_while_is_ours_again_afterwards(site: Site) -> None:
    deliver(site, SHOP)
    deliver(site, handled(changed(SHOP, settings="2", texts="hello"), observe=True))
    deliver(site, replace(changed(SHOP, settings="3", texts="hello"), revision=3))
    assert site.cluster.value("settings") == "3"
    deliver(site, replace(changed(SHOP, texts="hello"), revision=4))
    assert site.cluster.names() == ["texts"]


def test_what_was_never_ours_and_is_read_only_is_never_written(site: Site) -> None:
    deliver(site, App("other", 1, (("settings", "theirs"),)))
    deliver(site, App("other", 1, (("settings", "theirs"),)), handled(observe=True))
    site.pass_time(70)
    assert site.cluster.requests.count("apply settings") == 1


def test_what_cannot_be_let_go_yet_is_tried_again(site: Site) -> None:
    deliver(site, SHOP)
    site.cluster.repeated["settings"] = "its webhook does not answer"
    deliver(site, handled(changed(SHOP, settings="2", texts="hello"), observe=True))
    assert "its webhook does not answer" in site.deployment().message
    site.cluster.repeated.clear()
    site.pass_time(10)
    assert site.deployment().phase is Phase.CONVERGED
    assert len(site.events_of(Event.PRUNED)) == 1


def test_that_an_object_refuses_to_be_let_go_is_said(site: Site) -> None:
    deliver(site, SHOP)
    site.cluster.refused["settings"] = (Reason.API_REJECTED, "no changes on Sundays")
    deliver(site, handled(changed(SHOP, settings="2", texts="hello"), observe=True))
    assert site.deployment().message.endswith("cannot be marked as let go: no changes on Sundays")


def test_what_is_read_only_and_not_there_is_not_made(site: Site) -> None:
    deliver(site, handled(observe=True))
    assert site.cluster.names() == ["texts"]
    assert (site.deployment().phase, site.deployment().reason) == (Phase.FAILED, Reason.NOT_FOUND)


def owner(site: Site) -> str:
    thing = next(thing for ref, thing in site.cluster.things.items() if ref.name == "settings")
    return str(thing.body["metadata"]["labels"][labels.APPLICATION])


def test_an_object_with_another_value_of_a_named_field_is_made_anew(site: Site) -> None:
    first = handled(recreate=("data.value",))
    deliver(site, first)
    uid = next(thing.uid for ref, thing in site.cluster.things.items() if ref.name == "settings")
    deliver(site, changed(first, settings="2", texts="hello"))
    assert site.cluster.value("settings") == "2"
    assert uid not in {thing.uid for thing in site.cluster.things.values()}
    assert "to be made anew with another data.value" in [entry.message for entry in site.events_of(Event.PRUNED)]


def test_an_object_whose_named_fields_are_as_before_is_not_made_anew(site: Site) -> None:
    first = handled(recreate=("data.other",))
    deliver(site, first)
    deliver(site, changed(first, settings="2", texts="hello"))
    assert site.cluster.value("settings") == "2"
    assert "delete settings" not in site.cluster.requests


def test_an_object_to_be_made_anew_is_waited_for_as_long_as_it_goes(site: Site) -> None:
    first = handled(recreate=("data.value",))
    deliver(site, first)
    site.cluster.stuck.add("settings")
    deliver(site, changed(first, settings="2", texts="hello"))
    assert site.cluster.value("settings") == "1"
    site.pass_time(70)
    assert "to be made anew" in site.deployment().message
    assert site.cluster.requests.count("delete settings") == 1
    site.cluster.stuck.clear()
    site.pass_time(10)
    assert (site.cluster.value("settings"), site.deployment().phase) == ("2", Phase.CONVERGED)


def test_an_object_that_goes_is_made_again_also_where_the_revision_before_is_wanted_again(site: Site) -> None:
    first = handled(once=Once(when=When.KEEP), recreate=("data.value",))
    deliver(site, first)
    site.cluster.stuck.add("settings")
    deliver(site, changed(first, settings="2", texts="hello"))
    deliver(site, replace(first, revision=3))
    site.restart()
    site.cluster.stuck.clear()
    site.online()
    site.pass_time(70)
    assert site.cluster.names() == ["settings", "texts"]
    assert (site.cluster.value("settings"), site.deployment().phase) == ("1", Phase.CONVERGED)


def test_what_is_left_to_others_is_no_reason_to_make_an_object_anew(site: Site) -> None:
    first = handled(recreate=("data.value",), once=Once(when=When.ALWAYS, paths=("data.value",)))
    deliver(site, first)
    site.cluster.edit("settings")
    deliver(site, changed(first, settings="2", texts="hello"))
    assert "delete settings" not in site.cluster.requests
    assert "made anew" not in site.deployment().message


def test_that_we_make_an_object_anew_is_no_drift(site: Site) -> None:
    first = handled(recreate=("data.value",))
    deliver(site, first)
    site.cluster.stuck.add("settings")
    deliver(site, changed(first, settings="2", texts="hello"))
    site.cluster.stuck.clear()
    site.pass_time(10)
    assert (site.cluster.value("settings"), site.deployment().healed) == ("2", 0)


@pytest.mark.parametrize("words", ['unknown field "data.extra"', "exceeded quota: small"])
def test_an_object_whose_successor_would_be_refused_is_not_deleted(site: Site, words: str) -> None:
    first = handled(recreate=("data.value",))
    deliver(site, first)
    site.cluster.refused["settings"] = (Reason.API_REJECTED, words)
    deliver(site, changed(first, settings="2", texts="hello"))
    assert site.cluster.value("settings") == "1"
    assert words in site.deployment().message


def test_an_object_stays_whose_successor_has_a_value_that_no_new_object_may_have_either(site: Site) -> None:
    first = handled(recreate=("data.value",))
    site.cluster.immutable.add("settings")
    site.cluster.invalid.add("wrong")
    deliver(site, first)
    deliver(site, changed(first, settings="wrong", texts="hello"))
    assert site.cluster.value("settings") == "1"
    assert "data.value: Invalid value: wrong" in site.deployment().message
    deliver(site, replace(changed(first, settings="2", texts="hello"), revision=3))
    assert (site.cluster.value("settings"), site.deployment().phase) == ("2", Phase.CONVERGED)
    assert site.cluster.names() == ["settings", "texts"]


def test_an_object_that_cannot_be_tried_out_now_is_not_deleted(site: Site) -> None:
    first = handled(recreate=("data.value",))
    deliver(site, first)
    site.cluster.repeated["settings"] = "its webhook does not answer"
    deliver(site, changed(first, settings="2", texts="hello"))
    assert "delete settings" not in site.cluster.requests
    site.cluster.repeated.clear()
    site.pass_time(10)
    assert site.cluster.value("settings") == "2"


class LaterPolicy(ApplyPolicy):
    """As a later version may write it."""

    careful: bool = True


class LaterApp(App):
    @property
    def bundle(self) -> Bundle:
        return Bundle.model_construct(v=1, objects=super().bundle.objects, policy=LaterPolicy())


def test_what_a_later_version_asks_for_is_refused_for_its_application_alone(site: Site) -> None:
    deliver(site, SHOP, App("other", 1, (("other", "1"),)))
    deliver(site, LaterApp("shop", 2, (("settings", "2"),)), App("other", 2, (("other", "2"),)))
    assert (site.deployment().phase, site.deployment().reason) == (Phase.FETCHING, Reason.MALFORMED)
    assert "policy.careful" in site.deployment().message
    assert site.cluster.value("other") == "2"
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
