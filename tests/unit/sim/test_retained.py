"""Our own few packets of MQTT: who is let in, and what is said of who is not. The demo's tests use real brokers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pinnace_sim.brokers import retained
from pinnace_sim.brokers.retained import BrokerRefused, Session
from pinnace_sim.provision import ports


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A port where one client gets these bytes, whatever it says, and the end."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"\x20\x02\x00\x04", "does not let us in: user or password"),
        (b"\x20\x02\x00\x09", "does not let us in: code 9"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(100), "no MQTT broker"),
        (b"", "has closed the connection"),
    ],
)
def test_who_does_not_let_us_in_is_told_with_the_reason(answer: bytes, says: str) -> None:
    with answering(answer) as port, pytest.raises(BrokerRefused, match=says):
        Session.open(ports.LOOPBACK, port, user="me", password="wrong")


def test_nobody_there_is_told_with_the_address() -> None:
    port = ports.free_port()
    with pytest.raises(BrokerRefused, match=f"no MQTT broker answers at {ports.LOOPBACK}:{port}"):
        Session.open(ports.LOOPBACK, port)


@pytest.mark.parametrize(
    ("size", "encoded"), [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (16384, b"\x80\x80\x01")]
)
def test_lengths_are_encoded_as_the_standard_shows(size: int, encoded: bytes) -> None:
    """Table 2.4 of MQTT 3.1.1."""
    assert retained._length(size) == encoded
