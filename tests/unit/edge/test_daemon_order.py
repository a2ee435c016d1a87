"""An object that comes after others is applied once these are ready, and never less looked after than they are."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed, deliver

from pinnace_edge.model import Health, Status
from pinnace_schemas.handling import Handling, Prune
from pinnace_schemas.journal import Event
from pinnace_schemas.order import Order
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# 0 db, 1 shop, 2 cache
SHOP = App("shop", 1, (("db", "1"), ("shop", "1"), ("cache", "1")), order=(Order(objects=(1,), after=(0,)),))
SOON_S = 6  # within which what is under way is looked at again
MIGRATION = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}}
MIGRATED = replace(SHOP, values=(("shop", "1"),), extra=(MIGRATION,), order=(Order(objects=(0,), after=(1,)),))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    return site


def names(site: Site) -> set[str]:
    return {ref.name for ref in site.cluster.things if ref.kind.kind != "Namespace"}


def take_away(site: Site, name: str) -> None:
    del site.cluster.things[next(ref for ref in site.cluster.things if ref.name == name)]


def test_what_comes_after_another_waits_until_that_is_ready_and_the_rest_does_not(site: Site) -> None:
    site.cluster.unready.add("db")
    deliver(site, SHOP)
    site.pass_time(120)
    assert names(site) == {"db", "cache"}
    assert (site.deployment().phase, site.deployment().revision) == (Phase.PROGRESSING, 0)
    assert site.deployment().message == "v1 ConfigMap default/shop: waits for v1 ConfigMap default/db: starting"
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    assert names(site) == {"db", "cache", "shop"}
    assert (site.deployment().phase, site.deployment().revision) == (Phase.CONVERGED, 1)


def test_the_message_names_the_component_that_is_waited_for(site: Site) -> None:
    db = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "db", "labels": {"app.oam.dev/component": "base"}},
    }
    site.cluster.unready.add("db")
    deliver(site, App("shop", 1, (("shop", "1"),), extra=(db,), order=(Order(objects=(0,), after=(1,)),)))
    assert "shop: waits for component 'base' (v1 ConfigMap default/db): starting" in site.deployment().message


def test_a_chain_of_what_is_ready_at_once_is_applied_in_one_pass_and_in_its_order(site: Site) -> None:
    values = tuple((name, "1") for name in "abcd")
    orders = tuple(Order(objects=(at,), after=(at + 1,)) for at in range(3))
    deliver(site, App("shop", 1, values, order=orders))
    applied = [request for request in site.cluster.requests if request.startswith("apply")]
    assert applied == ["apply default", "apply d", "apply c", "apply b", "apply a"]
    assert site.deployment().phase is Phase.CONVERGED
    assert [entry.message for entry in site.events_of(Event.APPLIED)] == ["4 created"]


def test_the_journal_tells_what_was_applied_while_others_waited(site: Site) -> None:
    site.cluster.unready.add("db")
    deliver(site, SHOP)
    site.cluster.edit("cache")
    site.pass_time(120)
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    applied = [entry.message for entry in site.events_of(Event.APPLIED)]
    assert applied == ["2 created; 1 to wait", "1 created"]


def test_what_is_said_of_a_chain_begins_where_it_is_stuck(site: Site) -> None:
    values = tuple((name, "1") for name in "abc")
    orders = (Order(objects=(0,), after=(1,)), Order(objects=(1,), after=(2,)))
    site.cluster.unready.add("c")
    deliver(site, App("shop", 1, values, order=orders))
    words = "v1 ConfigMap default/b: waits for v1 ConfigMap default/c: starting (and 1 more)"
    assert site.deployment().message == words


def test_a_restart_in_between_changes_nothing(site: Site) -> None:
    site.cluster.unready.add("db")
    deliver(site, SHOP)
    site.restart()
    site.online()
    assert names(site) == {"db", "cache"}
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    assert names(site) == {"db", "cache", "shop"}


def test_what_was_applied_is_healed_also_while_what_it_waited_for_is_not_well(site: Site) -> None:
    deliver(site, SHOP)
    site.cluster.unready.add("db")
    site.cluster.edit("shop")
    site.pass_time(70)
    assert site.cluster.value("shop") == "1"
    take_away(site, "shop")
    site.restart()
    site.online()
    site.pass_time(70)
    assert "shop" in names(site)
    assert site.deployment().phase is Phase.PROGRESSING


def test_a_new_revision_whose_base_does_not_get_ready_leaves_the_old_one_running(site: Site) -> None:
    deliver(site, SHOP)
    site.cluster.unready.add("db")
    deliver(site, changed(SHOP, db="2", shop="2", cache="2"))
    site.pass_time(120)
    assert (site.cluster.value("db"), site.cluster.value("shop"), site.cluster.value("cache")) == ("2", "1", "2")
    assert (site.deployment().phase, site.deployment().revision) == (Phase.PROGRESSING, 1)
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    assert (site.cluster.value("shop"), site.deployment().revision) == ("2", 2)


def test_what_waits_is_healed_meanwhile_as_the_revision_before_had_it(site: Site) -> None:
    deliver(site, SHOP)
    site.cluster.unready.add("db")
    deliver(site, changed(SHOP, db="2", shop="2", cache="2"))
    site.cluster.edit("shop")
    site.pass_time(70)
    assert site.cluster.value("shop") == "1"
    take_away(site, "shop")
    site.pass_time(70)
    assert site.cluster.value("shop") == "1"
    assert [entry.object for entry in site.events_of(Event.DRIFT_HEALED)] == ["v1 ConfigMap default/shop"] * 2
    assert (site.deployment().healed, site.deployment().revision) == (2, 1)


def test_nothing_is_removed_while_what_may_replace_it_waits(site: Site) -> None:
    deliver(site, replace(SHOP, values=(*SHOP.values, ("old", "1"))))
    site.cluster.unready.add("db")
    deliver(site, changed(SHOP, db="2", shop="2", cache="1"))
    site.pass_time(120)
    assert "old" in names(site)
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    assert "old" not in names(site)


def test_a_job_is_waited_for_until_it_has_ended_well(site: Site) -> None:
    site.cluster.healths["migrate"] = Health(Status.CURRENT, "running: 1 active", is_unfinished=True)
    deliver(site, MIGRATED)
    site.pass_time(30)
    assert names(site) == {"migrate"}
    assert site.deployment().message.endswith("default/migrate: running: 1 active")
    site.cluster.healths["migrate"] = Health(Status.CURRENT, "completed")
    site.pass_time(SOON_S)
    assert names(site) == {"migrate", "shop"}
    assert site.deployment().phase is Phase.CONVERGED


def test_a_job_that_failed_holds_back_what_waits_for_it_and_both_are_said(site: Site) -> None:
    site.cluster.healths["migrate"] = Health(Status.FAILED, "the job failed: BackoffLimitExceeded")
    deliver(site, MIGRATED)
    site.pass_time(700)
    assert names(site) == {"migrate"}
    assert (site.deployment().phase, site.deployment().reason) == (Phase.DEGRADED, Reason.UNHEALTHY)
    words = "batch/v1 Job default/migrate: the job failed: BackoffLimitExceeded; 1 object waits for others"
    assert site.deployment().message == words


@pytest.mark.parametrize(("status", "applied"), [(Status.FAILED, {"db"}), (Status.CURRENT, {"db", "shop"})])
def test_how_a_job_ended_is_known_when_its_time_to_live_has_taken_it_away(
    site: Site, status: Status, applied: set[str]
) -> None:
    short = {**MIGRATION, "spec": {"ttlSecondsAfterFinished": 5}}
    both = (Order(objects=(0,), after=(1, 2)),)
    site.cluster.healths["migrate"] = Health(status, "it ended")
    site.cluster.unready.add("db")
    deliver(site, replace(MIGRATED, values=(("shop", "1"), ("db", "1")), extra=(short,), order=both))
    site.pass_time(70)
    take_away(site, "migrate")
    site.cluster.unready.clear()
    site.pass_time(70)
    site.restart()
    site.online()
    site.pass_time(70)
    assert names(site) == applied
    assert (site.deployment().phase is Phase.DEGRADED) == (status is Status.FAILED)


def test_a_refused_object_holds_back_what_waits_for_it(site: Site) -> None:
    site.cluster.refused["db"] = (Reason.API_REJECTED, "no")
    deliver(site, SHOP)
    assert names(site) == {"cache"}
    assert site.deployment().phase is Phase.FAILED
    assert site.deployment().message == "v1 ConfigMap default/db: no; 1 object waits for others"


def test_a_kind_that_comes_with_an_operator_is_waited_for_and_missed_only_when_that_is_ready(site: Site) -> None:
    gadget = {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "one"}}
    site.cluster.unready.add("operator")
    orders = (Order(objects=(1,), after=(0,)),)
    deliver(site, App("shop", 1, (("operator", "1"),), extra=(gadget,), order=orders, deadline_s=60))
    assert site.deployment().phase is Phase.PROGRESSING
    words = "example.com/v1 Gadget one: waits for v1 ConfigMap default/operator: starting"
    assert site.deployment().message == words
    site.cluster.unready.clear()
    site.pass_time(SOON_S)
    assert (site.deployment().phase, site.deployment().reason) == (Phase.FAILED, Reason.UNKNOWN_KIND)
    site.cluster.served.add("Gadget")
    site.pass_time(70)
    assert names(site) == {"operator", "one"}
    assert site.deployment().phase is Phase.CONVERGED


def test_after_the_deadline_the_message_says_what_is_waited_for(site: Site) -> None:
    site.cluster.unready.add("db")
    deliver(site, replace(SHOP, deadline_s=60))
    site.pass_time(70)
    assert (site.deployment().phase, site.deployment().reason) == (Phase.DEGRADED, Reason.HEALTH_DEADLINE)
    assert site.deployment().message.startswith("after 60 s: v1 ConfigMap default/shop: waits for v1 ConfigMap")


def test_what_waits_writes_one_entry_and_not_one_for_each_pass(site: Site) -> None:
    site.cluster.unready.add("db")
    deliver(site, SHOP)
    before = len(site.journal()) + len(site.cloud.stored)
    for _ in range(10):
        site.pass_time(SOON_S)
    assert len(site.journal()) + len(site.cloud.stored) == before


def theirs(ready: str) -> dict[str, object]:
    status = {"conditions": [{"type": "Ready", "status": ready}]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "db"}, "status": status}


def test_what_is_only_looked_at_is_waited_for_by_how_it_is(site: Site) -> None:
    observed = Handling(objects=(0,), observe=True)
    site.cluster.put("db", theirs("False"))
    deliver(site, replace(SHOP, handling=(observed,)))
    assert names(site) == {"db", "cache"}
    site.cluster.put("db", theirs("True"))
    site.pass_time(SOON_S)
    assert names(site) == {"db", "cache", "shop"}


def test_what_is_read_only_waits_for_nothing(site: Site) -> None:
    observed = Handling(objects=(1,), observe=True)
    site.cluster.put("shop")
    site.cluster.unready.add("db")
    deliver(site, replace(SHOP, handling=(observed,)))
    assert site.deployment().message == "v1 ConfigMap default/db: starting"


def removed(site: Site) -> list[str]:
    return [request.removeprefix("delete ") for request in site.cluster.requests if request.startswith("delete")]


def chain(*, remove_in_order: bool) -> App:
    """c before b before a."""
    orders = (Order(objects=(0,), after=(1,)), Order(objects=(1,), after=(2,)))
    values = tuple((name, "1") for name in "abc")
    return App("shop", 1, values, order=orders, remove_in_order=remove_in_order)


def test_an_application_goes_in_the_reverse_of_its_order_where_that_is_asked_for(site: Site) -> None:
    deliver(site, chain(remove_in_order=True))
    site.cluster.stuck.add("a")
    deliver(site)
    site.pass_time(SOON_S)
    assert set(removed(site)) == {"a"}
    assert site.deployment().message == "waiting for v1 ConfigMap default/a to go"
    site.restart()
    site.online()
    site.cluster.stuck.clear()
    site.pass_time(SOON_S)
    assert list(dict.fromkeys(removed(site))) == ["a", "b", "c"]
    assert site.deployment().phase is Phase.REMOVED


def test_what_cannot_be_deleted_is_said_and_keeps_what_it_came_after(site: Site) -> None:
    deliver(site, chain(remove_in_order=True))
    site.cluster.undeletable.add("a")
    deliver(site)
    site.pass_time(SOON_S)
    assert names(site) == {"a", "b", "c"}
    assert site.deployment().message == "v1 ConfigMap default/a: cannot delete configmaps"


def test_elsewhere_an_application_goes_without_waiting(site: Site) -> None:
    deliver(site, chain(remove_in_order=False))
    site.cluster.stuck.add("a")
    deliver(site)
    assert {"a", "b", "c"} <= set(removed(site))


def test_what_is_to_stay_keeps_nobody_from_going(site: Site) -> None:
    stays = Handling(objects=(0,), prune=Prune.NEVER)
    deliver(site, replace(chain(remove_in_order=True), handling=(stays,)))
    deliver(site)
    site.pass_time(SOON_S)
    assert removed(site) == ["b", "c"]
    assert names(site) == {"a"}
