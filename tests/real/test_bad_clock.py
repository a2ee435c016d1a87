"""A daemon whose wall clock is wrong: it heals, accepts new heads and keeps its journal, whatever the year.

TLS is not part of this: certificates have dates, and a broker with TLS is not reached in 1970.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.real import sites
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_sim.provision import Part, require
from pinnace_sim.provision.faketime import FakeClock
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE = "site-a"
BOOT = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
FIFTY_YEARS = timedelta(days=365.25 * 50)


def config_map(name: str, version: str = "1") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"version": version}}


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> FakeClock:
    require(Part.FAKETIME)
    return FakeClock(tmp_path_factory.mktemp("clock") / "clock")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[World]:
    """The daemon boots in 1970 and knows nothing yet."""
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    clock.set(BOOT)
    with sites.world(tmp_path_factory.mktemp("years"), NODE, wrapper=clock.wrapper) as started:
        started.controller.apply(sites.group("shops", NODE))
        yield started


def deliver(world: World, version: str) -> None:
    """A new head, which is accepted and applied."""
    (site,) = world.sites
    names = [f"steady-{number}" for number in range(6)]
    revision = sites.deliver(world, "steady", *(config_map(name, version) for name in names))
    assert world.await_verdict("steady", NODE, "Converged")["revision"] == revision
    assert site.get("configmap", "steady-0")["data"] == {"version": version}


def check_healing(world: World, name: str) -> None:
    (site,) = world.sites
    before = len(world.entries(NODE, "DriftHealed"))
    site.plane.kubectl("delete", "configmap", name)
    sites.heal(site, f"{name} is back", lambda: site.has("configmap", name))
    wait_until(lambda: len(world.entries(NODE, "DriftHealed")) > before, "the journal to tell", DEADLINE_S)


def year_of_last_entry(world: World) -> int:
    return int(world.entries(NODE)[-1]["at"][:4])


def test_daemon_that_boots_in_1970_works_and_so_it_does_when_the_clock_jumps(world: World, clock: FakeClock) -> None:
    (site,) = world.sites
    deliver(world, "1970")
    check_healing(world, "steady-0")
    assert year_of_last_entry(world) == 1970
    clock.move(timedelta())
    check_healing(world, "steady-1")
    deliver(world, "today")
    clock.move(FIFTY_YEARS)
    check_healing(world, "steady-2")
    assert year_of_last_entry(world) == (datetime.now(UTC) + FIFTY_YEARS).year
    check_that_what_was_signed_before_is_not_activated_in_fifty_years(world)
    clock.move(timedelta())
    check_healing(world, "steady-3")
    deliver(world, "after the future")
    restart_in_1970(world, site, clock)
    check_journal(world)


def check_that_what_was_signed_before_is_not_activated_in_fifty_years(world: World) -> None:
    """By its clock every head is half a century past its date: what runs goes on, and the refusal is told."""
    sites.deliver(world, "steady", *(config_map(f"steady-{number}", "too late") for number in range(6)))
    world.await_entry(NODE, "MessageRefused", "Expired")
    (site,) = world.sites
    assert site.get("configmap", "steady-2")["data"] == {"version": "today"}
    assert world.verdict("steady", NODE)["verdict"] == "Pending"


def restart_in_1970(world: World, site: Site, clock: FakeClock) -> None:
    site.edge.kill()
    clock.set(BOOT)
    site.plane.kubectl("delete", "configmap", "steady-4")
    site.edge.start()
    sites.heal(site, "it heals after a boot in 1970", lambda: site.has("configmap", "steady-4"))
    deliver(world, "1970 again")


def check_journal(world: World) -> None:
    """Complete and in the order of its numbers, though its times jump."""
    entries = world.entries(NODE)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    years = {int(entry["at"][:4]) for entry in entries}
    assert {1970, datetime.now(UTC).year, (datetime.now(UTC) + FIFTY_YEARS).year} <= years
