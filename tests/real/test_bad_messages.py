"""Hostile messages to a running daemon: each is refused with its reason, journalled once, and changes nothing.

Each case publishes its message twice and then a message of garbage. The broker keeps the order of one connection, so
when the garbage was refused, both copies were looked at.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.real import hostile, sites
from tests.real.hostile import Forger, Line, topic
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_schemas import codec, times
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.compression import Encoding
from pinnace_schemas.head import HeadEntry, Variant
from pinnace_schemas.messages import Ack, Assignment
from pinnace_schemas.topics import Kind
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE, GROUP, OTHER = "site-a", "shops", "plants"
HEAD, ASSIGNMENT, INBOX = topic(Kind.HEAD, GROUP), topic(Kind.ASSIGNMENT, NODE), topic(Kind.INBOX, NODE)


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


@dataclasses.dataclass(frozen=True)
class Stage:
    """A site that runs revision 2 of `steady`, and everything that an attacker has collected."""

    world: World
    site: Site
    line: Line
    thief: Forger
    stranger: Forger
    impostor: Forger
    first_head: bytes
    other_head: bytes

    @property
    def head(self) -> bytes:
        """What the broker retains now."""
        return hostile.retained(self.world.broker.port, HEAD)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    folder = tmp_path_factory.mktemp("messages")
    with sites.world(folder, NODE) as world, hostile.line(world.broker.port) as line:
        world.controller.apply(sites.group(GROUP, NODE) + "---\n" + sites.group(OTHER, "site-z"))
        sites.deliver(world, "foreign", config_map("foreign"), groups=(OTHER,))
        sites.deliver(world, "steady", config_map("steady", version="1"))
        world.await_verdict("steady", NODE, "Converged")
        first = hostile.retained(world.broker.port, HEAD)
        sites.deliver(world, "steady", config_map("steady", version="2"))
        world.await_verdict("steady", NODE, "Converged")
        stolen = hostile.stolen_keys(world.controller)
        yield Stage(
            world,
            world.sites[0],
            line,
            Forger(stolen),
            Forger(hostile.other_keys(folder / "other")),
            Forger(stolen, "elsewhere"),
            first,
            hostile.retained(world.broker.port, topic(Kind.HEAD, OTHER)),
        )


def picture(stage: Stage) -> tuple[Any, ...]:
    """Everything at the site that a message could have changed."""
    node = stage.world.controller.ask(f"/nodes/{NODE}")
    found = stage.site.plane.kubectl("get", "configmaps", "-A", "-o", "json")
    return node["heads"], node["summary"]["groups"], found, stage.world.verdict("steady", NODE)["revision"]


def newer(stage: Stage, forger: Forger) -> bytes:
    """The same bundles in a head of a higher version."""
    bundles, version = hostile.bundles_of(stage.head)
    return forger.head(GROUP, bundles, version + 1)


def assignment(node: str, version: int = 1000) -> Assignment:
    now = times.format_time(datetime.now(UTC))
    return Assignment(tenant=hostile.TENANT, node=node, version=version, groups=(OTHER,), issued_at=now, expires_at=now)


def ack(node: str, journal: str) -> Ack:
    now = times.format_time(datetime.now(UTC))
    return Ack(tenant=hostile.TENANT, node=node, journal=journal, through=10**6, report=10**6, sent_at=now)


# Name of the case: (topic, payload, the reason that the journal tells).
CASES: dict[str, tuple[str, Callable[[Stage], bytes], str]] = {
    "truncated head": (HEAD, lambda stage: stage.head[:-20], "Malformed"),
    "garbage as a head": (HEAD, lambda _: b"\x78\x9c" + hostile.GARBAGE, "Malformed"),
    "bomb as a head": (HEAD, lambda _: hostile.BOMB, "TooLarge"),
    "oversized head": (HEAD, lambda _: hostile.OVERSIZED, "TooLarge"),
    "head of a stranger": (HEAD, lambda stage: newer(stage, stage.stranger), "BadSignature"),
    "head of another group": (HEAD, lambda stage: stage.other_head, "WrongGroup"),
    "head of another tenant": (HEAD, lambda stage: newer(stage, stage.impostor), "WrongTenant"),
    "older head": (HEAD, lambda stage: stage.first_head, "OlderVersion"),
    "assignment of a stranger": (
        ASSIGNMENT,
        lambda stage: stage.stranger.control(assignment(NODE), with_targets=True),
        "BadSignature",
    ),
    "assignment of another node": (
        ASSIGNMENT,
        lambda stage: stage.thief.control(assignment("site-z"), with_targets=True),
        "WrongGroup",
    ),
    "bomb in the inbox": (INBOX, lambda _: hostile.BOMB, "TooLarge"),
    "acknowledgement for another node": (
        INBOX,
        lambda stage: stage.thief.control(ack("site-z", "0" * 32)),
        "WrongGroup",
    ),
    "assignment in the inbox": (INBOX, lambda stage: stage.thief.control(assignment(NODE)), "Unsupported"),
}


def refusals(stage: Stage, after: int) -> list[str]:
    """Reasons of the refusals that the daemon has told, of those after so many."""
    return [entry["reason"] for entry in stage.world.entries(NODE, "MessageRefused")][after:]


def send_twice(stage: Stage, to: str, payload: bytes) -> list[str]:
    """What the daemon told about it."""
    before = len(refusals(stage, 0))
    stage.line.publish(to, payload)
    stage.line.publish(to, payload)
    stage.line.publish(to, os.urandom(16))  # never the same: the daemon tells the same one only once
    wait_until(lambda: "Malformed" in refusals(stage, before + 1), "the garbage to be refused", DEADLINE_S)
    return refusals(stage, before)


@pytest.mark.parametrize("case", CASES)
def test_hostile_message_is_refused_and_told_once_and_changes_nothing(stage: Stage, case: str) -> None:
    to, make, reason = CASES[case]
    before = picture(stage)
    assert send_twice(stage, to, make(stage)) == [reason, "Malformed"]
    assert picture(stage) == before


def test_acknowledgement_for_another_journal_drops_nothing(stage: Stage) -> None:
    own = stage.world.controller.ask(f"/nodes/{NODE}")["journal"]
    assert own != "1" * 32
    stage.site.link.black_hole()
    # While nothing is acknowledged: an entry waits, and the forged acknowledgement speaks of all numbers.
    stage.site.plane.kubectl("delete", "configmap", "steady")
    wait_until(lambda: stage.site.has("configmap", "steady"), "the object to be back", DEADLINE_S)
    stage.line.publish(INBOX, stage.thief.control(ack(NODE, "1" * 32)))
    stage.site.link.restore()
    healed = stage.world.await_entry(NODE, "DriftHealed", "default/steady")
    assert [entry["message"] for entry in healed] == ["deleted by someone"]
    numbers = [entry["seq"] for entry in stage.world.entries(NODE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_older_head_that_the_broker_retains_is_refused_after_a_kill(stage: Stage) -> None:
    current, before = stage.head, picture(stage)
    told = len(refusals(stage, 0))
    stage.site.edge.kill()
    stage.line.publish(HEAD, stage.first_head, retain=True)
    stage.site.edge.start()
    wait_until(lambda: bool(refusals(stage, told)), "the old head to be refused", DEADLINE_S)
    assert refusals(stage, told) == ["OlderVersion"]
    assert picture(stage) == before
    stage.line.publish(HEAD, current, retain=True)


def bundle(name: str) -> bytes:
    return codec.encode(Bundle(objects=(config_map(name, from_="stolen keys"),)))


def released(name: str, plain: bytes, chunk: bytes, encoding: Encoding) -> ReleasedBundle:
    variant = Variant(encoding=encoding, length=len(chunk), chunks=(codec.sha256(chunk),))
    entry = HeadEntry(namespace="default", application=name, revision=1, variants=(variant,))
    return ReleasedBundle(entry, codec.sha256(plain), len(plain))


def test_chunks_that_unpack_to_bombs_are_refused_and_the_controller_has_the_last_word(stage: Stage) -> None:
    """By whoever has stolen the release key: what he signs is listened to, but it cannot blow the daemon up."""
    bundles, version = hostile.bundles_of(stage.head)
    told, before = len(refusals(stage, 0)), stage.site.names("configmap")
    bombs = {Encoding.ZLIB: hostile.BOMB, Encoding.ZSTD: hostile.ZSTD_BOMB}
    bundles += [released(f"bomb-{encoding}", bundle("bomb"), bomb, encoding) for encoding, bomb in bombs.items()]
    for bomb in bombs.values():
        stage.line.publish(topic(Kind.CHUNK, codec.sha256(bomb)), bomb, retain=True)
    stage.line.publish(HEAD, stage.thief.head(GROUP, bundles, version + 1), retain=True)
    wait_until(lambda: len(refusals(stage, told)) >= 2, "both chunks to be refused", DEADLINE_S)
    assert refusals(stage, told) == ["TooLarge", "TooLarge"]
    # The controller sees a number above its own in a report, and signs its own content above that.
    wait_until(lambda: hostile.bundles_of(stage.head)[1] > version + 1, "the controller to sign again", DEADLINE_S)
    stage.world.await_entry(NODE, "HeadAccepted", f"version {version + 2}")
    stage.world.await_verdict("steady", NODE, "Converged")
    assert stage.site.names("configmap") == before


def test_chunk_that_was_replaced_by_garbage_is_refused_and_asked_for(stage: Stage) -> None:
    told, (_, version) = len(refusals(stage, 0)), hostile.bundles_of(stage.head)
    stage.site.link.cut()
    sites.deliver(stage.world, "late", config_map("late"))
    wait_until(lambda: hostile.bundles_of(stage.head)[1] > version, "the head to be published", DEADLINE_S)
    late = next(item.entry for item in hostile.bundles_of(stage.head)[0] if item.entry.application == "late")
    for variant in late.variants:
        for digest in variant.chunks:
            stage.line.publish(topic(Kind.CHUNK, digest), hostile.GARBAGE, retain=True)
    stage.site.link.restore()
    wait_until(lambda: bool(refusals(stage, told)), "the garbage to be refused", DEADLINE_S)
    assert refusals(stage, told) == ["DigestMismatch"]
    stage.world.await_verdict("late", NODE, "Converged")
    assert stage.site.has("configmap", "late")
    assert hostile.counted(stage.world.controller, "pinnace_chunks_published_again_total") >= 1


def test_after_all_of_it_a_new_revision_is_applied(stage: Stage) -> None:
    revision = sites.deliver(stage.world, "steady", config_map("steady", version="last"))
    assert stage.world.await_verdict("steady", NODE, "Converged")["revision"] == revision
    assert stage.site.get("configmap", "steady")["data"] == {"version": "last"}
