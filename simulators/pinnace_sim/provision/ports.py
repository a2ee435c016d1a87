"""Finds free TCP ports for programs that tests start. Holds none: the caller starts its program soon."""

from __future__ import annotations

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LOWEST = 15_000
_EPHEMERAL_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_DEFAULT_EPHEMERAL_LOW = 32_768
_TRIES = 200
_given: set[int] = set()
_random = random.SystemRandom()


def free_port() -> int:
    """A free port on the loopback address, never the same twice in one process.

    It lies below the range from which the kernel takes the ports of outgoing connections. Otherwise a connection may
    take the port while its server is being restarted; worse, a client that keeps dialling it may in the end connect
    to itself.
    """
    highest = _ephemeral_low() - 1
    for _ in range(_TRIES):
        port = _random.randint(min(LOWEST, highest - 1_000), highest)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port on {LOOPBACK} between {LOWEST} and {highest}")


def is_free(port: int) -> bool:
    """Whether nothing listens on or uses this port."""
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _ephemeral_low() -> int:
    try:
        return int(_EPHEMERAL_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _DEFAULT_EPHEMERAL_LOW
