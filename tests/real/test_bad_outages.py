"""Parts that are absent at the start, die while needed, or are killed at any point: nothing is lost or doubled.

Random points come from a seed and are counted in events, never in time.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.real import hostile, sites
from tests.real.hostile import topic
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_schemas.topics import Kind
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE = "site-a"
KILLS = 5  # of each side: enough to hit before, between and after the writes that matter
OBJECTS = 12


def config_map(name: str, version: str = "1") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"version": version}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    folder = tmp_path_factory.mktemp("outages")
    with sites.world(folder, NODE) as started:
        started.controller.apply(sites.group("shops", NODE))
        sites.deliver(started, "steady", *(config_map(f"steady-{number}") for number in range(OBJECTS)))
        started.await_verdict("steady", NODE, "Converged")
        yield started


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    """After each case all is well, and the journal is complete, in order, once."""
    (site,) = world.sites
    yield site
    world.await_verdict("steady", NODE, "Converged")
    wait_until(lambda: site.edge.status()["journal"]["waiting"] == 0, "the journal to be acknowledged", DEADLINE_S)
    numbers = [entry["seq"] for entry in world.entries(NODE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({entry["journal"] for entry in world.entries(NODE)}) == 1


def test_broker_that_is_absent_when_both_sides_start_delays_and_loses_nothing(world: World, site: Site) -> None:
    world.broker.kill()
    world.controller.kill()
    site.edge.kill()
    world.controller.restart()
    site.edge.start()
    revision = sites.deliver(world, "steady", *(config_map(f"steady-{number}", "2") for number in range(OBJECTS)))
    site.plane.kubectl("delete", "configmap", "steady-0")
    sites.heal(site, "it heals without a broker", lambda: site.has("configmap", "steady-0"))
    assert site.get("configmap", "steady-0")["data"] == {"version": "1"}
    world.broker.restart()
    assert world.await_verdict("steady", NODE, "Converged")["revision"] == revision
    assert site.get("configmap", "steady-0")["data"] == {"version": "2"}


def test_kubeapi_that_is_absent_at_the_start_is_told_and_waited_for(world: World, site: Site) -> None:
    told, solved = (len(world.entries(NODE, event)) for event in ("Problem", "Solved"))
    site.edge.stop()
    site.plane.stop_apiserver()
    site.edge.start()
    wait_for_absence(world)
    sites.deliver(world, "steady", *(config_map(f"steady-{number}", "3") for number in range(OBJECTS)))
    world.await_entry(NODE, "BundleStaged", "steady", count=len(world.entries(NODE, "Applied")) + 1)
    site.plane.start_apiserver()
    world.await_verdict("steady", NODE, "Converged")
    assert site.get("configmap", "steady-0")["data"] == {"version": "3"}
    world.await_entry(NODE, "Solved", "ClusterUnavailable", count=solved + 1)
    assert len(world.entries(NODE, "Problem")) == told + 1


def test_kubeapi_that_dies_while_it_is_needed_is_told_and_waited_for(world: World, site: Site) -> None:
    site.plane.stop_apiserver()
    sites.deliver(world, "steady", *(config_map(f"steady-{number}", "4") for number in range(OBJECTS)))
    wait_for_absence(world)
    site.plane.start_apiserver()
    world.await_verdict("steady", NODE, "Converged")
    assert {site.get("configmap", f"steady-{number}")["data"]["version"] for number in range(OBJECTS)} == {"4"}
    wait_until(lambda: not problems(world), "the problem to end", DEADLINE_S)


def problems(world: World) -> list[str]:
    return [each["reason"] for each in world.controller.ask(f"/nodes/{NODE}")["summary"]["problems"]]


def wait_for_absence(world: World) -> None:
    wait_until(lambda: problems(world) == ["ClusterUnavailable"], "the cloud to know", DEADLINE_S)


def test_controller_that_is_killed_while_reports_flow_stores_each_entry_once(world: World, site: Site) -> None:
    rng = random.Random(5)
    with hostile.line(world.broker.port) as line:
        line.listen(topic(Kind.REPORT, NODE))
        line.listen(topic(Kind.INBOX, NODE))
        for number in range(KILLS):
            site.plane.kubectl("delete", "configmap", f"steady-{number}")
            for _ in range(rng.randint(1, 3)):  # reports and acknowledgements: killed before or after it answers
                line.next()
            world.controller.kill()
            name = f"steady-{number}"
            sites.heal(site, "it heals without a controller", lambda name=name: site.has("configmap", name))
            world.controller.restart()
    for number in range(KILLS):
        world.await_entry(NODE, "DriftHealed", f"default/steady-{number}")


def test_daemon_that_is_killed_at_any_point_of_an_update_ends_it(world: World, site: Site) -> None:
    rng = random.Random(7)
    for number in range(KILLS):
        version = f"killed-{number}"
        names = [f"steady-{each}" for each in range(OBJECTS)]
        revision = sites.deliver(world, "steady", *(config_map(name, version) for name in names))
        when = names[rng.randrange(OBJECTS)]
        has_it = lambda when=when, version=version: site.get("configmap", when)["data"]["version"] == version  # noqa: E731
        sites.heal(site, f"{when} has version {version}", has_it)
        site.edge.kill()
        site.edge.start()
        assert world.await_verdict("steady", NODE, "Converged")["revision"] == revision
        assert {site.get("configmap", name)["data"]["version"] for name in names} == {version}
    assert world.entries(NODE, "StoreRebuilt") == []
