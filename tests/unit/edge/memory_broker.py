"""A broker in memory for one client: what is retained, what was sent, and a link that comes and goes."""

from collections.abc import Callable

from pinnace_edge.ports import Arrived, Connected, Happening
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


class MemoryBroker:
    """Holds retained messages for one client; `is_up` is the link."""

    def __init__(self, emit: Callable[[Happening], None]) -> None:
        self._emit = emit
        self.is_up = False
        self.retained: dict[str, bytes] = {}
        self.topics: set[str] = set()
        self.sent: list[tuple[str, bytes]] = []
        self.most_bytes: int | None = None

    def start(self) -> None: ...

    def stop(self) -> None:
        self.is_up = False

    def connect(self) -> None:
        self.is_up = True
        self._emit(Connected())
        for topic in sorted(self.topics & set(self.retained)):
            self._emit(Arrived(topic, self.retained[topic]))

    def subscribe(self, topic: str) -> None:
        self.topics.add(topic)
        if self.is_up and topic in self.retained:
            self._emit(Arrived(topic, self.retained[topic]))

    def unsubscribe(self, topic: str) -> None:
        self.topics.discard(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        if self.most_bytes is not None and len(payload) > self.most_bytes:
            raise Rejected(Reason.TOO_LARGE, f"{len(payload)} bytes exceed what the broker takes", topic)
        if self.is_up:
            self.sent.append((topic, payload))
        return self.is_up

    def deliver(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """What the cloud publishes."""
        if retain:
            self.retained[topic] = payload
        if self.is_up and topic in self.topics:
            self._emit(Arrived(topic, payload))
