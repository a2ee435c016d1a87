"""Listens to a broker beside everyone else, and measures what its own messages take. One paho client on its thread."""

import queue
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

DEADLINE_S = 30.0
_QOS = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and when it came (seconds of `time.perf_counter`)."""

    at: float
    topic: str
    payload: bytes


class Listener:
    """A context manager. Raises queue.Empty when nothing comes within DEADLINE_S."""

    def __init__(self, url: str, *topics: str) -> None:
        self._heard: queue.Queue[Heard] = queue.Queue()
        self._own: queue.Queue[Heard] = queue.Queue()
        self._topics = topics
        self._count = 0
        self._client = Client(CallbackAPIVersion.VERSION2, "bench-listener")
        self._client.on_message = self._take
        address = urlsplit(url)
        self._client.connect(str(address.hostname), address.port or 1883)
        link = self._client.socket()
        assert isinstance(link, socket.socket)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.loop_start()
        for topic in topics:
            self._client.subscribe(topic, _QOS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def next(self, *topics: str) -> Heard:
        """The next message on one of these topics; those before it are gone."""
        while (heard := self._heard.get(timeout=DEADLINE_S)).topic not in topics:
            pass
        return heard

    def one_way_s(self, size: int) -> float:
        """From publishing so many bytes to their arrival at a subscriber, QoS 1."""
        topic = self._fresh_topic()
        self._client.subscribe(topic, _QOS)
        self._publish(topic, b"warm")
        return self._publish(topic, bytes(size))

    def fetch_s(self, size: int) -> float:
        """From subscribing to the arrival of so many retained bytes."""
        topic = self._fresh_topic()
        self._client.publish(topic, bytes(size), _QOS, retain=True).wait_for_publish(DEADLINE_S)
        began = time.perf_counter()
        self._client.subscribe(topic, _QOS)
        return self._arrival(topic) - began

    def _publish(self, topic: str, payload: bytes) -> float:
        began = time.perf_counter()
        self._client.publish(topic, payload, _QOS)
        return self._arrival(topic) - began

    def _arrival(self, topic: str) -> float:
        while (heard := self._own.get(timeout=DEADLINE_S)).topic != topic:
            pass
        return heard.at

    def _fresh_topic(self) -> str:
        self._count += 1
        return f"bench/{self._count}"

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        heard = Heard(time.perf_counter(), message.topic, bytes(message.payload))
        (self._heard if message.topic in self._topics else self._own).put(heard)
