"""The controller's `Broker` port on MQTT 5 or 3.1.1: keeps one connection up, on the event loop.

Keeps true: `on_connect` and `on_disconnect` alternate, except that a new cause of failing attempts is told too; every
message is handed to `on_message` at once, whose owner bounds the queue; nothing is kept for a broker that is not there.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable

from pinnace_cloud.adapters.mqtt.session import Session
from pinnace_cloud.ports import Message
from pinnace_schemas import broker_checks, broker_dialling
from pinnace_schemas.broker_dialling import Dial
from pinnace_schemas.broker_settings import BrokerSettings
from pinnace_schemas.errors import Unavailable

# A broker that has not acknowledged by then is stuck; the outbox publishes again.
PUBLISH_TIMEOUT_S = 15.0
# How long a stop waits until the broker is told.
FAREWELL_S = 2.0


class MqttBroker:
    """`draw` yields an even random number between its two arguments: the jitter."""

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        publish_timeout_s: float = PUBLISH_TIMEOUT_S,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._settings = settings
        self._publish_timeout_s = publish_timeout_s
        self._draw = draw
        self._topics: dict[str, None] = {}
        self._session: Session | None = None
        self._up: Session | None = None
        self._reason = f"no connection to {settings.address} yet"
        self._told: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(
        self,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None],
        on_disconnect: Callable[[str], None],
    ) -> None:
        self._on_message, self._on_connect, self._on_disconnect = on_message, on_connect, on_disconnect
        self._task = asyncio.create_task(self._keep_up(), name="mqtt")

    async def stop(self) -> None:
        """Safe to call twice, and before `start`."""
        task, self._task = self._task, None
        if task is None:
            return
        if self._up is not None and self._session is not None:
            self._session.leave()
            await asyncio.wait([task], timeout=FAREWELL_S)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    @property
    def is_connected(self) -> bool:
        return self._up is not None

    def subscribe(self, topic: str) -> None:
        broker_checks.require_filter(topic)
        self._topics[topic] = None
        if self._up is not None:
            self._up.subscribe([topic])

    def unsubscribe(self, topic: str) -> None:
        self._topics.pop(topic, None)
        if self._up is not None:
            self._up.unsubscribe(topic)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """An empty payload with `retain` clears the topic."""
        broker_checks.require_topic(topic)
        session = self._up
        largest_packet = session.max_packet_bytes if session is not None else None
        broker_checks.require_size(topic, payload, self._settings.max_message_bytes, largest_packet)
        if session is None:
            raise Unavailable(self._reason)
        try:
            async with asyncio.timeout(self._publish_timeout_s):
                await session.publish(topic, payload, retain=retain)
        except TimeoutError as exc:
            waited = f"{self._settings.address} did not acknowledge within {self._publish_timeout_s:g} s"
            raise Unavailable(f"{waited}: {topic} will be published again") from exc

    async def _keep_up(self) -> None:
        dial = broker_dialling.first(self._settings)
        while self._task is not None:
            await asyncio.sleep(self._draw(0.0, dial.longest_wait_s(self._settings)))
            dial = await self._connect_once(dial)

    async def _connect_once(self, dial: Dial) -> Dial:
        self._session = Session(self._settings, self._came_up, self._on_message)
        try:
            ended = await self._session.run(dial.version)
        finally:
            self._up = None
        following = broker_dialling.after(dial, ended, self._settings)
        self._reason = ended.reason
        if not following.is_at_once:
            self._tell(ended.reason)
        return following

    def _came_up(self) -> None:
        self._up = self._session
        if self._up is not None:
            self._up.subscribe(list(self._topics))
        self._told = None
        self._on_connect()

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            self._told = reason
            self._on_disconnect(reason)
