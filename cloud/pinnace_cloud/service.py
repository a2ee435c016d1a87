"""The running controller on one event loop: MQTT, delivery, re-assertion, intake, timers and the HTTP server.

Ends when asked to, or when one of its tasks fails: a controller that half works is restarted, not left alone.
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import Any, Protocol

from pinnace_cloud import schedule
from pinnace_cloud.clock import Clock
from pinnace_cloud.controller import PinnaceController
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Broker
from pinnace_cloud.services import supplying
from pinnace_cloud.services.delivery import Delivery
from pinnace_cloud.services.enrolment import Enrolment
from pinnace_cloud.services.intake import Intake
from pinnace_cloud.services.link import Link
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.presence import Presences
from pinnace_cloud.services.reassertion import Assertion, Reassertion
from pinnace_cloud.services.receiving import Receiving
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.services.tokens import Tokens
from pinnace_cloud.services.upkeep import Upkeep
from pinnace_cloud.services.views import Views
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.settings import Settings
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.recognising import Recogniser
from pinnace_cloud.signing.signer import Signer
from pinnace_cloud.storage.ports import Store
from pinnace_schemas import topics
from pinnace_schemas.topics import Kind

_LISTENS_TO = (Kind.REPORT, Kind.REQUEST, Kind.ENROLL, Kind.PRESENCE)

_log = logging.getLogger(__name__)


class HttpServer(Protocol):
    """What serves the API on the same loop; `uvicorn.Server` is one."""

    should_exit: bool

    async def serve(self) -> None:
        """Until `should_exit`."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a service is made of."""

    settings: Settings
    keyset: KeySet
    store: Store
    broker: Broker
    clock: Clock
    workshop: Workshop = field(default_factory=supplying.closed)


class Service:
    """Made on the event loop that runs it. `controller` may be asked as soon as it is made."""

    def __init__(self, parts: Parts) -> None:
        settings, store, broker, clock = parts.settings, parts.store, parts.broker, parts.clock
        self._broker = broker
        self._tenant = settings.tenant
        self._loop = asyncio.get_running_loop()
        self._workers = Workers()
        self._presences = Presences()
        self._link = Link(clock)
        self.metrics = Metrics()
        post = Post(settings.tenant, Signer(parts.keyset, settings.tenant), settings.limits)
        releases = Releases(store, post, clock, self._wake, parts.workshop)
        enrolment = Enrolment(store, releases, post, settings.token_broker, clock, self._wake)
        self._delivery = Delivery(store, broker, self._workers, self.metrics)
        recogniser = Recogniser(parts.keyset, settings.limits)
        assertion = Assertion(store, post, recogniser, releases, self.metrics)
        self._reassertion = Reassertion(assertion, broker, self._workers, settings.tenant, clock, self._delivery.wake)
        intake = Intake(store, post, enrolment, clock, self.metrics)
        self._receiving = Receiving(
            intake, releases, self._delivery, self._reassertion, self._presences, self._workers, self.metrics
        )
        self._upkeep = Upkeep(store, post, releases, clock)
        self.controller = PinnaceController(
            store=store,
            releases=releases,
            enrolment=enrolment,
            tokens=Tokens(store, clock),
            views=Views(store, clock, settings.offline_limit_s, self._presences.of),
            link=self._link,
        )

    async def run(self, server: HttpServer, stop: asyncio.Event) -> None:
        """Until `stop` is set, the server ends, or a task fails; raises what it failed with."""
        for kind in _LISTENS_TO:
            self._broker.subscribe(topics.wildcard(self._tenant, kind))
        await self._broker.start(self._receiving.on_message, self._on_connect, self._on_disconnect)
        scheduler = schedule.start(self._upkeep, self._workers)
        tasks = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("delivery", self._delivery.run()),
                ("reassertion", self._reassertion.run()),
                ("intake", self._receiving.run()),
                ("stop", _waited(stop)),
            )
        ]
        serving = asyncio.create_task(server.serve(), name="http")
        try:
            done, _ = await asyncio.wait([*tasks, serving], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            server.should_exit = True
            scheduler.shutdown(wait=False)
            await _ended(tasks)
            await self._broker.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            self._workers.close()

    def _on_connect(self) -> None:
        _log.info("connected to the broker")
        self._link.connected()
        self._reassertion.connected()
        self._delivery.wake()

    def _on_disconnect(self, reason: str) -> None:
        _log.warning("no broker: %s", reason)
        self._link.lost(reason)
        self._presences.forget()

    def _wake(self) -> None:
        """From any thread; a loop that has ended needs no waking."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._delivery.wake)


async def _waited(stop: asyncio.Event) -> None:
    await stop.wait()


async def _ended(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
