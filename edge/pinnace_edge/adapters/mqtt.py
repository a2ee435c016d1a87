"""The edge's `Broker` port on MQTT 5 or 3.1.1: keeps one connection up, from a thread of its own.

Keeps true: each Connected is followed by one Disconnected before the next; a failed attempt is told once per cause;
nothing is kept for a broker that is not there. Dials again after a fully jittered wait, so that thousands of sites do
not return in one second.
"""

import random
import threading
from collections.abc import Callable

from pinnace_edge.adapters.mqtt_client import Presence
from pinnace_edge.adapters.mqtt_session import FAREWELL_S, Session
from pinnace_edge.ports import Arrived, Connected, Disconnected, Emit
from pinnace_schemas import broker_checks, broker_dialling
from pinnace_schemas.broker_dialling import Dial, Ended
from pinnace_schemas.broker_settings import BrokerSettings

# The thread may sit in a name look-up or a TLS handshake, which cannot be interrupted; it is a daemon thread.
STOP_DEADLINE_S = FAREWELL_S + 3.0


class MqttBroker:
    """`emit` is called from this adapter's thread and must only put on a queue."""

    def __init__(
        self,
        settings: BrokerSettings,
        presence: Presence | None,
        emit: Emit,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._settings = settings
        self._presence = presence
        self._emit = emit
        self._draw = draw
        self._lock = threading.Lock()  # guards the topics and which session is up
        self._topics: dict[str, None] = {}
        self._up: Session | None = None
        self._session: Session | None = None
        self._told: str | None = None  # the last reason, until the next Connected
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="mqtt", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopping.set()
            session = self._session
        if session is not None:
            session.leave()
        if self._thread.is_alive():
            self._thread.join(STOP_DEADLINE_S)

    def subscribe(self, topic: str) -> None:
        broker_checks.require_filter(topic)
        with self._lock:
            self._topics[topic] = None
            if self._up is not None:
                self._up.subscribe([topic])

    def unsubscribe(self, topic: str) -> None:
        with self._lock:
            self._topics.pop(topic, None)
            if self._up is not None:
                self._up.unsubscribe(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        broker_checks.require_topic(topic)
        session = self._up
        largest_packet = session.max_packet_bytes if session is not None else None
        broker_checks.require_size(topic, payload, self._settings.max_message_bytes, largest_packet)
        return session is not None and session.publish(topic, payload, retain=retain)

    # --- in the adapter's thread

    def _keep_up(self) -> None:
        dial = broker_dialling.first(self._settings)
        while not self._stopping.wait(self._draw(0.0, dial.longest_wait_s(self._settings))):
            ended = self._connect_once(dial)
            dial = broker_dialling.after(dial, ended, self._settings)
            if not dial.is_at_once:
                self._tell(ended.reason)

    def _connect_once(self, dial: Dial) -> Ended:
        session = Session(self._settings, self._presence, self._came_up, self._arrived)
        with self._lock:
            self._session = session
            if self._stopping.is_set():
                session.leave()
        try:
            return session.run(dial.version)
        finally:
            with self._lock:
                self._up = self._session = None
            session.close()

    def _came_up(self) -> None:
        with self._lock:
            self._up = self._session
            if self._up is not None:
                self._up.subscribe(list(self._topics))
        self._told = None
        self._emit(Connected())

    def _arrived(self, topic: str, payload: bytes) -> None:
        self._emit(Arrived(topic, payload))

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            self._told = reason
            self._emit(Disconnected(reason))
