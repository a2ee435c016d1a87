"""Makes a paho client for one connection from our settings. paho's own threads, loops and reconnection stay unused.

A client is never used for a second connection: what the first left behind (queued messages, a half-read packet) dies
with it.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from pinnace_schemas import broker_checks
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion

# Below the smallest receive maximum of a common broker (HiveMQ: 10), which paho does not observe by itself.
MAX_IN_FLIGHT = 8
# Waiting in memory besides those: with messages of 96 KiB about 6 MiB. A full queue refuses; the outbox sends again.
MAX_QUEUED = 64
QOS = 1


@dataclass(frozen=True, slots=True)
class Presence:
    """What people see of this node at the broker: retained, `offline` also as the will."""

    topic: str
    online: bytes
    offline: bytes


def make(settings: BrokerSettings, version: MqttVersion, presence: Presence | None) -> Client:
    """Raises OSError when a TLS file cannot be used."""
    is_v5 = version is MqttVersion.V5
    client = Client(
        CallbackAPIVersion.VERSION2,
        settings.client_id,
        protocol=MQTTv5 if is_v5 else MQTTv311,
        clean_session=None if is_v5 else True,
        reconnect_on_failure=False,
    )
    client.connect_timeout = settings.connect_timeout_s
    client.max_inflight_messages_set(MAX_IN_FLIGHT)
    client.max_queued_messages_set(MAX_IN_FLIGHT + MAX_QUEUED)
    if settings.address.user:
        client.username_pw_set(settings.address.user, settings.password)
    if settings.address.use_tls:
        client.tls_set_context(tls_context(settings))
    if presence is not None:
        client.will_set(presence.topic, presence.offline, QOS, retain=True)
    return client


def connect(client: Client, settings: BrokerSettings, version: MqttVersion) -> socket.socket:
    """Opens the connection and queues CONNECT; blocks. Raises OSError, or UnicodeError for an impossible host name."""
    host, port = settings.address.host, settings.address.port
    if version is MqttVersion.V311:
        client.connect(host, port, settings.keepalive_s)
    else:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it untyped
        properties.MaximumPacketSize = broker_checks.largest_packet(settings.max_message_bytes)
        client.connect(host, port, settings.keepalive_s, clean_start=True, properties=properties)
    link = client.socket()
    if not isinstance(link, socket.socket):  # it closed at once
        raise ConnectionResetError(errno.ECONNRESET, "the connection was reset")
    # paho writes each packet by itself; Nagle's algorithm would hold every second one back for 40 ms.
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def tls_context(settings: BrokerSettings) -> ssl.SSLContext:
    """Checks the broker's certificate and name, always. Files are read anew for each connection: they get renewed."""
    context = _Context(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file is None:
        context.load_default_certs()
    else:
        with _named(settings.ca_file):
            context.load_verify_locations(settings.ca_file)
    if settings.cert_file is not None:
        with _named(settings.cert_file):
            context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


class _Context(ssl.SSLContext):
    """Shakes hands while it wraps the socket: then ssl closes it on failure, which paho forgets."""

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*arguments, **{**options, "do_handshake_on_connect": True})


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Names the file in an error of the ssl module, which leaves it out."""
    try:
        yield
    except ssl.SSLError as exc:
        raise OSError(errno.EINVAL, "no usable certificate and key in PEM form", str(path)) from exc
    except OSError as exc:
        raise OSError(exc.errno, exc.strerror, str(path)) from exc
