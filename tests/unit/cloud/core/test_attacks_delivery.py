"""A broker that refuses one topic, a store that is away at the wrong moment: the rest goes on, and nothing twice."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.unit.cloud.core.desk import Desk
from tests.unit.cloud.core.fake_broker import FakeBroker

from pinnace_cloud.clock import SystemClock
from pinnace_cloud.services import delivery, reassertion
from pinnace_cloud.services.delivery import Delivery
from pinnace_cloud.services.reassertion import Assertion, Reassertion
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.recognising import Recogniser
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas import topics
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.topics import Kind

_DEADLINE_S = 20.0
_ROUNDS = 4
HEAD, REFUSED = (topics.build("default", Kind.HEAD, name) for name in ("shops", "refused"))
CHUNK = topics.build("default", Kind.CHUNK, "a" * 64)


@dataclass
class StrictBroker(FakeBroker):
    """`forbidden` are topics that its access list does not let us write."""

    forbidden: set[str] = field(default_factory=set)
    tried: Counter[str] = field(default_factory=Counter)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self.tried[topic] += 1
        if topic in self.forbidden:
            await asyncio.sleep(0)
            raise Unavailable("not authorized")
        await super().publish(topic, payload, retain=retain)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(_DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


def delivering(folder: Path, keyset: KeySet, broker: StrictBroker, *parcels: Parcel) -> None:
    """Runs a delivery of these until the forbidden topic was tried several times."""

    async def told() -> None:
        desk, workers = Desk(folder, keyset), Workers()
        with desk.store.writing() as tx:
            tx.outbox.put(parcels)
        await broker.start(lambda _: None, lambda: None, lambda _: None)
        broker.connect()
        task = asyncio.create_task(Delivery(desk.store, broker, workers, desk.metrics).run())
        forbidden = next(iter(broker.forbidden))
        await until(lambda: broker.tried[forbidden] >= _ROUNDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        workers.close()
        desk.close()

    asyncio.run(told())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_RETRY_S", 0.01)
    monkeypatch.setattr(reassertion, "_RETRY_S", 0.01)
    monkeypatch.setattr(reassertion, "QUIET_S", 0.05)


def test_a_refused_topic_does_not_make_the_others_go_out_again_and_again(tmp_path: Path, keyset: KeySet) -> None:
    """Each head that goes out again costs the link of every site of its group."""
    broker = StrictBroker(forbidden={REFUSED})

    delivering(tmp_path, keyset, broker, Parcel(REFUSED, b"1", retain=True), Parcel(HEAD, b"2", retain=True))

    assert broker.tried[HEAD] == 1


def test_no_head_goes_before_a_chunk_that_the_broker_refuses(tmp_path: Path, keyset: KeySet) -> None:
    broker = StrictBroker(forbidden={CHUNK})

    delivering(tmp_path, keyset, broker, Parcel(CHUNK, b"1", retain=True), Parcel(HEAD, b"2", retain=True))

    assert broker.tried[HEAD] == 0


def test_a_comparison_that_the_store_did_not_let_happen_is_made_up_for(
    tmp_path: Path, keyset: KeySet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without another connect nobody would ask again what a broker has forgotten."""

    def fails_once(run: Callable[[dict[str, bytes]], None]) -> Callable[[dict[str, bytes]], None]:
        turns = iter([Unavailable("the store is locked")])

        def asked(retained: dict[str, bytes]) -> None:
            for error in turns:
                raise error
            run(retained)

        return asked

    async def told() -> None:
        desk, broker, workers, woken = Desk(tmp_path, keyset), FakeBroker(), Workers(), asyncio.Event()
        recogniser = Recogniser(keyset, DEFAULT_LIMITS)
        assertion = Assertion(desk.store, desk.post, recogniser, desk.releases, desk.metrics)
        monkeypatch.setattr(assertion, "assert_again", fails_once(assertion.assert_again))
        task_of = Reassertion(assertion, broker, workers, "default", SystemClock(), woken.set)
        await broker.start(task_of.saw, task_of.connected, lambda _: None)
        task = asyncio.create_task(task_of.run())
        broker.connect()
        await _within(woken.wait())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert [parcel.topic for parcel in desk.outbox()] == [topics.build("default", Kind.ROOT, "1")]
        workers.close()
        desk.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(told())
    assert "could not be compared" in caplog.text


async def _within(waited: Awaitable[object]) -> None:
    async with asyncio.timeout(_DEADLINE_S):
        await waited
