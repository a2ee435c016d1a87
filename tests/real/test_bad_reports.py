"""Hostile messages to the controller, and a node whose honest reports are stored before, between and after them."""

import dataclasses
import queue
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.real import hostile, sites
from tests.real.hostile import Line, topic
from tests.real.sites import DEADLINE_S, World

from pinnace_edge.adapters import identity
from pinnace_edge.adapters.identity import NodeKey
from pinnace_schemas import times
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind
from pinnace_sim.processes import Edge, EdgeOptions
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE, NEIGHBOUR, GHOST = "site-a", "site-b", "ghost"
JOURNAL = "a" * 32
REPORT = topic(Kind.REPORT, NODE)
REFUSED = "pinnace_messages_refused_total"


@dataclasses.dataclass
class Office:
    """A controller, two nodes that have joined, and a line to the broker. `number` is the last report's."""

    world: World
    line: Line
    keys: dict[str, NodeKey]
    number: int = 0

    def refused(self, reason: str) -> float:
        return hostile.counted(self.world.controller, REFUSED, reason=reason)

    def report(self, **changes: Any) -> bytes:
        """The node's next honest report; it has one journal entry for each report."""
        self.number += 1
        return hostile.report(
            NODE, JOURNAL, self.number, self.keys[NODE], **{"entries": (entry(self.number),), **changes}
        )

    def acknowledged(self) -> dict[str, Any]:
        """The next thing that the controller says to the node."""
        return hostile.opened_control(self.line.next()[1])

    def stored(self) -> list[int]:
        return [each["seq"] for each in self.world.entries(NODE)]


def entry(number: int) -> Entry:
    return Entry(seq=number, at=times.format_time(datetime.now(UTC)), event=Event.STARTED)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    require(Part.MOSQUITTO)
    folder = tmp_path_factory.mktemp("office")
    with sites.desk(folder) as world, hostile.line(world.broker.port) as line:
        keys = {name: joined(world, folder, name) for name in (NODE, NEIGHBOUR)}
        keys[GHOST] = identity.create(folder / "ghost.key")
        line.listen(topic(Kind.INBOX, NODE))
        line.listen(topic(Kind.INBOX, GHOST))
        yield Office(world, line, keys)


def joined(world: World, folder: Path, name: str) -> NodeKey:
    """The key of a node that has joined; no daemon runs there."""
    edge = Edge(folder / name, EdgeOptions(folder / "no-kubeconfig"))
    edge.join(world.controller.cli("token", "create", name).strip())
    return identity.load(edge.data / "node.key")


def check_that_good_reports_go_on(office: Office) -> None:
    office.line.publish(REPORT, office.report())
    said = office.acknowledged()
    assert (said["type"], said["through"], said["report"]) == ("ack", office.number, office.number)
    assert office.stored() == list(range(1, office.number + 1))


# Name of the case: (topic, payload, the reason that is counted).
CASES: dict[str, tuple[str, Callable[[Office], bytes], str]] = {
    "report of an unknown node": (
        topic(Kind.REPORT, GHOST),
        lambda office: hostile.report(GHOST, JOURNAL, 1, office.keys[GHOST], entries=(entry(1),)),
        "UnknownNode",
    ),
    "report signed by a stranger": (
        REPORT,
        lambda office: hostile.report(NODE, JOURNAL, 10**6, office.keys[GHOST]),
        "BadSignature",
    ),
    "report signed by another node": (
        REPORT,
        lambda office: hostile.report(NODE, JOURNAL, 10**6, office.keys[NEIGHBOUR]),
        "BadSignature",
    ),
    "another node's report": (
        REPORT,
        lambda office: hostile.report(NEIGHBOUR, JOURNAL, 10**6, office.keys[NEIGHBOUR]),
        "BadSignature",
    ),
    "own report in another's name": (
        REPORT,
        lambda office: hostile.report(NEIGHBOUR, JOURNAL, 10**6, office.keys[NODE]),
        "WrongGroup",
    ),
    "report for another tenant": (
        REPORT,
        lambda office: hostile.report(NODE, JOURNAL, 10**6, office.keys[NODE], tenant="elsewhere"),
        "WrongTenant",
    ),
    "garbage as a report": (REPORT, lambda _: hostile.GARBAGE, "Malformed"),
    "half a report": (REPORT, lambda office: hostile.report(NODE, JOURNAL, 10**6, office.keys[NODE])[:-9], "Malformed"),
    "garbage as a request": (topic(Kind.REQUEST, NODE), lambda _: hostile.GARBAGE, "Malformed"),
    "garbage as a join request": (topic(Kind.ENROLL, "0" * 32), lambda _: hostile.GARBAGE, "Malformed"),
    "bomb as a report": (REPORT, lambda _: hostile.BOMB, "TooLarge"),
    "bomb as a join request": (topic(Kind.ENROLL, "0" * 32), lambda _: hostile.BOMB, "TooLarge"),
    "oversized report": (REPORT, lambda _: hostile.OVERSIZED, "TooLarge"),
}


