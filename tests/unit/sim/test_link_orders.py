"""What a person may tell a link, and what becomes of clients that meet a dead or an encrypted one."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinnace_sim.link import Link, Mode, Shape, orders
from pinnace_sim.link.__main__ import obey
from pinnace_sim.link.orders import Order, Word
from pinnace_sim.provision import ports
from pinnace_sim.provision.certificates import Authority
from pinnace_sim.provision.running import wait_until

PATIENCE_S = 10.0


class _Upper(socketserver.StreamRequestHandler):
    """Answers each line in capitals; remembers the lines of all connections."""

    def handle(self) -> None:
        assert isinstance(self.server, _UpperServer)
        for line in self.rfile:
            self.server.lines.append(line)
            self.wfile.write(line.upper())


class _UpperServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__((ports.LOOPBACK, 0), _Upper)
        self.lines: list[bytes] = []
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is what these tests are about."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> "_UpperServer":
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


@pytest.fixture
def server() -> Iterator[_UpperServer]:
    with _UpperServer() as running:
        yield running


def _dial(link: Link) -> socket.socket:
    return socket.create_connection((link.host, link.port), PATIENCE_S)


def _ask(connection: socket.socket, line: bytes) -> bytes:
    connection.sendall(line)
    return connection.makefile("rb").readline()


@pytest.mark.parametrize("word", sorted(set(Word) - {Word.LATENCY, Word.RATE}))
def test_a_word_alone_is_an_order(word: Word) -> None:
    assert orders.parse(f" {word}\n") == Order(word)


def test_latency_is_said_in_milliseconds_and_rate_in_bytes_per_second() -> None:
    slow = orders.reshaped(Shape(), orders.parse("latency 600"))
    assert orders.reshaped(slow, orders.parse("rate 4096")) == Shape(0.6, 4096)


@pytest.mark.parametrize("line", ["", "explode", "latency", "latency fast", "cut now", "rate 1 2"])
def test_what_is_no_order_is_refused_with_what_may_be_written(line: str) -> None:
    with pytest.raises(ValueError, match=r"write one of: up \| cut"):
        orders.parse(line)


def test_orders_change_the_link_and_tell_how_it_is(server: _UpperServer, capsys: pytest.CaptureFixture[str]) -> None:
    with Link.start(ports.LOOPBACK, server.port) as link:
        for line in ("black-hole", "latency 20", "up"):
            obey(link, orders.parse(line))
        assert (link.mode, link.shape) == (Mode.UP, Shape(0.02))
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["black-hole", "black-hole", "up"]


def test_a_client_that_gave_up_in_a_black_hole_was_never_there(server: _UpperServer) -> None:
    with Link.start(ports.LOOPBACK, server.port) as link:
        link.black_hole()
        with _dial(link) as impatient:
            impatient.sendall(b"too early\n")
            wait_until(lambda: link.connections == 1, "the link to have it", PATIENCE_S)
        wait_until(lambda: link.connections == 0, "the link to see that it gave up", PATIENCE_S)
        with _dial(link) as patient:
            patient.sendall(b"early\n")
            link.restore()
            assert patient.makefile("rb").readline() == b"EARLY\n"
            assert _ask(patient, b"later\n") == b"LATER\n"
    assert server.lines == [b"early\n", b"later\n"]


def test_the_way_to_the_target_may_be_tls_verified_for_its_host(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "test authority")
    context = _server_context(authority)
    trusting = ssl.create_default_context(cafile=str(authority.certificate))
    with (
        _UpperServer(context) as server,
        Link.start("localhost", server.port, tls=trusting) as link,
        _dial(link) as connection,
    ):
        assert _ask(connection, b"plain here\n") == b"PLAIN HERE\n"
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_a_target_whose_certificate_is_not_trusted_gets_nothing(tmp_path: Path) -> None:
    with (
        _UpperServer(_server_context(Authority(tmp_path, "unknown authority"))) as server,
        Link.start("localhost", server.port, tls=ssl.create_default_context()) as link,
        pytest.raises(ConnectionResetError),
        _dial(link) as connection,
    ):
        _ask(connection, b"secret\n")
    assert server.lines == []


def _server_context(authority: Authority) -> ssl.SSLContext:
    pair = authority.server("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    return context
