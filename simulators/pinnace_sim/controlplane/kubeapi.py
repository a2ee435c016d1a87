"""Asks a KubeAPI, one HTTP request at a time, as the administrator. Small on purpose: it only gets a cluster ready."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pinnace_sim.provision.certificates import Pair
from pinnace_sim.provision.ports import LOOPBACK

TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Answer:
    """A status code and the body: JSON where it is JSON, else `{"text": ...}`."""

    status: int
    body: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300


class KubeApi:
    """The administrator's way to one KubeAPI on this machine."""

    def __init__(self, port: int, authority: Path, client: Pair) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=str(authority))
        self._context.load_cert_chain(client.certificate, client.key)

    def get(self, path: str) -> Answer:
        """GET. Status 0 means that nobody answered."""
        return self._request("GET", path, None)

    def create(self, path: str, body: dict[str, Any]) -> Answer:
        """POST of a new object. Status 0 means that nobody answered."""
        return self._request("POST", path, body)

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Answer:
        connection = http.client.HTTPSConnection(LOOPBACK, self._port, timeout=TIMEOUT_S, context=self._context)
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path, content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return Answer(response.status, _decoded(response.read()))
        except (OSError, http.client.HTTPException) as failure:
            return Answer(0, {"text": str(failure)})
        finally:
            connection.close()


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"text": content.decode(errors="replace")}
