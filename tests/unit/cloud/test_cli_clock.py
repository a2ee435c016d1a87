"""Whose clock ages and lines of time are told by: the controller's, whatever the time is here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from tests.unit.cloud import fleets

from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.output.fleet.view import Logged
from pinnace_cloud.cli.session import ControllersClock

SECOND = timedelta(seconds=1)


def answered(headers: dict[str, str]) -> ControllersClock:
    """The clock of a session whose controller has answered once, with these headers."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[], headers=headers))
    client = Client(httpx.Client(transport=transport, base_url="http://controller.example"))
    clock = ControllersClock(client)
    client.nodes()
    return clock


@pytest.mark.parametrize("ahead", [timedelta(hours=-2), timedelta(), timedelta(days=3)])
def test_the_time_is_the_controllers(ahead: timedelta) -> None:
    told = datetime.now(UTC) + ahead
    clock = answered({"Date": format_datetime(told, usegmt=True)})
    assert abs(clock.now() - told) < 5 * SECOND


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 10:00:00 GMT"])
def test_a_date_that_cannot_be_read_changes_nothing(date: str) -> None:
    assert abs(answered({"Date": date}).now() - datetime.now(UTC)) < 5 * SECOND


@dataclass
class Corrected:
    """A clock that is two hours ahead until it knows better."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


def test_a_watch_begins_by_the_controllers_clock() -> None:
    clock = Corrected(fleets.at(7200))
    shown = Logged(clock)
    shown.show(fleets.answer(5000, fleets.verdict(since=10, last_seen=4990)))
    clock.moment = fleets.at(5060)
    assert shown.picture.fleet.since == fleets.at(5000)
