"""Fetches one file over https: nothing in the clear, also after a redirect; bounded in size and time."""

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from pinnace_schemas.errors import Rejected, Unavailable
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


def fetch(address: str, max_bytes: int, ca_file: Path | None = None) -> bytes:
    """Raises Rejected for an address that does not give it, or gives more; Unavailable where trying again may help."""
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _OnlyHttps)
    try:
        with opener.open(address, timeout=_SOCKET_TIMEOUT_S) as answer:
            return _body(answer, max_bytes, address)
    except urllib.error.HTTPError as exc:
        exc.close()
        raise _refusal(exc.code, address) from exc
    except urllib.error.URLError as exc:
        if isinstance(exc.reason, ssl.SSLError):
            raise Rejected(Reason.INVALID, f"its certificate is not trusted: {exc.reason}", address) from exc
        raise Unavailable(f"{address} does not answer: {exc.reason}") from exc
    except OSError as exc:
        raise Unavailable(f"{address} does not answer: {exc}") from exc


def _body(answer: Any, max_bytes: int, address: str) -> bytes:
    deadline = time.monotonic() + _TOTAL_S
    data = bytearray()
    while chunk := answer.read(_CHUNK_BYTES):
        data += chunk
        if len(data) > max_bytes:
            raise Rejected(Reason.TOO_LARGE, f"exceeds {max_bytes} bytes", address)
        if time.monotonic() > deadline:
            raise Unavailable(f"{address} takes longer than {_TOTAL_S:g} seconds")
    return bytes(data)


def _refusal(status: int, address: str) -> Rejected | Unavailable:
    if status in _GONE:
        return Rejected(Reason.NOT_FOUND, "is not there", address)
    if status in _ASKS_WHO:
        return Rejected(Reason.UNAUTHENTICATED, "asks for a password, which is not supported", address)
    return Unavailable(f"{address} answered {status}")
