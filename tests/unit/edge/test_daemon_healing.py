"""What runs stays as wanted: without a link, through restarts, against people, and with a clock that lies."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed

from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey
from pinnace_edge.ports import ClusterChanged, Disconnected
from pinnace_edge.rules import fight
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App("shop", 1, (("settings", "1"), ("texts", "hello")))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that runs SHOP and has lost its link."""
    site = Site(tmp_path)
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    site.broker.is_up = False
    site.events.put(Disconnected("cut"))
    site.settle()
    return site


def test_a_deleted_object_comes_back_without_a_link(site: Site) -> None:
    del site.cluster.things[next(ref for ref in site.cluster.things if ref.name == "texts")]
    site.events.put(ClusterChanged(None))
    site.settle()
    assert site.cluster.names() == ["settings", "texts"]
    (entry,) = site.events_of(Event.DRIFT_HEALED)
    assert "texts" in str(entry.object)
    assert entry.message == "deleted by someone"


def test_an_edited_object_is_put_back_and_the_path_is_told(site: Site) -> None:
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    (entry,) = site.events_of(Event.DRIFT_HEALED)
    assert entry.message.startswith("data.value changed by")
    assert site.deployment().healed == 1


def test_an_object_that_is_not_ours_is_not_touched(site: Site) -> None:
    site.cluster.put("foreign", {"metadata": {"name": "foreign"}, "data": {"value": "theirs"}})
    site.pass_time(70)
    assert site.cluster.value("foreign") == "theirs"


def test_an_object_of_the_same_name_that_is_not_ours_is_refused_and_the_rest_applied(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cluster.put("settings", {"metadata": {"name": "settings"}, "data": {"value": "theirs"}})
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    assert site.cluster.value("settings") == "theirs"
    assert site.cluster.names() == ["settings", "texts"]
    assert (site.deployment().phase, site.deployment().reason) == (Phase.FAILED, Reason.NOT_OURS)


def test_healing_goes_on_from_the_store_after_a_restart_without_a_link(site: Site) -> None:
    site.restart()
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    assert site.deployment().phase is Phase.CONVERGED


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2076, 11, 20, tzinfo=UTC)])
def test_healing_goes_on_when_the_clock_is_wrong_by_decades(site: Site, wrong: datetime) -> None:
    site.clock.wall = wrong
    site.restart()
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"


def test_a_clock_in_1970_does_not_keep_a_new_head_out(site: Site) -> None:
    signed_at = site.clock.wall
    site.clock.wall = datetime(1970, 1, 1, tzinfo=UTC)
    site.cloud.head("stores", changed(SHOP, settings="2"), now=signed_at)
    site.broker.connect()
    site.settle()
    assert site.cluster.value("settings") == "2"


def test_a_clock_that_is_fifty_years_ahead_refuses_new_heads_with_that_reason_and_recovers(site: Site) -> None:
    signed_at = site.clock.wall
    site.clock.wall = datetime(2076, 11, 20, tzinfo=UTC)
    site.cloud.head("stores", changed(SHOP, settings="2"), now=signed_at)
    site.broker.connect()
    site.settle()
    assert site.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.EXPIRED
    site.clock.wall = signed_at
    site.broker.connect()
    site.settle()
    assert site.cluster.value("settings") == "2"


def test_a_kubeapi_that_is_away_is_reported_waited_for_and_reported_back(site: Site) -> None:
    site.cluster.is_down = True
    site.pass_time(70)
    assert [problem.reason for problem in site.store.problems()] == [Reason.CLUSTER_UNAVAILABLE]
    site.cluster.is_down = False
    site.pass_time(130)
    assert not site.store.problems()
    assert [entry.reason for entry in site.events_of(Event.SOLVED)] == [Reason.CLUSTER_UNAVAILABLE]


