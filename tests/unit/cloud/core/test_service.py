"""The running controller on a broker in memory: delivery, re-assertion and intake, through cut links and restarts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk, Site
from tests.unit.cloud.core.fake_broker import FakeBroker

from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.clock import SystemClock
from pinnace_cloud.ports import Message
from pinnace_cloud.service import Parts, Service
from pinnace_cloud.services import reassertion
from pinnace_cloud.services.delivery import Delivery
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.settings import Settings
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.storage.rows import HeadRow, Parcel
from pinnace_schemas import topics
from pinnace_schemas.api import ApplyRequest, TokenRequest, Verdict
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.topics import Kind

_DEADLINE_S = 20.0
HEAD = topics.build("default", Kind.HEAD, "shops")


class NoServer:
    """Serves nothing until it is told to end."""

    def __init__(self) -> None:
        self.should_exit = False

    async def serve(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.01)


@dataclass
class Running:
    service: Service
    broker: FakeBroker
    store: SqliteStore
    stop: asyncio.Event

    async def ask(self, call: Callable[[], object]) -> None:
        await asyncio.to_thread(call)

    async def apply(self, *documents: str) -> None:
        request = ApplyRequest(sources=desks.sources(*documents))
        await self.ask(lambda: self.service.controller.apply(request, "ops"))

    async def join(self, name: str) -> Site:
        site, request = Site(name), TokenRequest(node=name)
        token = await asyncio.to_thread(self.service.controller.create_join_token, request, "ops")
        self.broker.send(site.join(token.token))
        await until(lambda: self.service.controller.node(name).summary.joined)
        return site


async def until(condition: Callable[[], object]) -> None:
    """Waits for a condition, with a deadline."""
    async with asyncio.timeout(_DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(folder: Path, keyset: KeySet, broker: FakeBroker) -> AsyncIterator[Running]:
    store = SqliteStore(folder / "controller.db")
    service = Service(Parts(Settings(broker="mqtt://broker.example"), keyset, store, broker, SystemClock()))
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(NoServer(), stop))
    try:
        await asyncio.sleep(0)
        broker.connect()
        yield Running(service, broker, store, stop)
        stop.set()
        await asyncio.wait_for(task, _DEADLINE_S)
    finally:
        task.cancel()
        store.close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassertion, "QUIET_S", 0.05)


def story(test: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await test()

    asyncio.run(run())


async def released(run: Running) -> None:
    await run.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    await until(lambda: HEAD in run.broker.retained)


def test_from_apply_to_verdict_over_the_broker(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            site = await run.join("s1")
            with run.store.reading() as tx:
                bundle, version = tx.applications.placements()[0].bundle, tx.deliveries.head("shops").version
            run.broker.send(site.report(heads={"shops": version}, states=(desks.state(bundle),)))
            inbox = topics.build("default", Kind.INBOX, "s1")
            await until(lambda: inbox in [topic for topic, _ in run.broker.published])
            assert [item.verdict for item in run.service.controller.verdicts()] == [Verdict.CONVERGED]

    story(told)


def test_chunks_reach_the_broker_before_the_head_that_names_them(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            order = [topic for topic, _ in run.broker.published]
            chunk = next(topic for topic in order if "/chunks/" in topic)
            assert order.index(chunk) < order.index(HEAD)

    story(told)


def test_what_is_applied_while_the_link_is_down_arrives_later(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            run.broker.disconnect()
            await run.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
            assert run.service.controller.ready() == {"store": True, "broker": False}
            run.broker.connect()
            await until(lambda: HEAD in run.broker.retained)

    story(told)


def test_what_the_broker_forgot_is_published_again_at_the_next_connect(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            before = dict(run.broker.retained)
            run.broker.disconnect()
            run.broker.forget()
            run.broker.connect()
            await until(lambda: HEAD in run.broker.retained)
            assignment = topics.build("default", Kind.ASSIGNMENT, "s1")
            await until(lambda: assignment in run.broker.retained)
            assert run.broker.retained[HEAD] == before[HEAD]
            assert run.broker.retained[assignment] == before[assignment]

    story(told)


def test_what_the_broker_still_has_is_not_published_again(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            root = topics.build("default", Kind.ROOT, "1")
            await until(lambda: root in run.broker.retained)
            run.broker.published.clear()
            run.broker.disconnect()
            run.broker.connect()
            await until(lambda: root in [topic for topic, _ in run.broker.published])
            assert [topic for topic, _ in run.broker.published] == [root]

    story(told)


def test_garbage_in_our_topics_is_overwritten(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            ours = run.broker.retained[HEAD]
            run.broker.disconnect()
            run.broker.retained[HEAD] = b"not a head"
            run.broker.connect()
            await until(lambda: run.broker.retained[HEAD] == ours)

    story(told)


def test_a_store_from_an_old_backup_goes_on_above_what_the_broker_retains(tmp_path: Path, keyset: KeySet) -> None:
    """The fleet has accepted version 12; the restored store only knows a few."""

    async def told() -> None:
        broker = FakeBroker()
        newer = Desk(tmp_path / "newer", keyset)
        newer.apply(desks.group("shops", "s1"), desks.node("s1"))
        for number in range(10):
            newer.apply(desks.application(image=f"nginx:{number}"))
        highest = newer.head_version()
        broker.retained = {parcel.topic: parcel.payload for parcel in newer.outbox()}
        newer.close()
        old = Desk(tmp_path, keyset)
        old.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application(image="nginx:5"))
        old.outbox()
        old.close()
        async with running(tmp_path, keyset, broker) as run:
            await until(lambda: _version(run) == highest + 1)
            await until(lambda: run.broker.retained[HEAD] == _head(run).message)

    story(told)


def test_an_idle_group_of_a_lost_store_goes_on_above_what_the_broker_retains(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        lost = Desk(tmp_path / "lost", keyset)
        lost.apply(desks.group("shops", "s1"), desks.node("s1"))
        lost.releases.sign_again(frozenset({"shops"}), frozenset())
        broker = FakeBroker(retained={parcel.topic: parcel.payload for parcel in lost.outbox()})
        lost.close()
        async with running(tmp_path, keyset, broker) as run:
            await until(lambda: _version(run) == 2)
            await run.apply(desks.group("shops", "s1"), desks.node("s1"))
            await until(lambda: run.broker.retained[HEAD] == _head(run).message and _version(run) == 3)

    story(told)


def _head(run: Running) -> HeadRow:
    with run.store.reading() as tx:
        return tx.deliveries.head("shops")


def _version(run: Running) -> int:
    return _head(run).version


def test_a_kill_between_publishing_and_noting_it_publishes_again(tmp_path: Path, keyset: KeySet) -> None:
    """The second controller finds the outbox as the first left it."""

    async def told() -> None:
        desk = Desk(tmp_path, keyset)
        desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
        waiting = desk.outbox(take=False)
        desk.close()
        broker = FakeBroker(retained={parcel.topic: parcel.payload for parcel in waiting})
        async with running(tmp_path, keyset, broker) as run:
            await until(lambda: HEAD in [topic for topic, _ in run.broker.published])
            await until(lambda: _waiting(run) == 0)

    story(told)


def _waiting(run: Running) -> int:
    with run.store.reading() as tx:
        return tx.outbox.count()


def test_a_message_the_broker_can_never_take_does_not_block_the_rest(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        broker = FakeBroker(too_large={topics.build("default", Kind.ASSIGNMENT, "s1")})
        async with running(tmp_path, keyset, broker) as run:
            await released(run)
            await until(lambda: _waiting(run) == 0)
            assert run.service.metrics.unpublishable._value.get() >= 1

    story(told)


def test_a_batch_that_is_cut_in_the_middle_stays_in_the_outbox(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        desk, broker, workers = Desk(tmp_path, keyset), FakeBroker(), Workers()
        with desk.store.writing() as tx:
            tx.outbox.put([Parcel("one", b"1", retain=True)])
        delivery = Delivery(desk.store, broker, workers, desk.metrics)
        with pytest.raises(Unavailable):
            await delivery.publish(desk.outbox(take=False))
        assert len(desk.outbox()) == 1
        workers.close()
        desk.close()

    story(told)


def test_a_bug_that_one_message_finds_does_not_stop_the_others(
    tmp_path: Path, keyset: KeySet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            site = await run.join("s1")
            intake = run.service._receiving._intake
            handle = intake.handle

            def buggy(messages: list[Message]) -> object:
                if any(message.payload == b"bug" for message in messages):
                    raise ZeroDivisionError
                return handle(messages)

            monkeypatch.setattr(intake, "handle", buggy)
            run.broker.send(Message(topics.build("default", Kind.REPORT, "s1"), b"bug"))
            run.broker.send(site.report(entries=desks.entries(1, 1)))
            await until(lambda: run.service.controller.journal("s1", 0, 10).rows)

    story(told)
    assert any("met a bug" in record.message for record in caplog.records)


def test_what_does_not_fit_into_the_queue_is_counted(
    tmp_path: Path, keyset: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told() -> None:
        monkeypatch.setattr("pinnace_cloud.services.receiving._MAX_MESSAGES", 3)
        async with running(tmp_path, keyset, FakeBroker()) as run:
            for _ in range(5):
                run.broker.send(Message(topics.build("default", Kind.REPORT, "s1"), b"x"))
            assert run.service.metrics.dropped._value.get() == 2

    story(told)


def test_presence_is_shown_as_a_hint_and_forgotten_with_the_link(tmp_path: Path, keyset: KeySet) -> None:
    async def told() -> None:
        async with running(tmp_path, keyset, FakeBroker()) as run:
            await released(run)
            topic = topics.build("default", Kind.PRESENCE, "s1")
            run.broker.send(Message(topic, b'{"online":true,"v":1}'))
            assert run.service.controller.node("s1").summary.online is True
            run.broker.send(Message(topic, b"rubbish"))
            assert run.service.controller.node("s1").summary.online is None
            run.broker.send(Message(topic, b'{"online":false,"v":1}'))
            run.broker.disconnect()
            assert run.service.controller.node("s1").summary.online is None

    story(told)
