"""A request and an answer, as values. Header names are lower case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.watching import Watch

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Any:
        """Raises Refused (400, 415). The server reads JSON only, also where YAML is allowed, which contains it."""
        if not self.content_type.endswith(("json", "yaml")):
            raise errors.unsupported_body()
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise errors.bad_request(f"the object provided is unrecognized: json parse error: {exc}") from exc

    @property
    def agent(self) -> str:
        """The field manager of a client that names none."""
        return self.headers.get("user-agent", "").partition("/")[0] or "unknown"

    @property
    def token(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", JSON).partition(";")[0].strip()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A watch that goes on for at most `timeout_s`."""

    watch: Watch
    timeout_s: float
    headers: tuple[tuple[str, str], ...] = field(default=())


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase
