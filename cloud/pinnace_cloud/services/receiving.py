"""Between the broker and intake: takes every message at once, in a bounded queue, and counts what does not fit.

What is dropped comes again: reports are repeated until they are acknowledged, requests and join requests likewise.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Message
from pinnace_cloud.services.delivery import Delivery
from pinnace_cloud.services.intake import Intake, Result
from pinnace_cloud.services.presence import Presences
from pinnace_cloud.services.reassertion import Reassertion
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.workers import Workers
from pinnace_schemas import topics
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.topics import Kind

# Bounds of the queue: reports are about 2 KiB, so it holds a whole fleet of 10,000 that connects at once.
_MAX_MESSAGES = 20_000
_MAX_BYTES = 64 * 1024 * 1024
# One transaction for so many: a commit takes about as long as ten reports, and acknowledgements wait for it.
_BATCH = 512
# When the store does not work.
_RETRY_S = 1.0

_log = logging.getLogger(__name__)


class Receiving:
    """One task on the event loop; `on_message` is called there."""

    def __init__(
        self,
        intake: Intake,
        releases: Releases,
        delivery: Delivery,
        reassertion: Reassertion,
        presences: Presences,
        workers: Workers,
        metrics: Metrics,
    ) -> None:
        self._intake = intake
        self._releases = releases
        self._delivery = delivery
        self._reassertion = reassertion
        self._presences = presences
        self._workers = workers
        self._metrics = metrics
        self._queue: deque[Message] = deque()
        self._bytes = 0
        self._ring = asyncio.Event()

    def on_message(self, message: Message) -> None:
        """Hands over and returns."""
        topic = topics.parse(message.topic)
        kind = topic.kind if topic else None
        if kind in (Kind.HEAD, Kind.ASSIGNMENT):
            self._reassertion.saw(message)
        elif topic is not None and kind is Kind.PRESENCE:
            self._presences.note(topic.name, message.payload)
        elif len(self._queue) >= _MAX_MESSAGES or self._bytes + len(message.payload) > _MAX_BYTES:
            self._metrics.dropped.inc()
        else:
            self._queue.append(message)
            self._bytes += len(message.payload)
            self._ring.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._ring.wait()
            self._ring.clear()
            while self._queue:
                await self._take_in(self._batch())

    def _batch(self) -> list[Message]:
        batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
        self._bytes -= sum(len(message.payload) for message in batch)
        self._metrics.queue.set(len(self._queue))
        return batch

    async def _take_in(self, batch: Sequence[Message]) -> None:
        try:
            result = await self._workers.run(self._intake.handle, batch)
            self._delivery.wake()
            await self._sign_above(result)
        except Unavailable as exc:
            _log.warning("%d messages were not stored, nodes will repeat them: %s", len(batch), exc)
            await asyncio.sleep(_RETRY_S)
        except Exception as exc:  # noqa: BLE001 - a bug must not stop the reports of all other nodes
            await self._isolate(batch, exc)
        else:
            await self._answer(result)

    async def _isolate(self, batch: Sequence[Message], exc: Exception) -> None:
        """A bug of ours that one message found must not stop the reports of the others."""
        if len(batch) == 1:
            _log.error("a message to %s met a bug and was set aside", batch[0].topic, exc_info=exc)
            self._metrics.refused.labels("Internal").inc()
            return
        for message in batch:
            await self._take_in([message])

    async def _sign_above(self, result: Result) -> None:
        if result.resign_groups or result.resign_nodes:
            groups, nodes = frozenset(result.resign_groups), frozenset(result.resign_nodes)
            await self._workers.run(self._releases.sign_again, groups, nodes)

    async def _answer(self, result: Result) -> None:
        """What is lost here is asked for again: the same report gets the same answer."""
        try:
            await self._delivery.publish(result.answers)
        except Unavailable as exc:
            _log.info("%d answers were not sent, nodes will ask again: %s", len(result.answers), exc)