@pytest.mark.parametrize("case", CASES)
def test_hostile_message_is_counted_and_nobody_is_answered(office: Office, case: str) -> None:
    check_that_good_reports_go_on(office)
    to, make, reason = CASES[case]
    before, verdicts, nodes = office.refused(reason), office.world.verdicts(), known(office)
    office.line.publish(to, make(office))
    wait_until(lambda: office.refused(reason) == before + 1, f"{reason} to be counted", DEADLINE_S)
    assert (office.world.verdicts(), known(office)) == (verdicts, nodes)
    # The next answer on any inbox is that to the good report: nothing else was acknowledged before it.
    check_that_good_reports_go_on(office)


def known(office: Office) -> list[str]:
    return [node["name"] for node in office.world.controller.ask("/nodes")]


def test_a_report_that_comes_again_changes_nothing(office: Office) -> None:
    check_that_good_reports_go_on(office)
    old = office.report()
    office.line.publish(REPORT, old)
    assert office.acknowledged()["report"] == office.number
    problem = NodeProblem(reason=Reason.DISK_FULL, since=times.format_time(datetime.now(UTC)))
    office.line.publish(REPORT, office.report(problems=(problem,)))
    assert office.acknowledged()["report"] == office.number
    office.line.publish(REPORT, old)
    assert office.acknowledged()["report"] == office.number
    assert office.stored() == list(range(1, office.number + 1))
    (told,) = office.world.controller.ask(f"/nodes/{NODE}")["summary"]["problems"]
    assert told["reason"] == "DiskFull"


def test_garbage_on_every_topic_that_is_listened_to_is_put_right_after_a_restart(office: Office) -> None:
    """Retained, so that it comes again when the controller compares what the broker holds."""
    controller, port = office.world.controller, office.world.broker.port
    controller.apply(sites.group("shops", NODE))
    sites.deliver(office.world, "steady", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "steady"}})
    places = (topic(Kind.HEAD, "shops"), topic(Kind.ASSIGNMENT, NODE))
    wait_until(lambda: all(is_ours(port, place) for place in places), "both to be published", DEADLINE_S)
    others = (topic(Kind.REPORT, NODE), topic(Kind.REQUEST, NODE), topic(Kind.PRESENCE, NODE))
    for place in (*places, *others, topic(Kind.ENROLL, "0" * 32), topic(Kind.HEAD, "unheard-of")):
        office.line.publish(place, hostile.GARBAGE, retain=True)
    controller.kill()
    controller.restart()
    wait_until(lambda: all(is_ours(port, place) for place in places), "both to be put right", DEADLINE_S)
    wait_until(lambda: office.refused("Malformed") >= 3, "the rest to be counted", DEADLINE_S)
    assert controller.ask(f"/nodes/{NODE}")["summary"]["online"] is None
    check_that_good_reports_go_on(office)
    for place in others:
        office.line.publish(place, b"", retain=True)


def is_ours(port: int, place: str) -> bool:
    try:
        return hostile.retained(port, place) != hostile.GARBAGE
    except queue.Empty:
        return False
