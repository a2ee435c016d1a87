"""Takes the outbox to the broker: publish, wait for the acknowledgement, then take out. Safe to repeat at any point.

Chunks of a batch go before the rest of it, so that no head is published before what it names. What the broker can never
take is set aside, since it would block everything behind it.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence

from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Broker
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.storage.ports import Store
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas import topics
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.topics import Kind

# So many publishes are under way at once: enough to hide a round trip, few enough to repeat cheaply after a kill.
_BATCH = 64
# The outbox is looked at this often even if nobody rang, so that a lost wake-up costs seconds and not a release.
_SWEEP_S = 5.0
# After a failure of the store or the link; a connect rings earlier.
_RETRY_S = 1.0

_log = logging.getLogger(__name__)


class Delivery:
    """One task on the event loop; `wake` may only be called there."""

    def __init__(self, store: Store, broker: Broker, workers: Workers, metrics: Metrics) -> None:
        self._store = store
        self._broker = broker
        self._workers = workers
        self._metrics = metrics
        self._ring = asyncio.Event()

    def wake(self) -> None:
        self._ring.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._ring.clear()
            try:
                await self._empty()
                wait = _SWEEP_S
            except Unavailable as exc:
                _log.info("delivery waits: %s", exc)
                wait = exc.retry_after_s or _RETRY_S
            await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._ring.wait()
        except TimeoutError:
            return

    async def _empty(self) -> None:
        while self._broker.is_connected:
            parcels = await self._workers.run(self._oldest)
            if not parcels:
                return
            done, failure = await self._attempt(parcels)
            if done:
                await self._workers.run(self._delivered, done)
            if failure is not None:
                raise failure

    async def publish(self, parcels: Sequence[Parcel]) -> None:
        """In any order; returns when the broker has acknowledged all.

        Raises Unavailable; then nobody knows which arrived.
        """
        _, failure = await self._together(parcels)
        if failure is not None:
            raise failure

    async def _attempt(self, parcels: Sequence[Parcel]) -> tuple[list[Parcel], BaseException | None]:
        """Those that are done with, and why the others are not: what the broker refuses is not the others' fault."""
        done: list[Parcel] = []
        first = [parcel for parcel in parcels if _is_chunk(parcel)]
        rest = [parcel for parcel in parcels if not _is_chunk(parcel)]
        for stage in (first, rest):
            sent, failure = await self._together(stage)
            done += sent
            if failure is not None:
                return done, failure
        return done, None

    async def _together(self, parcels: Sequence[Parcel]) -> tuple[list[Parcel], BaseException | None]:
        """So many at a time as the broker may have before it; the rest waits its turn without a task of its own."""
        waiting, done = iter(parcels), list[Parcel]()
        lanes = (self._lane(waiting, done) for _ in range(min(_BATCH, len(parcels))))
        ends = await asyncio.gather(*lanes, return_exceptions=True)
        return done, next((end for end in ends if end is not None), None)

    async def _lane(self, waiting: Iterator[Parcel], done: list[Parcel]) -> None:
        for parcel in waiting:
            await self._publish(parcel)
            done.append(parcel)

    async def _publish(self, parcel: Parcel) -> None:
        try:
            await self._broker.publish(parcel.topic, parcel.payload, retain=parcel.retain)
        except Rejected as exc:
            self._metrics.unpublishable.inc()
            _log.error("message set aside, the broker cannot take it: %s", exc)
            return
        self._metrics.published.inc()

    def _oldest(self) -> tuple[Parcel, ...]:
        with self._store.reading() as tx:
            self._metrics.outbox.set(tx.outbox.count())
            return tx.outbox.oldest(_BATCH)

    def _delivered(self, parcels: Sequence[Parcel]) -> None:
        with self._store.writing() as tx:
            tx.outbox.delivered([parcel.id for parcel in parcels])
            self._metrics.outbox.set(tx.outbox.count())


def _is_chunk(parcel: Parcel) -> bool:
    topic = topics.parse(parcel.topic)
    return topic is not None and topic.kind is Kind.CHUNK
