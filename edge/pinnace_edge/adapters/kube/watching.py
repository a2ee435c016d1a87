"""Watches kinds and says which application something happened to. A hint, never a state: nothing is kept of it.

One thread for each kind, reading one connection: a blocking read costs nothing while nothing happens, and a
thread costs about 60 KB besides its TLS connection, which any other way would need as well. A selector over TLS
sockets with chunked answers would save that at the price of an HTTP parser of our own.

A watch starts at the version of an empty page, is resumed at the last version seen (bookmarks move it while nothing
happens) and starts anew when that version is too old (410): then anything may have changed, so the hint names nobody.
"""

import logging
import random
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from pinnace_edge.adapters.kube import client, problems, trimming
from pinnace_edge.adapters.kube.client import Answer, Call, Client
from pinnace_edge.adapters.kube.discovery import Discovery
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.model import Kind
from pinnace_edge.ports import Clock, ClusterChanged
from pinnace_schemas import labels
from pinnace_schemas.errors import Unavailable

METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
FIRST_BACKOFF_S = 0.5
MAX_DOUBLINGS = 10
# A connection that is cut while it is read ends within milliseconds. One that waits for a silent KubeAPI cannot be cut:
# its thread ends by itself, later and without a hint.
JOIN_S = 1.0

Emit = Callable[[ClusterChanged], None]

log = logging.getLogger(__name__)


class Expired(Exception):  # noqa: N818 - named as what happened
    """The version to resume from is too old (410)."""


class Absent(Exception):  # noqa: N818
    """The kind does not exist, or we may not watch it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait after a failure."""

    backoff_s: float
    absent_s: float

    def after(self, failures: int, chance: float) -> float:
        """Full jitter: anything between nothing and the doubled time. `chance` is in [0, 1)."""
        doubled: float = FIRST_BACKOFF_S * 2 ** min(failures, MAX_DOUBLINGS)
        return chance * min(self.backoff_s, doubled)

    def for_absent(self, chance: float) -> float:
        return self.absent_s * (0.5 + chance / 2)


class Watches:
    """The set of kinds that are watched. `set` and `close` are called by the owner thread."""

    def __init__(self, client: Client, discovery: Discovery, clock: Clock, settings: KubeSettings, emit: Emit) -> None:
        self._client = client
        self._discovery = discovery
        self._clock = clock
        self._settings = settings
        self._emit = emit
        self._running: dict[Kind, _KindWatch] = {}

    def set(self, kinds: Collection[Kind]) -> None:
        """Replaces what is watched. A kind that stays goes on where it is; one that was absent is asked for again."""
        wanted = frozenset(kinds)
        self._stop([kind for kind in self._running if kind not in wanted])
        for kind in wanted:
            if kind in self._running:
                self._running[kind].look_again()
            else:
                self._running[kind] = _KindWatch(kind, self._client, self._discovery, self._settings, self._emit)
                self._running[kind].start()

    def close(self) -> None:
        """Ends all threads."""
        self._stop(list(self._running))

    def _stop(self, kinds: Collection[Kind]) -> None:
        leaving = [self._running.pop(kind) for kind in kinds]
        for watch in leaving:
            watch.stop()
        deadline = self._clock.monotonic() + JOIN_S
        for watch in leaving:
            watch.join(max(0.0, deadline - self._clock.monotonic()))


