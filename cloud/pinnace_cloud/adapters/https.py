"""Fetches one file over https: nothing in the clear, also after a redirect; bounded in size and time."""

import http.client
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from pinnace_cloud.adapters.credentials import ADVICE, Login
from pinnace_schemas.errors import Misconfigured, Rejected, Unavailable
from pinnace_schemas.reasons import Reason

_SOCKET_TIMEOUT_S = 20.0
_TOTAL_S = 120.0
_CHUNK_BYTES = 64 * 1024
_GONE = frozenset({404, 410})
_ASKS_WHO = frozenset({401, 403})


class _OnlyHttps(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request: Any, fp: Any, code: int, message: str, headers: Any, new: str) -> Any:
        if not new.startswith("https://"):
            fp.close()
            raise Rejected(Reason.INVALID, f"leads to {new}, which is not https", request.full_url)
        return super().redirect_request(request, fp, code, message, headers, new)


def check_authorities(file: Path) -> None:
    """Raises Misconfigured(INVALID) for a file that holds no certificates of authorities."""
    try:
        ssl.create_default_context(cafile=str(file))
    except OSError as exc:
        message = f"cannot be read as certificates of authorities (PEM): {exc.strerror or exc}"
        raise Misconfigured(Reason.INVALID, message, str(file)) from exc


def fetch(
    address: str,
    max_bytes: int,
    ca_file: Path | None = None,
    login: Login | None = None,
    total_s: float = _TOTAL_S,
) -> bytes:
    """Raises Rejected for an address that does not give it, or gives more; Unavailable where trying again may help.

    Args:
        login: who asks; said to this address only, not to where it leads.
        total_s: for everything together, however slowly it comes.
    """
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    context.sslsocket_class = _bounded(time.monotonic() + total_s)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _OnlyHttps)
    try:
        with opener.open(_request(address, login), timeout=_SOCKET_TIMEOUT_S) as answer:
            return _body(answer, max_bytes, address)
    except urllib.error.HTTPError as exc:
        exc.close()
        raise _refusal(exc.code, address) from exc
    except urllib.error.URLError as exc:
        if isinstance(exc.reason, ssl.SSLError):
            raise Rejected(Reason.INVALID, f"its certificate is not trusted: {exc.reason}", address) from exc
        raise Unavailable(f"{address} does not answer: {exc.reason}") from exc
    except (ValueError, http.client.InvalidURL) as exc:
        raise Rejected(Reason.INVALID, f"is no address, or leads to none: {exc}", address) from exc
    except (OSError, http.client.HTTPException) as exc:
        raise Unavailable(f"{address} does not answer as it should: {exc!r}") from exc


def _request(address: str, login: Login | None) -> urllib.request.Request:
    request = urllib.request.Request(address)
    if login is not None:
        request.add_unredirected_header("Authorization", f"Basic {login.basic}")
    return request


def _bounded(deadline: float) -> type[ssl.SSLSocket]:
    """Sockets that wait for nothing beyond the deadline: a server may send a byte at a time for ever."""

    class Bounded(ssl.SSLSocket):
        def recv_into(self, *arguments: Any, **named: Any) -> int:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("takes too long")
            self.settimeout(min(left, _SOCKET_TIMEOUT_S))
            return super().recv_into(*arguments, **named)

    return Bounded


def _body(answer: Any, max_bytes: int, address: str) -> bytes:
    data = bytearray()
    while chunk := answer.read1(_CHUNK_BYTES):
        data += chunk
        if len(data) > max_bytes:
            raise Rejected(Reason.TOO_LARGE, f"exceeds {max_bytes} bytes", address)
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) != len(data):
        raise Unavailable(f"{address} ended after {len(data)} of {announced} bytes")
    return bytes(data)


def _refusal(status: int, address: str) -> Rejected | Unavailable:
    if status in _GONE:
        return Rejected(Reason.NOT_FOUND, "is not there", address)
    if status in _ASKS_WHO:
        return Rejected(Reason.UNAUTHENTICATED, f"asks for a password, or for another one; {ADVICE}", address)
    return Unavailable(f"{address} answered {status}")
