"""HTTP/1.1 over a stream: requests in, answers out (RFC 9112). Knows what clients of the KubeAPI send, and no more."""

from __future__ import annotations

import asyncio
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

from pinnace_sim.cluster.serving import messages
from pinnace_sim.cluster.serving.messages import Answer, Request

# kube-apiserver's own limit of a request body is 3 MiB.
BODY_MOST = 3 * 1024 * 1024
HEADS_MOST = 64 * 1024
LAST_CHUNK = b"0\r\n\r\n"


class Malformed(Exception):  # noqa: N818 - named as what happened
    """What came is no request that can be answered; the connection has to end."""


async def read(stream: asyncio.StreamReader) -> Request | None:
    """The next request; None when the client has ended. Raises Malformed."""
    try:
        head = await stream.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as exc:
        raise Malformed("the headers are too long") from exc
    method, target, headers = _head(head)
    body = await _body(stream, headers)
    parts = urlsplit(target)
    return Request(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


def whole(answer: Answer, now: datetime) -> bytes:
    """An answer with its length."""
    more = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    length = f"Content-Length: {len(answer.body)}\r\n"
    return _begin(answer.status, answer.content_type, now) + f"{length}{more}\r\n".encode() + answer.body


def chunked(now: datetime) -> bytes:
    """The head of an answer whose end is not known."""
    return _begin(200, messages.JSON, now) + b"Transfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _begin(status: int, content_type: str, now: datetime) -> bytes:
    date = format_datetime(now, usegmt=True)
    return f"HTTP/1.1 {status} {messages.phrase(status)}\r\nDate: {date}\r\nContent-Type: {content_type}\r\n".encode()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Malformed(f"no request: {first[:80]}")
    pairs = (line.partition(":") for line in rest if line)
    return words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(stream: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(stream)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_MOST:
        raise Malformed(f"a body of {length} bytes")
    return await stream.readexactly(int(length))


async def _chunks(stream: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        line = await stream.readline()
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError as exc:
            raise Malformed("no length of a chunk") from exc
        if len(body) + size > BODY_MOST:
            raise Malformed("the body is too long")
        body += await stream.readexactly(size)
        await stream.readline()
        if not size:
            return body
