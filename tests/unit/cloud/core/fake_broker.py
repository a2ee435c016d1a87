"""A broker in memory that behaves as MQTT does: retained messages, wildcards, acknowledgements; its link can be cut."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pinnace_cloud.ports import Message
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason


@dataclass
class FakeBroker:
    """`published` is everything that was acknowledged, in order. `too_large` names topics that it can never take."""

    retained: dict[str, bytes] = field(default_factory=dict)
    published: list[tuple[str, bytes]] = field(default_factory=list)
    too_large: set[str] = field(default_factory=set)
    filters: set[str] = field(default_factory=set)
    is_connected: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(
        self,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None],
        on_disconnect: Callable[[str], None],
    ) -> None:
        self._on_message, self._on_connect, self._on_disconnect = on_message, on_connect, on_disconnect

    async def stop(self) -> None:
        self.is_connected = False

    def connect(self) -> None:
        self.is_connected = True
        for pattern in self.filters:
            self._give_retained(pattern)
        self._on_connect()

    def disconnect(self) -> None:
        self.is_connected = False
        self._on_disconnect("the link is down")

    def forget(self) -> None:
        """What a broker without persistence does at a restart."""
        self.retained.clear()

    def subscribe(self, topic: str) -> None:
        self.filters.add(topic)
        if self.is_connected:
            self._give_retained(topic)

    def unsubscribe(self, topic: str) -> None:
        self.filters.discard(topic)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        await asyncio.sleep(0)
        if topic in self.too_large:
            raise Rejected(Reason.TOO_LARGE, "exceeds what the broker takes", topic)
        if not self.is_connected:
            raise Unavailable("no link")
        self.published.append((topic, payload))
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        self._give(Message(topic, payload))
        self.changed.set()

    def send(self, message: Message) -> None:
        """From a node."""
        self._give(message)

    def _give_retained(self, pattern: str) -> None:
        for topic, payload in list(self.retained.items()):
            if _matches(pattern, topic):
                self._on_message(Message(topic, payload, retained=True))

    def _give(self, message: Message) -> None:
        if any(_matches(pattern, message.topic) for pattern in self.filters):
            self._on_message(message)


def _matches(pattern: str, topic: str) -> bool:
    wanted, given = pattern.split("/"), topic.split("/")
    return len(wanted) == len(given) and all(one in ("+", other) for one, other in zip(wanted, given, strict=True))