class _KindWatch(threading.Thread):
    """Watches one kind until it is stopped."""

    def __init__(self, kind: Kind, client: Client, discovery: Discovery, settings: KubeSettings, emit: Emit) -> None:
        super().__init__(name=f"watch {kind}", daemon=True)
        self._kind = kind
        self._client = client
        self._discovery = discovery
        self._settings = settings
        self._waits = Waits(settings.watch_backoff_s, settings.absent_kind_wait_s)
        self._emit = emit
        self._version = ""
        self._failures = 0
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._is_stopped = False
        self._response: urllib3.BaseHTTPResponse | None = None

    def look_again(self) -> None:
        """Do not wait any longer, if waiting."""
        self._wake.set()

    def stop(self) -> None:
        """Cut the connection; the thread ends by itself."""
        with self._lock:
            self._is_stopped = True
            _cut(self._response)
        self._wake.set()

    def run(self) -> None:
        while not self._is_stopped:
            self._wake.clear()
            wait = self._watch_once()
            if not self._is_stopped:
                self._wake.wait(wait)

    def _watch_once(self) -> float:
        """Returns how long to wait before the next time."""
        try:
            self._watch()
        except Expired:
            self._version = ""
        except Absent as why:
            log.debug("%s is not watched: %s", self._kind, why)
            return self._waits.for_absent(random.random())
        except (Unavailable, HTTPError, OSError, ValueError, KeyError, TypeError) as exc:
            # The last two: a line that is no watch event. This thread must not end by it.
            log.debug("watch of %s broke: %s", self._kind, exc)
        self._failures += 1
        return self._waits.after(self._failures - 1, random.random())

    def _watch(self) -> None:
        """From the last version until the KubeAPI ends the watch."""
        path = self._path()
        is_new = not self._version
        if is_new:
            self._version = self._current_version(path)
        response = self._client.stream(Call("GET", path, self._query(), accept=METADATA))
        try:
            if self._hold(response):
                self._check(response)
                self._failures = 0
                if is_new:
                    self._announce(ClusterChanged(None))
                for line in _lines(response):
                    self._take(client.read(line))
        finally:
            self._release(response)

    def _path(self) -> str:
        resource = self._discovery.find(self._kind)
        if resource is None or "watch" not in resource.verbs:
            raise Absent("the KubeAPI does not serve it")
        return resource.path()

    def _current_version(self, path: str) -> str:
        """The version of now, from a list of at most one object."""
        query: dict[str, str | int] = {"labelSelector": labels.APPLICATION, "limit": 1}
        answer = self._client.ask(Call("GET", path, query, accept=METADATA_LIST))
        if not answer.is_ok:
            raise self._failure(answer)
        return str(answer.item()["metadata"].get("resourceVersion", ""))

    def _query(self) -> dict[str, str | int]:
        longest = self._settings.watch_timeout_s
        return {
            "watch": "true",
            "labelSelector": labels.APPLICATION,
            "resourceVersion": self._version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": random.randint(max(1, longest // 2), max(1, longest)),
        }

    def _check(self, response: urllib3.BaseHTTPResponse) -> None:
        if response.status != 200:
            answer = Answer(response.status, response.headers, response.data)
            if response.status == problems.UNAUTHORIZED:
                self._client.renew()
            raise self._failure(answer)

    def _failure(self, answer: Answer) -> Exception:
        if answer.status == problems.GONE:
            return Expired()
        if answer.status == problems.NOT_FOUND:
            self._discovery.forget(self._kind)
        return problems.away(answer) if problems.is_temporary(answer) else Absent(problems.of(answer).message)

    def _take(self, event: Any) -> None:
        item = event["object"]
        if event["type"] == "ERROR":
            raise self._error(item)
        self._version = item["metadata"]["resourceVersion"]
        if event["type"] != "BOOKMARK":
            self._announce(ClusterChanged(trimming.app_key(item)))

    def _announce(self, change: ClusterChanged) -> None:
        if not self._is_stopped:
            self._emit(change)

    def _error(self, status: Any) -> Exception:
        if status.get("code") == problems.GONE:
            return Expired()
        return Unavailable(f"the watch of {self._kind} ended: {status.get('message')}")

    def _hold(self, response: urllib3.BaseHTTPResponse) -> bool:
        """Makes the connection known to `stop`; False if that came first."""
        with self._lock:
            self._response = response
            return not self._is_stopped

    def _release(self, response: urllib3.BaseHTTPResponse) -> None:
        with self._lock:
            self._response = None
        response.close()


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Each line as soon as it is there; the KubeAPI sends one event a line."""
    rest = b""
    for piece in response.stream(None):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest.strip():
        yield rest


def _cut(response: urllib3.BaseHTTPResponse | None) -> None:
    """Wakes a thread that reads this response."""
    if response is not None:
        try:
            response.shutdown()
        except (OSError, ValueError, RuntimeError) as exc:  # it has ended in the meantime
            log.debug("watch had ended already: %s", exc)
