"""Whom the daemon takes for its KubeAPI: whoever the site's authority has signed for this name, whatever the date."""

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.kube.client import Call, Client
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_schemas.errors import Unavailable
from pinnace_sim.provision import certificates
from pinnace_sim.provision.certificates import Authority, Pair


class Handler(BaseHTTPRequestHandler):
    """Answers everything with an empty object."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Tests print nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses our certificate is what some tests want."""


@contextmanager
def serving(pair: Pair) -> Iterator[str]:
    http = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://127.0.0.1:{http.server_address[1]}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def noting_first_record(pair: Pair) -> Iterator[tuple[str, list[bytes]]]:
    """A server for one request, and what the first TLS record of it held."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    records: list[bytes] = []

    def serve() -> None:
        link, _ = listener.accept()
        with context.wrap_socket(link, server_side=True) as tls:
            records.append(tls.recv(65536))
            tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", records
        thread.join()


VERSION = Call("GET", "/version")


def ask(folder: Path, server: str, authority: Path, call: Call = VERSION) -> int:
    cluster = {"server": server, "certificate-authority": str(authority)}
    content = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(content))
    client = Client(KubeSettings(str(path)), SystemClock())
    try:
        return client.ask(call).status
    finally:
        client.close()


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[str], Authority]:
    def make(name: str) -> Authority:
        (tmp_path / name).mkdir()
        return Authority(tmp_path / name, name)

    return make


def test_expired_certificate_of_the_sites_authority_is_accepted(
    tmp_path: Path, authority: Callable[[str], Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a boot in 1970, or where nobody has restarted k3s for a year."""
    monkeypatch.setattr(certificates, "LIFETIME", -datetime.timedelta(minutes=30))
    own = authority("own")
    with serving(own.server("server")) as server:
        assert ask(tmp_path, server, own.certificate) == 200


def test_certificate_of_another_authority_is_refused(tmp_path: Path, authority: Callable[[str], Authority]) -> None:
    own, other = authority("own"), authority("other")
    with serving(other.server("server")) as server, pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        ask(tmp_path, server, own.certificate)


def test_certificate_for_another_name_is_refused(tmp_path: Path, authority: Callable[[str], Authority]) -> None:
    own = authority("own")
    pair = own.server("server", ["192.0.2.7"])
    with serving(pair) as server, pytest.raises(Unavailable, match="IP address mismatch"):
        ask(tmp_path, server, own.certificate)


def test_head_and_body_of_a_request_leave_together(tmp_path: Path, authority: Callable[[str], Authority]) -> None:
    """Else the KubeAPI is woken twice for each object that is applied."""
    own = authority("own")
    with noting_first_record(own.server("server")) as (server, records):
        patch = Call("PATCH", "/api/v1/namespaces/default/configmaps/texts", body={"data": {"greeting": "hello"}})
        assert ask(tmp_path, server, own.certificate, patch) == 200
    assert records[0].startswith(b"PATCH ")
    assert records[0].endswith(b'{"data":{"greeting":"hello"}}')
