"""The link does to real sockets what it says."""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pinnace_sim.link import Link, Mode, Shape
from pinnace_sim.link.__main__ import main
from pinnace_sim.provision import ports

PATIENCE_S = 10.0
SILENCE_S = 0.15  # long enough for loopback, which needs microseconds


class _Echo(socketserver.BaseRequestHandler):
    """Sends back what it gets; keeps what it got."""

    def handle(self) -> None:
        assert isinstance(self.server, _EchoServer)
        self.request.settimeout(PATIENCE_S)
        try:
            while data := self.request.recv(65536):
                self.server.received += data
                self.request.sendall(data)
        except OSError:
            return


class _EchoServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    received = b""


@pytest.fixture
def echo() -> Iterator[_EchoServer]:
    with _EchoServer((ports.LOOPBACK, 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def link(echo: _EchoServer) -> Iterator[Link]:
    with Link.start(*_address(echo)) as link:
        yield link


def _address(server: _EchoServer) -> tuple[str, int]:
    host, port = server.server_address[:2]
    return str(host), int(port)


def _dial(link: Link) -> socket.socket:
    return socket.create_connection((link.host, link.port), PATIENCE_S)


def _exchange(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(data)
    return _receive(connection, len(data))


def _receive(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = connection.recv(size - len(got))
        assert part, "the connection ended early"
        got += part
    return got


def _until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_bytes_pass_both_ways_complete_and_counted(link: Link) -> None:
    data = os.urandom(300_000)
    with _dial(link) as connection:
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        assert _receive(connection, len(data)) == data
        sender.join()
        assert link.connections == 1
    _until(lambda: link.connections == 0)
    assert (link.counts.accepted, link.counts.bytes_to_target, link.counts.bytes_to_client) == (1, 300_000, 300_000)


def test_a_cut_resets_connections_and_refuses_new_ones_until_restored(link: Link) -> None:
    with _dial(link) as connection:
        assert _exchange(connection, b"before") == b"before"
        link.cut()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert link.mode is Mode.CUT
    with pytest.raises(ConnectionRefusedError):
        _dial(link)
    link.restore()
    with _dial(link) as connection:
        assert _exchange(connection, b"after") == b"after"


def test_a_black_hole_forwards_nothing_and_gives_up_what_it_holds_when_restored(link: Link) -> None:
    with _dial(link) as old:
        assert _exchange(old, b"1") == b"1"
        link.black_hole()
        with _dial(link) as new:
            for connection in (old, new):
                connection.sendall(b"2")
                connection.settimeout(SILENCE_S)
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                connection.settimeout(PATIENCE_S)
            assert link.counts.bytes_to_target == 1
            link.restore()
            assert (old.recv(1), new.recv(1)) == (b"2", b"2")


def test_half_closed_the_client_sees_the_end_and_may_still_send(echo: _EchoServer, link: Link) -> None:
    with _dial(link) as connection:
        assert _exchange(connection, b"1") == b"1"
        link.half_close()
        assert connection.recv(1) == b""
        connection.sendall(b"2")
        _until(lambda: echo.received == b"12")


def test_a_reset_breaks_what_is_there_and_takes_new_connections(link: Link) -> None:
    with _dial(link) as connection:
        assert _exchange(connection, b"1") == b"1"
        link.reset()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    with _dial(link) as connection:
        assert _exchange(connection, b"2") == b"2"


def test_latency_delays_each_way(echo: _EchoServer) -> None:
    with Link.start(*_address(echo), shape=Shape(latency_s=0.1)) as link, _dial(link) as connection:
        begin = time.monotonic()
        assert _exchange(connection, b"ping") == b"ping"
        assert time.monotonic() - begin >= 0.2
        link.reshape(Shape())
        assert _exchange(connection, b"pong") == b"pong"


def test_a_rate_bounds_bytes_per_second_each_way(echo: _EchoServer) -> None:
    with Link.start(*_address(echo), shape=Shape(rate=20_000)) as link, _dial(link) as connection:
        begin = time.monotonic()
        assert _exchange(connection, bytes(10_000)) == bytes(10_000)
        assert time.monotonic() - begin >= 0.5


def test_a_client_that_finishes_still_gets_the_answer(link: Link) -> None:
    with _dial(link) as connection:
        connection.sendall(b"last words")
        connection.shutdown(socket.SHUT_WR)
        assert _receive(connection, 10) == b"last words"
        assert connection.recv(1) == b""


def test_without_a_target_the_client_is_reset() -> None:
    with (
        Link.start(ports.LOOPBACK, ports.free_port()) as link,
        pytest.raises(ConnectionResetError),  # in the moment of connecting, or after it
        _dial(link) as connection,
    ):
        connection.recv(1)


def test_stopping_twice_is_harmless_and_frees_the_port(echo: _EchoServer) -> None:
    link = Link.start(*_address(echo))
    link.stop()
    link.stop()
    assert ports.is_free(link.port)


def test_a_taken_port_is_an_error(echo: _EchoServer, link: Link) -> None:
    with pytest.raises(OSError):
        Link.start(*_address(echo), port=link.port)


def test_negative_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Shape(latency_s=-1)


def test_the_command_cuts_and_restores_by_signal(echo: _EchoServer) -> None:
    host, port = _address(echo)
    listen = ports.free_port()
    command = [sys.executable, "-m", "pinnace_sim.link", "--listen", str(listen), "--to", f"{host}:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert f":{listen} -> {host}:{port}" in program.stdout.readline()
        for number, says in ((signal.SIGUSR1, "cut"), (signal.SIGUSR2, "up")):
            program.send_signal(number)
            assert program.stdout.readline().startswith(says)
        with socket.create_connection((host, listen), PATIENCE_S) as connection:
            assert _exchange(connection, b"through") == b"through"
        program.terminate()
        assert program.wait(PATIENCE_S) == 0


def test_the_command_refuses_a_target_without_a_port(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--to", "somewhere"])
    assert "'somewhere' is no HOST:PORT" in capsys.readouterr().err
