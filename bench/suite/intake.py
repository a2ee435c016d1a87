"""Taking in signed reports: from the message in the client's queue to the acknowledgement handed to the publisher.

The whole controller runs, on its event loop and its store with synchronous FULL; only the broker is a stand-in that
acknowledges at once. A round is one report of every node of a fleet, all waiting in the queue when it begins, so
batches form as they do when a fleet connects. The process is held to one core, so threads add nothing. The goal is held
against the processor's time, which other programs on the machine do not take away; the clock's stands beside it, with
the waits for the disk.
"""

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nacl.signing import VerifyKey

from bench import fleet
from bench.fleet import Speaker
from bench.row import Limit, Row
from pinnace_cloud import garbage
from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.clock import SystemClock
from pinnace_cloud.ports import Message
from pinnace_cloud.service import Parts, Service
from pinnace_cloud.settings import Settings
from pinnace_cloud.signing import keys
from pinnace_schemas import api, codec
from pinnace_schemas.messages import Report

GROUPS, NODES_EACH = 16, 64
NODES = GROUPS * NODES_EACH
APPLICATIONS = ("checkout", "stock", "signage")
ENTRIES = 4
ROUNDS = 15
GOAL_PER_S = 3000
# What the reference commits at once: a fleet that connects makes batches of this size in the controller too.
BATCH = 512
# A round takes less than a second; a report that is not acknowledged by then never will be.
_PATIENCE_S = 60.0

