"""A broker that says what a test wrote: for what real brokers never send, and for what an enemy would."""

import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pinnace_sim.provision import ports

CONNACK_311 = bytes([0x20, 2, 0, 0])
CONNACK_5 = bytes([0x20, 3, 0, 0, 0])
PATIENCE_S = 10.0


def connack_for(connect: bytes) -> bytes:
    """Success, in the version of the CONNECT: its byte follows the protocol name."""
    return CONNACK_5 if connect[connect.index(b"MQTT") + 4] == 5 else CONNACK_311


def publish(topic: bytes, payload: bytes) -> bytes:
    """A PUBLISH of MQTT 3.1.1 with QoS 0."""
    body = len(topic).to_bytes(2, "big") + topic + payload
    return bytes([0x30]) + length(len(body)) + body


def length(size: int) -> bytes:
    """MQTT's remaining length."""
    encoded = bytearray()
    while True:
        size, low = divmod(size, 128)
        encoded.append(low | (0x80 if size else 0))
        if not size:
            return bytes(encoded)


class HostileBroker:
    """Each script serves one connection: CONNECT is read, and answered by CONNACK and the script, or hung up on (None).

    `hangs_up`: also after each script but the last. After the last, further connections are accepted in silence.
    """

    def __init__(self, scripts: Sequence[bytes | None], *, hangs_up: bool = False) -> None:
        self._hangs_up = hangs_up
        self.connects: list[bytes] = []
        self._scripts = list(scripts)
        self._open: list[socket.socket] = []
        self._server = socket.create_server((ports.LOOPBACK, 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(PATIENCE_S)
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._open.append(connection)
            connection.settimeout(PATIENCE_S)
            self._play(connection)

    def _play(self, connection: socket.socket) -> None:
        try:
            self.connects.append(connection.recv(65536))
            if not self._scripts:
                return
            script = self._scripts.pop(0)
            if script is not None:
                connection.sendall(connack_for(self.connects[-1]) + script)
            if script is None or (self._hangs_up and self._scripts):
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            return
