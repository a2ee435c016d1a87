"""Owns one connection to the broker from dialling to its end; paho's socket is watched by the event loop.

Keeps true: a publish ends with the broker's acknowledgement or with Unavailable, never with silence; not more are in
flight than the broker takes; nothing is called after `run` has returned.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from pinnace_cloud.adapters.mqtt import client as clients
from pinnace_cloud.adapters.mqtt.window import Window
from pinnace_cloud.ports import Message
from pinnace_schemas import broker_checks, broker_reasons, broker_subscriptions
from pinnace_schemas.broker_connection import Connection
from pinnace_schemas.broker_dialling import End, Ended
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_schemas.broker_subscriptions import Asked
from pinnace_schemas.errors import Unavailable

log = logging.getLogger(__name__)

QOS = 1
# Packets handled before the event loop serves others again.
READ_BURST = 50
# Keepalive and deadlines are looked at this many times per keepalive, but at least every so many seconds.
TICKS_PER_KEEPALIVE = 4
MAX_TICK_S = 5.0
# For brokers that do not say what they take, as all of MQTT 3.1.1: mosquitto's own default.
DEFAULT_WINDOW = 20
# Enough for 5,000 publishes/s over 20 ms; more costs memory only.
MAX_WINDOW = 100


class Session:
    """Its methods run on the event loop; `on_up` and `on_message` are called there and only hand over."""

    def __init__(
        self, settings: BrokerSettings, on_up: Callable[[], None], on_message: Callable[[Message], None]
    ) -> None:
        self.max_packet_bytes: int | None = None  # as the broker announced it (MQTT 5)
        self._settings = settings
        self._on_up = on_up
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._connection = Connection(settings, self._loop.time())
        self._over = asyncio.Event()
        self._window = Window()
        self._is_writing = False
        self._asked = Asked()
        self._handled = 0  # packets, to see whether a read found a whole one
        self._client: Client | None = None
        self._link: socket.socket  # from the moment it is dialled

    async def run(self, version: MqttVersion) -> Ended:
        """Dials, serves the connection until it ends, and says how it ended, whatever the network does."""
        try:
            # Name look-up, TCP and TLS block in paho.
            client, link = await asyncio.to_thread(self._dial, version)
        except (OSError, UnicodeError) as exc:
            self._window.close(broker_reasons.lost(self._settings))
            return Ended(End.UNREACHABLE, broker_reasons.unreachable(exc, self._settings, datetime.now(UTC)))
        self._connection = Connection(self._settings, self._loop.time())
        self._client, self._link = client, link
        client.on_socket_close = self._unwatch
        try:
            await self._serve(client, link)
        finally:
            self._client = None
            self._unwatch(client, None, link)
            link.close()
            self._window.close(self._connection.outcome().reason)
        return self._connection.outcome()

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Returns at the acknowledgement. Raises Unavailable."""
        await self._window.enter()
        if self._client is None:
            raise Unavailable(self._connection.outcome().reason)
        info = self._client.publish(topic, payload, QOS, retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._window.leave()
            raise Unavailable(broker_reasons.lost(self._settings))
        answer = self._window.expect(info.mid)
        self._watch_writing(self._client)
        await answer

    def subscribe(self, topics: Sequence[str], qos: int | None = None) -> None:
        """`qos`: instead of the one that is set."""
        client = self._client
        if client is None:
            return
        for batch in broker_subscriptions.batches(topics, self._settings.subscribe_qos if qos is None else qos):
            self._asked.ask(client.subscribe(batch)[1], batch)
        self._watch_writing(client)

    def unsubscribe(self, topic: str) -> None:
        if self._client is not None:
            self._client.unsubscribe(topic)
            self._watch_writing(self._client)

    def leave(self) -> None:
        """Makes `run` return as soon as the broker was told."""
        self._connection.is_leaving = True
        if self._client is not None:
            self._client.disconnect()
            self._watch_writing(self._client)

    # --- the socket

    def _dial(self, version: MqttVersion) -> tuple[Client, socket.socket]:
        client = clients.make(self._settings, version)
        client.on_connect = self._answered
        client.on_disconnect = self._closed
        client.on_message = self._arrived
        client.on_publish = self._acknowledged
        client.on_subscribe = self._subscribed
        # Its presence keeps paho from writing at once; `_watch_writing` lets the event loop do it.
        client.on_socket_register_write = _leave_it_to_us
        return client, clients.connect(client, self._settings, version)

    async def _serve(self, client: Client, link: socket.socket) -> None:
        self._loop.add_reader(link, self._read, client, link)
        self._watch_writing(client)
        patience = min(MAX_TICK_S, self._settings.keepalive_s / TICKS_PER_KEEPALIVE, self._settings.connect_timeout_s)
        while client.socket() is not None and self._connection.ended is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), patience)
            client.loop_misc()
            self._connection.look_at_deadline(self._loop.time())
            self._watch_writing(client)

    def _watch_writing(self, client: Client) -> None:
        """Asks the event loop for the moments at which paho can write, as long as it has something to write."""
        if client.socket() is None or client.want_write() == self._is_writing:
            return
        self._is_writing = not self._is_writing
        if self._is_writing:
            self._loop.add_writer(self._link, self._write, client)
        else:
            self._loop.remove_writer(self._link)

    def _unwatch(self, _client: Client, _data: object, _socket: object) -> None:
        """Before the socket is closed: its number may be another's in the next moment."""
        if self._link.fileno() >= 0:
            self._loop.remove_reader(self._link)
            self._loop.remove_writer(self._link)
        self._over.set()

    def _write(self, client: Client) -> None:
        client.loop_write()
        self._watch_writing(client)

    def _read(self, client: Client, link: socket.socket) -> None:
        for _ in range(READ_BURST):
            before = self._handled
            client.loop_read()
            if client.socket() is None:
                return
            # Private, but the only way to learn the size before the memory is taken.
            size = client._in_packet["remaining_length"]
            if size > broker_checks.MAX_INCOMING_BYTES:
                self._connection.end(broker_reasons.flood(size, self._settings), self._loop.time())
                self._over.set()
                return
            if self._handled == before and not _has_decrypted(link):
                break
        if _has_decrypted(link):  # the event loop cannot see what TLS holds
            self._loop.call_soon(self._read_on, client, link)
        self._watch_writing(client)

    def _read_on(self, client: Client, link: socket.socket) -> None:
        if client.socket() is not None and link.fileno() >= 0:
            self._read(client, link)

    # --- called by paho

    def _answered(
        self, _client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._handled += 1
        if not self._connection.answered(code.value, str(code), self._loop.time()):
            return
        self.max_packet_bytes = getattr(properties, "MaximumPacketSize", None)
        self._window.open(min(MAX_WINDOW, getattr(properties, "ReceiveMaximum", DEFAULT_WINDOW)))
        self._on_up()

    def _closed(
        self, _client: Client, _data: object, flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        is_by_broker = flags.is_disconnect_packet_from_server
        self._connection.closed(code.value, str(code), self._loop.time(), is_by_broker=is_by_broker)

    def _arrived(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._handled += 1
        try:
            topic = message.topic
        except UnicodeDecodeError:
            log.warning("dropped a message of %s whose topic is not UTF-8", self._settings.address)
            return
        self._on_message(Message(topic, bytes(message.payload), message.retain))

    def _acknowledged(
        self, _client: Client, _data: object, number: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._handled += 1
        refusal = broker_reasons.publish_refused(str(code), self._settings) if code.is_failure else ""
        self._window.acknowledged(number, refusal)

    def _subscribed(
        self, _client: Client, _data: object, number: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._handled += 1
        refused = self._asked.answered(number, [code.is_failure for code in codes])
        self.subscribe(refused.again, 0)
        if refused.for_good:
            log.warning("%s", broker_reasons.subscription_refused(refused.for_good, self._settings))


def _leave_it_to_us(_client: Client, _data: object, _socket: object) -> None:
    """The hook of `Session._dial`."""


def _has_decrypted(link: socket.socket) -> bool:
    return isinstance(link, ssl.SSLSocket) and link.fileno() >= 0 and link.pending() > 0