def test_a_kubeapi_that_is_away_at_start_does_not_keep_heads_out(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cluster.is_down = True
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    assert site.deployment().phase is Phase.STAGED
    site.cluster.is_down = False
    site.pass_time(130)
    assert site.deployment().phase is Phase.CONVERGED


def test_a_refused_object_reaches_the_cloud_with_the_words_of_the_api_and_the_rest_is_applied(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cluster.refused["settings"] = (Reason.API_REJECTED, "data: Too long: must have at most 1048576 bytes")
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    assert site.cluster.names() == ["texts"]
    (state,) = site.cloud.reports[-1].states
    assert (state.phase, state.reason) == (Phase.FAILED, Reason.API_REJECTED)
    assert "Too long" in state.message
    (entry,) = site.events_of(Event.OBJECT_REFUSED)
    assert "Too long" in entry.message


def test_nothing_is_pruned_while_its_replacement_is_refused(site: Site) -> None:
    site.cluster.refused["replacement"] = (Reason.FORBIDDEN, "cannot patch configmaps")
    site.cloud.head("stores", changed(SHOP, replacement="2"))
    site.broker.connect()
    site.settle()
    assert site.cluster.names() == ["settings", "texts"]
    site.cluster.refused.clear()
    site.pass_time(70)
    assert site.cluster.names() == ["replacement"]


def test_what_is_not_ready_by_its_deadline_is_degraded_until_it_is(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cluster.unready.add("settings")
    site.cloud.assign("stores")
    site.cloud.head("stores", App("shop", 1, SHOP.values, deadline_s=60))
    site.online()
    assert site.deployment().phase is Phase.PROGRESSING
    site.pass_time(70)
    assert (site.deployment().phase, site.deployment().reason) == (Phase.DEGRADED, Reason.HEALTH_DEADLINE)
    site.cluster.unready.clear()
    site.pass_time(70)
    assert site.deployment().phase is Phase.CONVERGED


def test_somebody_who_keeps_undoing_us_is_a_fight_and_not_a_thousand_corrections(site: Site) -> None:
    for _ in range(30):
        site.cluster.edit("settings")
        site.pass_time(70)
    assert len(site.events_of(Event.DRIFT_HEALED)) < 15
    assert Reason.FIGHT in {entry.reason for entry in site.events_of(Event.DRIFT_HEALED)}
    assert site.deployment().healed >= fight.CORRECTIONS


def test_a_deletion_that_waits_for_a_finalizer_is_not_forgotten(site: Site) -> None:
    site.cluster.stuck.add("texts")
    site.cloud.head("stores", changed(SHOP, settings="2"))
    site.broker.connect()
    site.settle()
    assert site.deployment().phase is Phase.PROGRESSING
    assert "texts" in site.deployment().message
    site.cluster.stuck.clear()
    site.pass_time(70)
    assert site.cluster.names() == ["settings"]
    assert site.deployment().phase is Phase.CONVERGED


def test_claims_are_left_in_place_and_the_journal_says_so(tmp_path: Path) -> None:
    site = Site(tmp_path)
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
    site.cloud.assign("stores")
    site.cloud.head("stores", App("shop", 1, SHOP.values, extra=(claim,)))
    site.online()
    site.cloud.head("stores")
    site.settle()
    assert [ref.name for ref in site.cluster.things if ref.kind.kind == "PersistentVolumeClaim"] == ["data"]
    assert any("left in place" in entry.message for entry in site.events_of(Event.PRUNED))


def test_a_damaged_store_rebuilds_its_inventory_and_removes_nothing_before_the_heads_are_here(site: Site) -> None:
    site.store.close()
    path = site.folder / opening.FILE_NAME
    path.write_bytes(b"this is no database" * 1000)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    site.store = opening.open_store(path).store
    site.restart("the old store is kept")
    site.pass_time(10)
    assert site.cluster.names() == ["settings", "texts"]
    assert site.events_of(Event.STORE_REBUILT)[-1].message == "2 objects of 1 application"
    site.cloud.head("stores", changed(SHOP, settings="2"))
    site.broker.connect()
    site.settle()
    assert site.cluster.names() == ["settings"]
    assert site.deployment().phase is Phase.CONVERGED


def test_one_application_whose_api_group_is_away_does_not_keep_the_others_from_being_healed(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    stuck = App("aaa", 1, (("stuck", "1"),))
    site.cloud.head("stores", stuck, SHOP)
    site.cluster.unanswered.add("stuck")
    site.online()
    assert site.deployment("shop").phase is Phase.CONVERGED
    assert site.deployment("aaa").reason is Reason.CLUSTER_UNAVAILABLE
    assert not site.store.problems()
    site.cluster.unanswered.clear()
    site.pass_time(30)
    assert site.deployment("aaa").phase is Phase.CONVERGED


def test_kind_that_asks_for_a_second_of_patience_is_asked_again_after_that(tmp_path: Path) -> None:
    """As the KubeAPI does for each kind that a CRD of the same bundle has just defined."""
    site = Site(tmp_path)
    site.cloud.assign("stores")
    site.cluster.unanswered.add("settings")
    site.cluster.retry_after_s = 1.0
    site.cloud.head("stores", SHOP)
    site.broker.connect()
    site.settle(rounds=3)
    site.cluster.unanswered.clear()
    site.settle(rounds=6)
    assert site.deployment().phase is Phase.CONVERGED


@pytest.mark.parametrize("is_refused", [True, False])
@pytest.mark.parametrize("is_leaving", [True, False])
def test_what_cannot_be_deleted_for_long_is_looked_at_less_and_less_often(
    site: Site, is_refused: bool, is_leaving: bool
) -> None:
    """By a finalizer that nobody takes off, or because the role of the daemon does not allow it."""
    site.online()
    (site.cluster.undeletable if is_refused else site.cluster.stuck).add("texts")
    site.cloud.head("stores", *([] if is_leaving else [App("shop", 2, (("settings", "1"),))]))
    site.settle()
    site.cluster.requests.clear()
    for _ in range(500):
        site.round(1.0)
    assert site.cluster.requests.count("owned") <= 500 / 54 + 10
    site.cluster.undeletable.clear()
    site.cluster.stuck.clear()
    site.daemon.handle(ClusterChanged(AppKey("default", "shop")))
    for _ in range(3):
        site.round(1.0)
    assert "texts" not in site.cluster.names()
