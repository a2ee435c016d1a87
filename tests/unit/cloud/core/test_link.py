"""An outage begins with the process or with a cut, lasts through all failing attempts, and ends with a link."""

from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk, SetClock

from pinnace_cloud.services.link import Link
from pinnace_schemas.api import ApplyRequest, Outage


def test_an_outage_is_as_old_as_the_cut_and_has_the_newest_reason() -> None:
    clock = SetClock()
    link = Link(clock)
    link.connected()
    assert link.outage() is None
    link.lost("the link is down")
    clock.pass_by(seconds=90)
    link.lost("connection refused")
    clock.pass_by(seconds=10)
    assert link.outage() == Outage(seconds=100, reason="connection refused")
    link.connected()
    assert link.outage() is None


def test_before_the_first_link_it_is_as_old_as_the_controller() -> None:
    clock = SetClock()
    link = Link(clock)
    clock.pass_by(seconds=5)
    assert link.outage() == Outage(seconds=5)


def test_a_wall_clock_that_jumps_does_not_change_how_long_it_was(desk: Desk) -> None:
    desk.link.lost("gone")
    desk.clock.moment = desk.clock.moment.replace(year=2080)
    assert desk.controller.broker().outage == Outage(seconds=0, reason="gone")


def test_what_is_stored_and_what_is_shown_carry_the_outage(desk: Desk) -> None:
    desk.link.lost("gone")
    documents = (desks.group("shops", "s1"), desks.node("s1"), desks.application())

    applied = desk.apply(*documents)

    assert applied.broker_outage == Outage(seconds=0, reason="gone")
    assert desk.controller.application("default", "shop").broker_outage is not None
    request = ApplyRequest(sources=desks.sources(*documents), dry_run=True)
    assert desk.controller.apply(request, desks.ACTOR).broker_outage is None
    assert desk.controller.ready() == {"store": True, "broker": False}
