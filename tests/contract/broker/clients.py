"""Both adapters behind one face for the cases: what they publish, what they told, in order, with deadlines."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from pinnace_cloud.adapters.mqtt import MqttBroker as CloudBroker
from pinnace_cloud.ports import Message
from pinnace_edge.adapters.mqtt import MqttBroker as EdgeBroker
from pinnace_edge.adapters.mqtt_client import Presence
from pinnace_edge.ports import Arrived, Connected, Disconnected
from pinnace_schemas.broker_settings import BrokerSettings

PATIENCE_S = 20.0

Told = Connected | Disconnected | Message


class Client(Protocol):
    """One of our clients, started."""

    told: Telling

    def subscribe(self, topic: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Fails when the client says that it did not publish."""
        ...

    def stop(self) -> None: ...


class Telling:
    """What a client has told and nobody has looked at yet."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Told] = queue.Queue()
        self.put = self._queue.put

    def next(self) -> Told:
        """Fails when nothing comes in time."""
        return self._queue.get(timeout=PATIENCE_S)

    def connected(self) -> None:
        assert self.next() == Connected()

    def disconnected(self) -> str:
        """The reason."""
        told = self.next()
        assert isinstance(told, Disconnected), told
        return told.reason

    def message(self) -> Message:
        told = self.next()
        assert isinstance(told, Message), told
        return told

    def messages_here(self) -> list[Message]:
        """Those that need not be waited for."""
        return [self.message() for _ in range(self._queue.qsize())]

    def up_again(self) -> list[str]:
        """Waits for Connected; the reasons told before it."""
        reasons = []
        while (told := self.next()) != Connected():
            assert isinstance(told, Disconnected), told
            reasons.append(told.reason)
        return reasons

    def is_empty(self) -> bool:
        return self._queue.empty()


class EdgeClient:
    """The edge's adapter. It does not say whether a message was retained: `Message.retained` is always False."""

    def __init__(self, settings: BrokerSettings, presence: Presence | None = None) -> None:
        self.told = Telling()
        self.broker = EdgeBroker(settings, presence, self._emit)
        self.broker.start()

    def subscribe(self, topic: str) -> None:
        self.broker.subscribe(topic)

    def unsubscribe(self, topic: str) -> None:
        self.broker.unsubscribe(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Waits for room: a full queue is a normal answer of the edge."""
        wait_until(lambda: self.broker.publish(topic, payload, retain=retain), f"room for a message to {topic}")

    def stop(self) -> None:
        self.broker.stop()

    def _emit(self, event: object) -> None:
        assert isinstance(event, Connected | Disconnected | Arrived), event
        self.told.put(Message(event.topic, event.payload) if isinstance(event, Arrived) else event)


class CloudClient:
    """The controller's adapter, on an event loop in a thread."""

    def __init__(self, settings: BrokerSettings, publish_timeout_s: float = PATIENCE_S) -> None:
        self.told = Telling()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.broker = CloudBroker(settings, publish_timeout_s=publish_timeout_s)
        self._do(
            self.broker.start(
                self.told.put,
                lambda: self.told.put(Connected()),
                lambda reason: self.told.put(Disconnected(reason)),
            )
        )

    def subscribe(self, topic: str) -> None:
        self._do(_called(self.broker.subscribe, topic))

    def unsubscribe(self, topic: str) -> None:
        self._do(_called(self.broker.unsubscribe, topic))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._do(self.broker.publish(topic, payload, retain=retain))

    def publish_all(self, topic: str, payloads: list[bytes]) -> None:
        """At once, as the outbox may do."""
        self._do(_all([self.broker.publish(topic, payload, retain=False) for payload in payloads]))

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        self._do(self.broker.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * PATIENCE_S)


def settle(*clients: Client) -> None:
    """Returns when the broker has handled all that these clients have sent: it handles each one's packets in order."""
    for client in clients:
        assert until_settled(client) == []


def until_settled(client: Client) -> list[Message]:
    """The messages that come before the broker has handled all that this client has sent."""
    topic = f"settle/{id(client)}"  # each its own: others settle too
    client.subscribe(topic)
    client.publish(topic, b"")
    came = list(iter(client.told.message, Message(topic, b"")))
    client.unsubscribe(topic)
    return came


def kept(client: Client, topic: str, payload: bytes) -> list[Message]:
    """Subscribes until this retained message comes; all that came. NATS has it only a moment after it took it."""
    came: list[Message] = []

    def has_come() -> bool:
        client.subscribe(topic)
        came.extend(until_settled(client))
        return any(message.payload == payload for message in came)

    wait_until(has_come, f"the retained message of {topic}")
    return came


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.002)


def ready(*clients: Client) -> None:
    """Connected, and what they have subscribed to before holds."""
    for client in clients:
        client.told.connected()
        settle(client)


async def _called(function: Callable[[str], None], topic: str) -> None:
    function(topic)


async def _all(publishes: list[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*publishes)
