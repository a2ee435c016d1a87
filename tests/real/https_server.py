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
    """What is served, by path; `redirects` answer with another address. `asked` are the paths of all requests."""

    address: str
    ca: Path
    content: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[Files]:
    """Until the block ends; `folder` gets the keys."""
    authority = Authority(folder, "charts")
    pair = authority.server("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    files = Files(f"https://127.0.0.1:{server.server_address[1]}", authority.certificate)
    server.files = files  # type: ignore[attr-defined] # what its handlers look at
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        files: Any = self.server.files  # type: ignore[attr-defined] # see `serving`
        path = self.path.lstrip("/")
        files.asked.append(path)
        data, target = files.content.get(path), files.redirects.get(path)
        self.send_response(302 if target else 404 if data is None else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_: Any) -> None:
        """Nothing."""
