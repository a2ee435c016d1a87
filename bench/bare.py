"""The floor beneath applying: nothing but the requests, with bodies made beforehand, over connections that are kept.

Uses the standard library's HTTP client and one thread for each connection; reads each answer and looks at its status.
"""

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from pinnace_schemas import codec
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.labels import FIELD_MANAGER

CONNECTIONS = 4
TIMEOUT_S = 30.0
_HEADERS = {"Content-Type": "application/apply-patch+yaml", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Request:
    """One server-side apply, ready to be sent."""

    path: str
    body: bytes


def request(item: KubeObject, plural: str) -> Request:
    """`plural` is the resource's name in the path, such as 'deployments'."""
    version, metadata = item["apiVersion"], item["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    place = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    query = f"fieldManager={FIELD_MANAGER}&force=false&fieldValidation=Strict"
    return Request(f"{root}{place}/{plural}/{metadata['name']}?{query}", codec.canonical(item))


class Connections:
    """Four connections to the KubeAPI of a kubeconfig with a client certificate. A context manager."""

    def __init__(self, kubeconfig: Path) -> None:
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        self._open = [connect(kubeconfig) for _ in range(CONNECTIONS)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        for each in self._open:
            each.close()

    def send(self, requests: Sequence[Request]) -> None:
        """All of them, each by the connection that is free first. Raises RuntimeError for an answer that is not 2xx."""
        left = iter(requests)
        list(self._pool.map(_send, self._open, [left] * CONNECTIONS))


def connect(kubeconfig: Path) -> http.client.HTTPSConnection:
    """One connection, open."""
    cluster, user = _read(kubeconfig)
    address = urlsplit(cluster["server"])
    context = _context(cluster, user)
    connection = http.client.HTTPSConnection(str(address.hostname), address.port, timeout=TIMEOUT_S, context=context)
    connection.connect()
    return connection


def _send(connection: http.client.HTTPSConnection, requests: Iterator[Request]) -> None:
    for each in requests:
        connection.request("PATCH", each.path, each.body, _HEADERS)
        answer = connection.getresponse()
        content = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{each.path}: {answer.status} {content[:300].decode(errors='replace')}")


def _read(kubeconfig: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one cluster and the one user of a kubeconfig that pinnace_sim has written, which is JSON."""
    config = json.loads(kubeconfig.read_text())
    return config["clusters"][0]["cluster"], config["users"][0]["user"]


def _context(cluster: dict[str, Any], user: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=_decoded(cluster["certificate-authority-data"]))
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
        pem.write(_decoded(user["client-certificate-data"]) + _decoded(user["client-key-data"]))
        pem.flush()
        context.load_cert_chain(pem.name)
    return context


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
