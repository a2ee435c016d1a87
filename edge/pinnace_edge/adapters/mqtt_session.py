"""Owns one connection to the broker from dialling to its end, and drives paho's socket in the caller's thread.

Keeps true: `on_up` is called at most once, and nothing is called after `run` has returned. paho's own loops are not
used: they select(), which fails silently from file descriptor 1,024 on.
"""

import contextlib
import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from pinnace_edge.adapters import mqtt_client
from pinnace_edge.adapters.mqtt_client import Presence
from pinnace_schemas import broker_checks, broker_reasons, broker_subscriptions
from pinnace_schemas.broker_connection import Connection
from pinnace_schemas.broker_dialling import End, Ended
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_schemas.broker_subscriptions import Asked

log = logging.getLogger(__name__)

# Packets handled per wake-up before writes and timers get their turn.
READ_BURST = 50
# Keepalive and deadlines are looked at this many times per keepalive, but at least every so many seconds.
TICKS_PER_KEEPALIVE = 4
MAX_TICK_S = 5.0
# How long a stop waits for the broker to take the offline presence.
FAREWELL_S = 2.0


class Session:
    """`on_up` and `on_message` (topic, payload) are called in the thread of `run` and only hand over."""

    def __init__(
        self,
        settings: BrokerSettings,
        presence: Presence | None,
        on_up: Callable[[], None],
        on_message: Callable[[str, bytes], None],
    ) -> None:
        self.max_packet_bytes: int | None = None  # as the broker announced it (MQTT 5)
        self._settings = settings
        self._presence = presence
        self._on_up = on_up
        self._on_message = on_message
        self._client: Client | None = None
        self._connection = Connection(settings, time.monotonic())
        self._asked = Asked()
        self._asking = threading.Lock()  # an answer must not overtake the note of what was asked
        self._handled = 0  # packets, to see whether a read found a whole one
        self._is_leaving = False
        self._leave_by: float | None = None
        self._farewell: MQTTMessageInfo | None = None
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)

    # --- from any thread, after `on_up` began

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """False: the connection is gone, or too many messages wait for the broker."""
        if self._client is None:
            return False
        info = self._client.publish(topic, payload, mqtt_client.QOS, retain)
        self._wake()
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def subscribe(self, topics: Sequence[str], qos: int | None = None) -> None:
        """`qos`: instead of the one that is set."""
        client = self._client
        if client is None:
            return
        for batch in broker_subscriptions.batches(topics, self._settings.subscribe_qos if qos is None else qos):
            with self._asking:
                self._asked.ask(client.subscribe(batch)[1], batch)
        self._wake()

    def unsubscribe(self, topic: str) -> None:
        if self._client is not None:
            self._client.unsubscribe(topic)
            self._wake()

    def leave(self) -> None:
        """Makes `run` say goodbye and return, within `FAREWELL_S` once it is connected."""
        self._is_leaving = True
        self._wake()

    def _wake(self) -> None:
        # Fails when enough wake-ups wait already, and when `run` is over.
        with contextlib.suppress(OSError):
            self._wake_out.send(b"\0")

    # --- in the thread of `run`

    def run(self, version: MqttVersion) -> Ended:
        """Dials, serves the connection until it ends, and says how it ended, whatever the network does."""
        try:
            client, link = self._dial(version)
        except (OSError, UnicodeError) as exc:
            return Ended(End.UNREACHABLE, broker_reasons.unreachable(exc, self._settings, datetime.now(UTC)))
        self._connection = Connection(self._settings, time.monotonic())
        self._client = client
        with contextlib.closing(link), selectors.DefaultSelector() as selector:
            selector.register(self._wake_in, selectors.EVENT_READ)
            selector.register(link, selectors.EVENT_READ)
            while client.socket() is not None and self._connection.ended is None:
                self._turn(client, link, selector)
        self._client = None
        return self._connection.outcome()

    def close(self) -> None:
        """After `run`."""
        self._wake_in.close()
        self._wake_out.close()

    def _dial(self, version: MqttVersion) -> tuple[Client, socket.socket]:
        client = mqtt_client.make(self._settings, version, self._presence)
        client.on_connect = self._answered
        client.on_disconnect = self._closed
        client.on_message = self._arrived
        client.on_publish = self._acknowledged
        client.on_subscribe = self._subscribed
        # Its presence keeps paho from writing in the thread that publishes; `_wake` makes ours do it.
        client.on_socket_register_write = _leave_it_to_us
        return client, mqtt_client.connect(client, self._settings, version)

    def _turn(self, client: Client, link: socket.socket, selector: selectors.BaseSelector) -> None:
        writing = selectors.EVENT_WRITE if client.want_write() else 0
        selector.modify(link, selectors.EVENT_READ | writing)
        ready = {key.fileobj: events for key, events in selector.select(self._patience_s(link))}
        if self._wake_in in ready:
            self._wake_in.recv(4096)
        if ready.get(link, 0) & selectors.EVENT_READ or _has_decrypted(link):
            self._read(client, link)
        if ready.get(link, 0) & selectors.EVENT_WRITE:
            client.loop_write()
        client.loop_misc()
        now = time.monotonic()
        self._connection.look_at_deadline(now)
        if self._is_leaving:
            self._take_leave(client, now)

    def _patience_s(self, link: socket.socket) -> float:
        if _has_decrypted(link):
            return 0.0
        return min(MAX_TICK_S, self._settings.keepalive_s / TICKS_PER_KEEPALIVE, self._settings.connect_timeout_s)

    def _read(self, client: Client, link: socket.socket) -> None:
        for _ in range(READ_BURST):
            before = self._handled
            client.loop_read()
            if client.socket() is None:
                return
            # Private, but the only way to learn the size before the memory is taken.
            size = client._in_packet["remaining_length"]
            if size > broker_checks.MAX_INCOMING_BYTES:
                self._connection.end(broker_reasons.flood(size, self._settings), time.monotonic())
                return
            if self._handled == before and not _has_decrypted(link):
                return

    def _take_leave(self, client: Client, now: float) -> None:
        if self._leave_by is None:
            self._leave_by = now + FAREWELL_S
            self._connection.is_leaving = True
            if self._presence is not None and self._connection.is_up:
                self._farewell = client.publish(self._presence.topic, self._presence.offline, mqtt_client.QOS, True)
            else:
                client.disconnect()
        elif now > self._leave_by:
            self._connection.end(broker_reasons.stopped(self._settings), now)

    # --- called by paho

    def _answered(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._handled += 1
        if not self._connection.answered(code.value, str(code), time.monotonic()):
            return
        self.max_packet_bytes = getattr(properties, "MaximumPacketSize", None)
        if self._presence is not None:
            client.publish(self._presence.topic, self._presence.online, mqtt_client.QOS, True)
        self._on_up()

    def _closed(
        self, _client: Client, _data: object, flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        is_by_broker = flags.is_disconnect_packet_from_server
        self._connection.closed(code.value, str(code), time.monotonic(), is_by_broker=is_by_broker)

    def _arrived(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._handled += 1
        try:
            topic = message.topic
        except UnicodeDecodeError:
            log.warning("dropped a message of %s whose topic is not UTF-8", self._settings.address)
            return
        self._on_message(topic, bytes(message.payload))

    def _acknowledged(
        self, client: Client, _data: object, number: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._handled += 1
        if code.is_failure:
            log.warning("%s", broker_reasons.publish_refused(str(code), self._settings))
        if self._farewell is not None and number == self._farewell.mid:
            client.disconnect()

    def _subscribed(
        self, _client: Client, _data: object, number: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._handled += 1
        with self._asking:
            refused = self._asked.answered(number, [code.is_failure for code in codes])
        self.subscribe(refused.again, 0)
        if refused.for_good:
            log.warning("%s", broker_reasons.subscription_refused(refused.for_good, self._settings))


def _leave_it_to_us(_client: Client, _data: object, _socket: object) -> None:
    """The hook of `Session._dial`."""


def _has_decrypted(link: socket.socket) -> bool:
    """Whether TLS holds bytes that poll cannot see."""
    return isinstance(link, ssl.SSLSocket) and link.pending() > 0