Rows = Sequence[tuple[object, ...]]
Check = tuple[VerifyKey, bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Spent:
    """Seconds of one round, by the processor and by the clock."""

    processor: float
    clock: float


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, _one_core():
        rounds, floors = asyncio.run(_measured(Path(folder)))
    about = (
        f"{NODES} nodes, each report with {len(APPLICATIONS)} states and {ENTRIES} journal entries; one core, best of"
        f" {ROUNDS} rounds. Reference: Ed25519 verify and executemany of the same rows, {BATCH} in a commit"
    )
    processor, floor = (NODES / min(spent.processor for spent in each) for each in (rounds, floors))
    goal = Limit(least=GOAL_PER_S)
    yield Row("intake of signed reports", processor, "reports/s", f"by processor time; {about}", floor, goal, True)
    clock, floor = (NODES / min(spent.clock for spent in each) for each in (rounds, floors))
    yield Row("intake, by the clock", clock, "reports/s", f"with the waits for the disk; {about}", floor)


@contextmanager
def _spending(spent: list[_Spent]) -> Iterator[None]:
    processor, clock = time.process_time(), time.perf_counter()
    yield
    spent.append(_Spent(time.process_time() - processor, time.perf_counter() - clock))


async def _measured(folder: Path) -> tuple[Sequence[_Spent], Sequence[_Spent]]:
    """Rounds of the controller and of the reference, in turn."""
    speakers = [
        Speaker(fleet.node_name(index), fleet.group_name(index // NODES_EACH), APPLICATIONS) for index in range(NODES)
    ]
    broker, store = _Broker(), SqliteStore(folder / "controller.db")
    floor = _Floor(folder / "floor.db")
    rounds: list[_Spent] = []
    floors: list[_Spent] = []
    async with _controller(folder, store, broker) as service:
        await asyncio.to_thread(_set_up, service, store, speakers)
        for _ in range(ROUNDS):
            said = [speaker.report(assignment=1, head=1, entries=ENTRIES) for speaker in speakers]
            messages = [speaker.message(report) for speaker, report in zip(speakers, said, strict=True)]
            with _spending(rounds):
                await broker.round(messages)
            checks = [_check(speaker, report) for speaker, report in zip(speakers, said, strict=True)]
            rows = _stored(folder / "controller.db", speakers[0].seq)
            with _spending(floors):
                floor.round(checks, rows)
    floor.close()
    store.close()
    return rounds, floors


def _set_up(service: Service, store: SqliteStore, speakers: Sequence[Speaker]) -> None:
    sources = tuple(fleet.group_documents(GROUPS, NODES_EACH))
    service.controller.apply(api.ApplyRequest(sources=sources), "bench")
    fleet.let_join(store, speakers)


@asynccontextmanager
async def _controller(folder: Path, store: SqliteStore, broker: "_Broker") -> AsyncIterator[Service]:
    keyset = keys.init(folder / "keys", fleet.TENANT, SystemClock().now())
    service = Service(Parts(Settings(data_dir=folder), keyset, store, broker, SystemClock()))
    garbage.collect_seldom()  # as `pinnace serve` does at its start; it is the same for the reference
    stop = asyncio.Event()
    running = asyncio.create_task(service.run(_NoServer(), stop))
    try:
        yield service
    finally:
        stop.set()
        await running


@contextmanager
def _one_core() -> Iterator[None]:
    """Threads that begin inside stay on that core too."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


class _NoServer:
    """Nobody asks the API."""

    should_exit = False

    async def serve(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.05)


@dataclass
class _Broker:
    """Acknowledges at once, and counts the acknowledgements of reports."""

    is_connected: bool = True
    _waiting: int = 0
    _all_answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(
        self,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None],  # noqa: ARG002 - of the port; nothing is retained that could be compared
        on_disconnect: Callable[[str], None],  # noqa: ARG002 - of the port
    ) -> None:
        self._on_message = on_message

    async def stop(self) -> None:
        return

    def subscribe(self, topic: str) -> None:
        """Nothing comes but reports."""

    def unsubscribe(self, topic: str) -> None:
        """As `subscribe`."""

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:  # noqa: ARG002 - of the port
        if topic.endswith("/inbox"):
            self._waiting -= 1
            if self._waiting == 0:
                self._all_answered.set()

    async def round(self, messages: Sequence[Message]) -> None:
        """Returns when all are acknowledged."""
        self._waiting = len(messages)
        self._all_answered.clear()
        for message in messages:
            self._on_message(message)
        async with asyncio.timeout(_PATIENCE_S):
            await self._all_answered.wait()


def _check(speaker: Speaker, report: Report) -> Check:
    sealed = speaker.key.sign(report)
    key = VerifyKey(speaker.private.public_key().public_bytes_raw())
    return key, bytes.fromhex(sealed.signatures[0].sig), codec.canonical(sealed.signed)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the controller has written for one round."""

    contacts: Rows
    states: Rows
    entries: Rows


def _stored(path: Path, last_seq: int) -> _Stored:
    with closing(sqlite3.connect(path)) as connection:
        return _Stored(
            connection.execute("SELECT * FROM contacts ORDER BY node").fetchall(),
            connection.execute("SELECT * FROM states ORDER BY node").fetchall(),
            connection.execute(
                "SELECT entries.journal, seq, stored_at, entry FROM entries JOIN journals ON id = entries.journal"
                " WHERE seq > ? ORDER BY node, seq",
                [last_seq - ENTRIES],
            ).fetchall(),
        )


class _Floor:
    """Verify and executemany alone, into the controller's own tables in a file of its own."""

    def __init__(self, path: Path) -> None:
        SqliteStore(path).close()
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")

    def round(self, checks: Sequence[Check], rows: _Stored) -> None:
        for start in range(0, NODES, BATCH):
            for key, signature, signed in checks[start : start + BATCH]:
                key.verify(signed, signature)
            self._write(rows, start)

    def _write(self, rows: _Stored, start: int) -> None:
        write = self._connection.executemany
        states, entries = _rows(start, len(APPLICATIONS)), _rows(start, ENTRIES)
        self._connection.execute("BEGIN IMMEDIATE")
        write(
            "INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows.contacts[start : start + BATCH],
        )
        write("INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)", rows.states[states])
        write(
            "INSERT INTO entries (journal, seq, stored_at, entry) VALUES (?, ?, ?, ?)",
            rows.entries[entries],
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _rows(start: int, each: int) -> slice:
    """Those of a batch of nodes that begins at `start`."""
    return slice(start * each, (start + BATCH) * each)
