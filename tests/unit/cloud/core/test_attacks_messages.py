"""Hostile and stolen: what strangers and single nodes send costs a refusal, never a bug and never the others' links."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk, Site

from pinnace_cloud.ports import Message
from pinnace_cloud.services.presence import Presences
from pinnace_cloud.services.reassertion import Assertion
from pinnace_cloud.signing.recognising import Recogniser
from pinnace_schemas import api, codec, compression, presets, tokens, topics
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.topics import Kind

_STRANGE: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**53, 2**63, 2**70, 1e308, float("inf"), float("nan"), -0.0, 1.5),
    *("", "x" * 3000, "\x00", "\ud800", "\u2028", "a\nb", [], {}, [[]], {"": ""}),
)


def mutated(value: Any, dice: random.Random) -> Any:
    """The same with something strange in it."""
    if dice.random() < 0.15:
        return dice.choice(_STRANGE)
    if isinstance(value, dict):
        found = {key: mutated(item, dice) if dice.random() < 0.3 else item for key, item in value.items()}
        return found | ({dice.choice(("x", "", "v")): dice.choice(_STRANGE)} if dice.random() < 0.1 else {})
    if isinstance(value, list):
        return [mutated(item, dice) if dice.random() < 0.3 else item for item in value] * dice.choice((0, 1, 1, 2))
    return dice.choice(_STRANGE) if dice.random() < 0.5 else value


def damaged(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    cut = data[: place + dice.randrange(9)] + dice.randbytes(dice.randrange(9)) + data[place + dice.randrange(30) :]
    return cut if dice.random() < 0.7 else data[:place]


def packed(value: Any) -> bytes:
    return compression.deflate(json.dumps(value).encode())


def unpacked(message: bytes, preset: bytes = b"") -> bytes:
    return compression.inflate(message, 1 << 20, "test", preset)


def signed_anyhow(said: Any, *private: Ed25519PrivateKey) -> bytes:
    """An envelope around anything that a JSON writer makes, with signatures that fit."""
    data = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    pairs = ((codec.sha256(key.public_key().public_bytes_raw()), key.sign(data).hex()) for key in private)
    signatures = ",".join(f'{{"keyid":"{name}","sig":"{sig}"}}' for name, sig in pairs)
    return compression.deflate(b'{"signatures":[%s],"signed":%s}' % (signatures.encode(), data))


@pytest.mark.parametrize("seed", range(20))
def test_no_message_finds_a_bug(desk: Desk, seed: int) -> None:
    dice, stranger = random.Random(seed), Site("s2")
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    site = desk.join("s1")
    token = desk.controller.create_join_token(api.TokenRequest(node="s2"), ACTOR).token
    by_token = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(tokens.read(token).secret))
    makers: tuple[tuple[Callable[[], Message], tuple[Ed25519PrivateKey, ...]], ...] = (
        (lambda: site.report(entries=desks.entries(1, 2), states=(desks.state("a" * 64),)), (site.key,)),
        (lambda: site.request("shops", 1, "a" * 64), (site.key,)),
        (lambda: stranger.join(token), (by_token, stranger.key)),
    )
    for _ in range(40):
        make, private = dice.choice(makers)
        good = make()
        said = json.loads(unpacked(good.payload))["signed"]
        bad = damaged(good.payload, dice) if dice.random() < 0.4 else signed_anyhow(mutated(said, dice), *private)
        result = desk.hear(Message(good.topic, bad))
        desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))
    desk.hear(site.report(number=1 << 52))
    assert desk.controller.node("s1").summary.joined


@pytest.mark.parametrize("seed", range(10))
def test_nothing_that_the_broker_retains_finds_a_bug(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    parcels = {parcel.topic: parcel.payload for parcel in desk.outbox() if "chunks" not in parcel.topic}
    assertion = Assertion(desk.store, desk.post, Recogniser(desk.keyset, DEFAULT_LIMITS), desk.releases, desk.metrics)
    for topic, payload in parcels.items():
        kinds = {"nodes": presets.CONTROL, "groups": presets.HEAD}
        preset = next((found for kind, found in kinds.items() if f"/{kind}/" in topic), None)
        parts = {} if preset is None else json.loads(unpacked(payload, preset))
        for _ in range(5):
            inner = {name: _text(text, dice) for name, text in parts.items()}
            assertion.assert_again({topic: damaged(payload, dice)})
            assertion.assert_again({topic: packed(inner)})
    assert desk.head_version() == 1


def _text(value: Any, dice: random.Random) -> Any:
    return json.dumps(mutated(json.loads(value), dice)) if isinstance(value, str) and dice.random() < 0.7 else value


@pytest.mark.parametrize("payload", [b"", b"[" * 200, b'{"online":1e999,"v":1}', b"\xff", b'{"v":' + b"9" * 240 + b"}"])
def test_a_strange_presence_is_no_hint(payload: bytes) -> None:
    presences = Presences()
    presences.note("s1", payload)
    assert presences.of("s1") is None


def test_a_number_that_json_cannot_have_is_a_refusal_and_not_a_bug_to_a_stranger(desk: Desk) -> None:
    """Anybody at the broker can send it; a bug costs a stack trace in the log, and the batch again, one by one."""
    join = signed_anyhow({"type": "join", "daemon": float("inf")}, Ed25519PrivateKey.generate())

    result = desk.hear(Message(topics.build("default", Kind.ENROLL, "a" * 32), join))

    assert result.answers == []


def test_a_node_that_names_ever_higher_heads_does_not_cost_the_others_a_message_each_time(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1", "s2"), desks.node("s1"), desks.node("s2"), desks.application())
    thief = desk.join("s1")
    desk.outbox()

    published = 0
    for _ in range(20):
        result = desk.hear(thief.report(heads={"shops": desk.head_version() + 1}, assignment=1 << 30))
        desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))
        published += sum(parcel.topic.endswith("/head") for parcel in desk.outbox())

    assert published == 1


def test_a_higher_number_that_could_not_be_signed_at_once_is_signed_at_the_next_report(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    site = desk.join("s1")
    desk.hear(site.report(heads={"shops": 12}, assignment=1))

    result = desk.hear(site.report(heads={"shops": 12}, assignment=1))

    assert result.resign_groups == {"shops"}


def test_what_the_former_holder_of_a_name_ran_says_nothing_about_the_new_one(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    site = desk.join("s1")
    desk.hear(site.report(heads={"shops": 1}, states=(desks.state(desk.bundle()),), assignment=1))
    assert desk.verdict("s1").verdict is api.Verdict.CONVERGED

    desk.join("s1")

    assert desk.verdict("s1").verdict is api.Verdict.PENDING


def test_strangers_do_not_fill_the_log_with_names_of_their_choice(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    kinds = (Kind.ENROLL, Kind.REPORT)
    desk.hear(*(Message(topics.build("default", kind, f"{n:032x}"), b"x") for n in range(500) for kind in kinds))

    assert len(caplog.records) == 60
    assert desk.metrics.refused.labels("Malformed")._value.get() == 1000
    desk.clock.pass_by(hours=2)
    desk.hear(Message(topics.build("default", Kind.REPORT, "ghost"), b"x"))
    assert "nodes/ghost/report" in caplog.records[-1].getMessage()
