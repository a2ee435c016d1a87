"""What the cloud is told between two full reports of an application that stays where it is."""

from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed, deliver

from pinnace_edge.model import Health, Status
from pinnace_edge.rules import telling
from pinnace_schemas.messages import AppState
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App(values=(("first", "1"), ("second", "1"), ("third", "1")), deadline_s=86_400)
OTHER = App(name="other", values=(("fourth", "1"),), deadline_s=86_400)
# A pass comes every five seconds while something is under way.
SOON_S = 1.25 * telling.GAP_S + 10.0


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    return site


def spend(site: Site, seconds: float) -> list[AppState]:
    """What the cloud, which acknowledges, is told of `shop` meanwhile."""
    before = len(site.cloud.reports)
    for _ in range(int(seconds * 2)):
        site.round(0.5)
        site.cloud.acknowledge()
    reports = site.cloud.reports[before:]
    return [state for report in reports for state in report.states if state.application == "shop"]


def test_the_cloud_hears_soon_which_object_blocks_now(site: Site) -> None:
    site.cluster.unready |= {"first", "second"}
    deliver(site, SHOP)
    spend(site, 1.0)
    site.cluster.unready.remove("first")
    (state,) = spend(site, SOON_S)
    assert (state.phase, state.ready) == (Phase.PROGRESSING, 2)
    assert state.message == "v1 ConfigMap default/second: starting"
    assert spend(site, 200.0) == [], "the same again"


def test_the_cloud_hears_at_once_that_something_else_has_failed(site: Site) -> None:
    site.cluster.healths["first"] = Health(Status.FAILED, "broken")
    deliver(site, SHOP)
    spend(site, 1.0)
    assert site.deployment().reason is Reason.UNHEALTHY
    site.cluster.healths = {"second": Health(Status.FAILED, "broken")}
    site.clock.advance(70)
    (state,) = spend(site, telling.GATHER_S + 1.0)
    assert state.message == "v1 ConfigMap default/second: broken"


def test_numbers_in_a_message_make_no_report(site: Site) -> None:
    site.cluster.unready.add("first")
    deliver(site, SHOP)
    spend(site, 1.0)
    seen = set[str]()
    for age in range(40):
        site.cluster.healths["first"] = Health(Status.IN_PROGRESS, f"1 of 2 replicas, since {age} s")
        states = spend(site, 5.0)
        seen.add(site.deployment().message)
        assert len(states) <= 1
    assert len(seen) == 40
    assert len(site.cloud.reports) <= 5, "besides the reports of the delivery, one with the first words"


def test_one_report_tells_of_all_applications(site: Site) -> None:
    site.cluster.unready |= {"first", "fourth"}
    deliver(site, SHOP, OTHER)
    spend(site, 1.0)
    before = len(site.cloud.reports)
    site.cluster.healths = {name: Health(Status.IN_PROGRESS, "pulls its image") for name in ("first", "fourth")}
    spend(site, SOON_S + 10.0)
    (report,) = site.cloud.reports[before:]
    assert all("pulls its image" in state.message for state in report.states)


def test_a_rollout_that_does_not_stop_makes_no_more_reports_than_before(site: Site) -> None:
    deliver(site, SHOP)
    spend(site, 20.0)
    site.cluster.unready |= {"first", "second", "third"}
    site.cloud.head("stores", changed(SHOP, first="2", second="2", third="2"))
    states = spend(site, 3.0)
    for name in ("first", "second"):
        site.cluster.unready.remove(name)
        states += spend(site, 4.0)
    site.cluster.unready.clear()
    states += spend(site, 10.0)
    assert [state.phase for state in states] == [Phase.PROGRESSING, Phase.CONVERGED]


def test_a_broker_that_takes_no_report_is_not_asked_again_and_again(site: Site) -> None:
    site.cluster.unready |= {"first", "second"}
    deliver(site, SHOP)
    spend(site, 1.0)
    site.broker.most_bytes = 10
    number = site.store.report_number()
    site.cluster.unready.remove("first")
    spend(site, 60.0)
    assert site.store.report_number() - number <= 5


@pytest.mark.slow
def test_a_site_at_rest_sends_its_full_reports_and_nothing_else(site: Site) -> None:
    deliver(site, SHOP)
    spend(site, 30.0)
    assert len(spend(site, 3000.0)) <= 3000 / 240
