"""One HTTP request to the KubeAPI: bytes out, status and bytes in. Knows no kinds and judges no status but 401.

Raises Unavailable when nobody answers: connection refused or lost, timeout, TLS that cannot be verified. Thread-safe.
"""

import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from pinnace_edge.adapters.kube import config
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.ports import Clock
from pinnace_schemas.errors import Unavailable

JSON = "application/json"
UNAUTHORIZED = 401
# Credentials are read again at most this often: a revoked token must not turn each request into two.
RENEW_EVERY_S = 30.0

log = logging.getLogger(__name__)

# What YAML does not print (1.2, production 1) or takes for the end of a line (1.1: 85, 2028, 2029).
_NOT_RAW = re.compile("[\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff]")


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `path` begins with '/'; `body` is JSON of the `content_type`."""

    method: str
    path: str
    query: Mapping[str, str | int] | None = None
    body: Any = None
    content_type: str = JSON
    accept: str = JSON
    etag: str = ""

    def target(self, root: str) -> str:
        return f"{root}{self.path}?{urlencode(self.query)}" if self.query else f"{root}{self.path}"

    def headers(self) -> dict[str, str]:
        headers = {"Accept": self.accept, "User-Agent": "pinnace-edge"}
        if self.body is not None:
            headers["Content-Type"] = self.content_type
        if self.etag:
            headers["If-None-Match"] = self.etag
        return headers


def read(data: bytes) -> Any:
    """A value of JSON. Raises ValueError, also for what is nested beyond Python's limit: a custom resource may be, and
    must not end the daemon, which would come upon it again after each restart."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with any status. `headers` ignore case."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Raises Unavailable if it is not a JSON object: then something else than a KubeAPI answers."""
        try:
            value = read(self.data)
        except ValueError as exc:
            raise Unavailable(f"the KubeAPI answered {self.status} with something that is not JSON: {exc}") from exc
        if not isinstance(value, dict):
            raise Unavailable(f"the KubeAPI answered {self.status} with JSON that is not an object")
        return value

    def item(self) -> dict[str, Any]:
        """An object or a list of Kubernetes. Raises Unavailable if it has no metadata: a proxy or a portal answers."""
        value = self.json()
        if not isinstance(value.get("metadata"), dict):
            raise Unavailable(f"the KubeAPI answered {self.status} with JSON that is no object of Kubernetes")
        return value


class Client:
    """Connections are kept, one pool for requests and one for watches, which hold theirs for minutes."""

    def __init__(self, settings: KubeSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._access: config.Access | None = None
        self._pools: tuple[urllib3.HTTPConnectionPool, urllib3.HTTPConnectionPool] | None = None
        self._renewed_at: float | None = None

    def ask(self, call: Call) -> Answer:
        """Any HTTP status is an answer. After a 401 the credentials are read again and the request is repeated once."""
        answer = self._ask(call)
        if answer.status == UNAUTHORIZED and self._renew():
            answer = self._ask(call)
        return answer

    def stream(self, call: Call) -> urllib3.BaseHTTPResponse:
        """An answer whose body is read by the caller, who must close it. Raises Unavailable."""
        return self._request(call, is_stream=True)

    def renew(self) -> None:
        """The credentials were refused: read them again at the next request, if that was not done just now."""
        self._renew()

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _ask(self, call: Call) -> Answer:
        response = self._request(call, is_stream=False)
        return Answer(response.status, response.headers, response.data)

    def _request(self, call: Call, *, is_stream: bool) -> urllib3.BaseHTTPResponse:
        access, pool = self._connection(is_stream)
        body = None if call.body is None else _written(call.body)
        try:
            return pool.urlopen(
                call.method,
                call.target(access.root),
                body=body,
                headers=call.headers() | access.headers(),
                preload_content=not is_stream,
                redirect=False,
            )
        except (HTTPError, OSError) as exc:
            raise Unavailable(f"the KubeAPI {access.url} does not answer: {_cause(exc)}") from exc

    def _connection(self, is_stream: bool) -> tuple[config.Access, urllib3.HTTPConnectionPool]:
        with self._lock:
            if self._access is None or self._pools is None:
                self._access = config.load(self._settings)
                self._pools = self._make_pools(self._access)
            return self._access, self._pools[is_stream]

    def _make_pools(self, access: config.Access) -> tuple[urllib3.HTTPConnectionPool, urllib3.HTTPConnectionPool]:
        connect = self._settings.connect_timeout_s
        requests = urllib3.Timeout(connect=connect, read=self._settings.read_timeout_s)
        watches = urllib3.Timeout(connect=connect, read=self._settings.watch_silence_s)
        return access.pool(self._settings.parallel_requests, requests), access.pool(1, watches)

    def _renew(self) -> bool:
        with self._lock:
            now = self._clock.monotonic()
            if self._renewed_at is not None and now - self._renewed_at < RENEW_EVERY_S:
                return False
            self._renewed_at = now
            self._forget()
            log.info("the KubeAPI refused our credentials; reading them again")
            return True

    def _forget(self) -> None:
        """A request that is under way ends on its own connection; those that wait are closed with their pool."""
        self._access = self._pools = None


def _written(body: Any) -> bytes:
    """JSON that is YAML too, as which the KubeAPI reads an apply: YAML takes no surrogate pairs, by which JSON escapes
    what lies beyond U+FFFF, and not every other character raw."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return _NOT_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def _cause(exc: Exception) -> str:
    inner = getattr(exc, "reason", None)
    return str(inner if isinstance(inner, Exception) else exc)
