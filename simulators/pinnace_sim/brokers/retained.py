"""Finds and clears what a broker has retained below a topic, and whether it lets us in. MQTT 3.1.1, no client library.

For brokers that somebody else runs: what a demo or a test left there goes without its programs.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

TIMEOUT_S = 5.0
QUIET_S = 0.7  # NATS sends what it has retained a moment after it has acknowledged the subscription
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x20, 0x30, 0x40, 0x82
RETAINED_AT_LEAST_ONCE = 0x03  # QoS 1 and retain, as flags of PUBLISH
HAS_USER, HAS_PASSWORD, CLEAN = 0x80, 0x40, 0x02
REFUSALS = {1: "protocol version", 2: "client identifier", 3: "not available", 4: "user or password", 5: "no right"}
PACKET = 1  # the identifier of our only packet on the way


class BrokerRefused(Exception):  # noqa: N818 - named as what happened
    """Nobody answers at this address, or not as a broker does, or it does not let us in."""


class Session:
    """One clean session. A context manager."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    @classmethod
    def open(
        cls, host: str, port: int, *, user: str = "", password: str = "", tls: ssl.SSLContext | None = None
    ) -> Self:
        """Connected and let in. Raises BrokerRefused."""
        with contextlib.ExitStack() as undo:
            try:
                plain = undo.enter_context(socket.create_connection((host, port), TIMEOUT_S))
                session = cls(undo.enter_context(tls.wrap_socket(plain, server_hostname=host)) if tls else plain)
                session._enter(user, password)
            except OSError as exc:
                raise BrokerRefused(f"no MQTT broker answers at {host}:{port}: {exc}") from exc
            undo.pop_all()
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Without a word to the broker: nothing hangs on a session without a will."""
        self._connection.close()

    def retained(self, topic_filter: str) -> list[str]:
        """Topics with a retained message, as far as they come without a pause. Raises BrokerRefused."""
        self._send(SUBSCRIBE, struct.pack("!H", PACKET) + _text(topic_filter) + b"\x00")
        return [topic for kind, topic in self._packets() if kind & 0xF0 == PUBLISH]

    def clear(self, topic: str) -> None:
        """Removes what is retained there; returns when the broker has acknowledged it. Raises BrokerRefused."""
        self._send(PUBLISH | RETAINED_AT_LEAST_ONCE, _text(topic) + struct.pack("!H", PACKET))
        self._connection.settimeout(TIMEOUT_S)
        while self._receive()[0] & 0xF0 != PUBACK:
            pass

    def _enter(self, user: str, password: str) -> None:
        flags = CLEAN | (HAS_USER if user else 0) | (HAS_PASSWORD if password else 0)
        body = _text("MQTT") + struct.pack("!BBH", 4, flags, 30) + _text("")
        self._send(CONNECT, body + b"".join(_text(each) for each in (user, password) if each))
        kind, answer = self._receive()
        if kind != CONNACK or len(answer) != 2:
            raise BrokerRefused("what answers there is no MQTT broker")
        if answer[1]:
            raise BrokerRefused(f"the broker does not let us in: {REFUSALS.get(answer[1], f'code {answer[1]}')}")

    def _packets(self) -> Iterator[tuple[int, str]]:
        """Kind and topic of what comes, until nothing comes for a while."""
        self._connection.settimeout(QUIET_S)
        with contextlib.suppress(TimeoutError):
            while True:
                kind, body = self._receive()
                size = int.from_bytes(body[:2])
                yield kind, body[2 : 2 + size].decode(errors="replace")

    def _send(self, kind: int, body: bytes) -> None:
        self._connection.sendall(bytes([kind]) + _length(len(body)) + body)

    def _receive(self) -> tuple[int, bytes]:
        kind = self._exactly(1)[0]
        size = shift = 0
        more = True
        while more:
            byte = self._exactly(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            more = bool(byte & 0x80)
        return kind, self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            part = self._connection.recv(size - len(got))
            if not part:
                raise BrokerRefused("the broker has closed the connection")
            got += part
        return got


def clear_below(prefix: str, connect: Callable[[], Session]) -> int:
    """Clears everything that is retained below a topic; how many messages that was. Raises BrokerRefused."""
    with connect() as session:
        topics = session.retained(f"{prefix}/#")
    # Another session, to which no more of them come.
    with connect() as session:
        for topic in topics:
            session.clear(topic)
    return len(topics)


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("!H", len(raw)) + raw


def _length(size: int) -> bytes:
    """Seven bits a byte, the lowest first (MQTT 3.1.1, section 2.2.3)."""
    encoded = bytearray()
    while True:
        size, low = divmod(size, 128)
        encoded.append(low | (0x80 if size else 0))
        if not size:
            return bytes(encoded)
