"""An https server on loopback with a certificate of its own, whose files a test changes while it runs."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pinnace_sim.provision.certificates import Authority


@dataclass
class Files:
    """What is served, by path; `redirects` answer with another address. `asked` are the paths of all requests.

    With a `password` (as HTTP's Basic scheme sends it) nothing else is answered; `passwords` are those that came.
    """

    address: str
    ca: Path
    content: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    password: str = ""
    passwords: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[Files]:
    """Until the block ends; `folder` gets the keys."""
    authority = Authority(folder, "charts")
    pair = authority.server("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    server = _Server(context)
    server.files = files = Files(f"https://127.0.0.1:{server.server_address[1]}", authority.certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """`files` is what its handlers look at."""

    files: Files

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._context = context

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        """A client that does not know the certificate hangs up; raises OSError then, which the server passes over."""
        plain, address = self.socket.accept()
        try:
            return self._context.wrap_socket(plain, server_side=True), address
        except OSError:
            plain.close()
            raise


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        files = self.server.files
        path = self.path.lstrip("/")
        files.asked.append(path)
        files.passwords.append(self.headers.get("Authorization", "").removeprefix("Basic "))
        data, target = files.content.get(path), files.redirects.get(path)
        if files.password and files.passwords[-1] != files.password:
            data, target = b"", ""
            self.send_response(401)
        else:
            self.send_response(302 if target else 404 if data is None else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: Any) -> None:
        """Nothing."""
