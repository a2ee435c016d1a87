"""Asks a broker whether it speaks MQTT. Knows one packet and needs no client library."""

from __future__ import annotations

import socket
import ssl

# CONNECT of MQTT 3.1.1 (every broker we know speaks it): clean session, 10 s keep-alive, no client identifier.
CONNECT = bytes([0x10, 12]) + b"\x00\x04MQTT\x04\x02\x00\x0a" + b"\x00\x00"
DISCONNECT = b"\xe0\x00"
CONNACK = 0x20
TIMEOUT_S = 2.0


def speaks_mqtt(host: str, port: int, ca: str | None = None) -> bool:
    """Whether a CONNECT is answered by a CONNACK of any code: a refusal is an answer too. `ca` asks by TLS."""
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as plain, _secured(plain, host, ca) as connection:
            connection.sendall(CONNECT)
            answer = connection.recv(4)
            connection.sendall(DISCONNECT)
    except OSError:
        return False
    return answer[:1] == bytes([CONNACK])


def _secured(plain: socket.socket, host: str, ca: str | None) -> socket.socket:
    if ca is None:
        return plain
    return ssl.create_default_context(cafile=ca).wrap_socket(plain, server_hostname=host)
