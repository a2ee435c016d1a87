"""The HTTP server on the controller's own event loop.

The address is bound and the certificate read before anything else starts, so that what is wrong with them is refused
with its name. Signals belong to who runs the loop, and logging to who configured it.
"""

import errno
import logging
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from pinnace_schemas import errors
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.reasons import Reason

# Answers take milliseconds; who has not got one by then asks again.
_GRACE_S = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listen:
    """Port 0 takes a free one. Without a certificate it is plain HTTP; see `listening.check_listen`."""

    host: str
    port: int
    cert: Path | None = None
    key: Path | None = None


class Server(uvicorn.Server):
    """Serves until `should_exit`, on a socket that is bound already."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.config.is_ssl else 'http'}://{shown}:{port}"

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        _log.info("listening on %s", self.url)
        await super().serve(sockets or [self._listener])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes none."""
        yield


def make(app: ASGIApp, listen: Listen) -> Server:
    """Raises Rejected for an address that cannot be bound and a certificate that cannot be used."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=listen.cert,
        ssl_keyfile=listen.key,
        timeout_graceful_shutdown=_GRACE_S,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as exc:
        where = f"{listen.cert}, {listen.key}"
        message = f"cannot be used as certificate and key: {errors.plain(exc)}; check tls_cert and tls_key"
        raise Misconfigured(Reason.INVALID, message, where) from exc
    return Server(config, _bind(listen))


def _bind(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        return socket.create_server((listen.host.strip("[]"), listen.port), family=family)
    except OSError as exc:
        raise _refusal(exc, f"{listen.host}:{listen.port}") from exc


def _refusal(exc: OSError, where: str) -> Rejected:
    if exc.errno == errno.EADDRINUSE:
        message = "something listens here already; stop it, or set another listen_port"
        return Rejected(Reason.IN_USE, message, where)
    said = os.strerror(exc.errno) if isinstance(exc.errno, int) and exc.errno > 0 else errors.plain(exc)
    return Misconfigured(Reason.INVALID, f"cannot listen here: {said}; check listen_host and listen_port", where)
