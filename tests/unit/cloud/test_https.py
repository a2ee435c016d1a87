"""Fetching a file: only over https, from a server that is known, and no more than is allowed."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.real import https_server
from tests.real.https_server import Files

from pinnace_cloud.adapters import https
from pinnace_cloud.adapters.credentials import Login
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision.certificates import Authority


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Files]:
    with https_server.serving(tmp_path) as files:
        files.content["chart.tgz"] = b"chart"
        yield files


def refusal(server: Files, path: str, max_bytes: int = 5, ca: Path | None = None) -> Rejected:
    with pytest.raises(Rejected) as error:
        https.fetch(f"{server.address}/{path}", max_bytes, ca or server.ca)
    return error.value


def test_file_is_given_as_it_is_served(server: Files) -> None:
    server.redirects["old"] = f"{server.address}/chart.tgz"
    assert https.fetch(f"{server.address}/chart.tgz", 5, server.ca) == b"chart"
    assert https.fetch(f"{server.address}/old", 5, server.ca) == b"chart"


def test_file_that_is_not_there_is_refused(server: Files) -> None:
    assert refusal(server, "none").reason is Reason.NOT_FOUND


def test_more_than_is_allowed_is_refused(server: Files) -> None:
    assert refusal(server, "chart.tgz", max_bytes=4).reason is Reason.TOO_LARGE


def test_way_that_leaves_https_is_not_gone(server: Files) -> None:
    server.redirects["old"] = server.address.replace("https", "http") + "/chart.tgz"
    assert "not https" in refusal(server, "old").message
    assert server.asked == ["old"]


def test_server_whose_certificate_nobody_knows_is_refused(server: Files) -> None:
    with pytest.raises(Rejected, match="certificate"):
        https.fetch(f"{server.address}/chart.tgz", 5)
    assert server.asked == []


def test_password_goes_to_its_address_and_to_none_that_it_leads_to(server: Files, tmp_path: Path) -> None:
    login = Login("127.0.0.1", "anna", "s@cret:1")
    server.password = login.basic
    (tmp_path / "other").mkdir()
    with https_server.serving(tmp_path / "other") as other:
        other.content["chart.tgz"] = b"chart"
        server.redirects["old"] = f"{other.address}/chart.tgz"
        both = tmp_path / "both.pem"
        both.write_bytes(server.ca.read_bytes() + other.ca.read_bytes())
        assert https.fetch(f"{server.address}/old", 5, both, login) == b"chart"
        assert (server.passwords, other.passwords) == ([login.basic], [""])


def test_server_that_asks_for_a_password_is_refused_with_where_to_write_it(server: Files) -> None:
    server.password = "b3RoZXI6cGFzcw=="
    found = refusal(server, "chart.tgz")
    assert found.reason is Reason.UNAUTHENTICATED
    assert "sources_credentials" in found.message


def test_server_that_does_not_answer_may_be_asked_later(tmp_path: Path) -> None:
    with https_server.serving(tmp_path) as files:
        address, ca = files.address, files.ca
    with pytest.raises(Unavailable, match="does not answer"):
        https.fetch(f"{address}/chart.tgz", 5, ca)


@pytest.mark.parametrize(
    "answer",
    [
        b"not http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
    ids=["no http", "cut", "broken chunks", "endless line"],
)
def test_answer_that_is_cut_or_broken_may_be_better_later(tmp_path: Path, answer: bytes) -> None:
    with saying(tmp_path, answer) as (address, ca), pytest.raises(Unavailable):
        https.fetch(address, 1000, ca)


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_server_that_sends_a_byte_at_a_time_does_not_hold_anybody(tmp_path: Path, start: bytes) -> None:
    with saying(tmp_path, start, *[b"a"] * 900) as (address, ca), pytest.raises(Unavailable):
        https.fetch(address, 1000, ca, total_s=0.3)


@pytest.mark.parametrize(
    "address",
    ["https://[::1", "https://a:b/x.tgz", "https://127.0.0.1:1/\u00e4.tgz", "https://a\x7f/x", "https://..a/x"],
)
def test_text_that_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Rejected, match="is no address"):
        https.fetch(address, 5)


@contextmanager
def saying(folder: Path, *parts: bytes) -> Iterator[tuple[str, Path]]:
    """A server that answers anybody with these bytes, one part each 20 ms; its address and the file to trust it by."""
    authority = Authority(folder, "raw")
    pair = authority.server("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    is_over = threading.Event()

    def answer() -> None:
        with suppress(OSError), listening.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as peer:
            peer.recv(4096)
            for part in parts:
                peer.sendall(part)
                if is_over.wait(0.02):
                    break

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/x", authority.certificate
        is_over.set()
        thread.join()
