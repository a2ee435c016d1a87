"""The address of a controller: what can be one, and what is said where nothing answers there."""

import ssl
from ipaddress import ip_address

import httpx

from pinnace_schemas import errors
from pinnace_schemas.errors import Misconfigured, Unavailable
from pinnace_schemas.reasons import Reason

_MAX_PORT = 65535
_EXAMPLE = "an address looks like https://controller.example.org:8462"
_CHECK = "check that the controller runs, and --server or PINNACE_SERVER"


def parse(text: str) -> httpx.URL:
    """Scheme, host, and perhaps a port and a path. Raises Misconfigured.

    A user in it would be sent in the place of the token, and a query with every request.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as exc:
        raise _wrong(text, f"not an address: {exc}; {_EXAMPLE}") from exc
    if url.userinfo or url.query or url.fragment:
        raise _wrong(url.host, "an address has no user, password, query or fragment; a token goes by --token-file")
    if url.scheme not in ("http", "https") or not url.host or any(sign.isspace() for sign in text):
        raise _wrong(text, _EXAMPLE)
    if url.port is not None and url.port > _MAX_PORT:
        raise _wrong(text, f"a port is at most {_MAX_PORT}")
    return url


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def silence(server: httpx.URL, error: httpx.TransportError) -> Unavailable:
    """Why nothing answers, and what to do about it."""
    cause = _cause(error)
    detail, action = errors.plain(cause), _CHECK
    if isinstance(cause, ssl.SSLCertVerificationError):
        action = "name the authority of its certificate with --ca-file, and the host as the certificate does"
    elif isinstance(cause, ssl.SSLError):
        action = "does it speak TLS? Without TLS its address begins with http://"
    elif isinstance(error, httpx.RemoteProtocolError) and server.scheme == "http":
        action = f"{_CHECK}; with TLS its address begins with https://"
    return Unavailable(f"no answer from {server}: {detail}; {action}")


def _cause(error: BaseException) -> Exception:
    """The innermost, which is the system's or that of TLS."""
    found = error
    while (inner := found.__cause__ or found.__context__) is not None:
        found = inner
    return found if isinstance(found, Exception) else Exception(str(error))


def _wrong(text: str, message: str) -> Misconfigured:
    return Misconfigured(Reason.INVALID, message, text or "''")
