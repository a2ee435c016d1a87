"""Which kinds the KubeAPI serves, under which path, in which scope, with which verbs.

Asked once in aggregated form (two requests, 60 KB, kept as a small table) and again when an unknown kind turns up.
Thread-safe.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pinnace_edge.adapters.kube import problems
from pinnace_edge.adapters.kube.client import Answer, Call, Client
from pinnace_edge.model import Kind
from pinnace_edge.ports import Clock
from pinnace_schemas.errors import Unavailable

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the KubeAPI serves it. `root` is such as '/apis/apps/v1', `plural` such as 'deployments'."""

    root: str
    plural: str
    is_namespaced: bool
    verbs: frozenset[str]

    def path(self, namespace: str = "", name: str = "") -> str:
        """Of one object, or of all in a namespace, or of all ('' for both)."""
        place = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
        last = f"/{quote(name, safe='')}" if name else ""
        return f"{self.root}{place}/{self.plural}{last}"


@dataclass(slots=True)
class _Part:
    """What one of the two roots ('/api', '/apis') said, and which versions of groups did not answer behind it."""

    etag: str = ""
    resources: Mapping[Kind, Resource] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


class GroupAway(Unavailable):
    """Only the server of one group of kinds is away; the KubeAPI itself answers."""


class Discovery:
    """The table of kinds."""

    def __init__(self, client: Client, clock: Clock, rediscovery_s: float) -> None:
        self._client = client
        self._clock = clock
        self._rediscovery_s = rediscovery_s
        self._lock = threading.Lock()
        self._parts = {"/api": _Part(), "/apis": _Part()}
        self._asked_at: float | None = None

    def find(self, kind: Kind) -> Resource | None:
        """None: not served, also after asking again. Raises GroupAway, or Unavailable."""
        with self._lock:
            found = self._known(kind)
            if found is None and self._may_ask():
                self._ask()
                found = self._known(kind)
            if found is None and any(kind.api_version in part.silent for part in self._parts.values()):
                raise GroupAway(f"the server of {kind.api_version} behind the KubeAPI does not answer")
            return found

    def listable(self) -> tuple[Kind, ...]:
        """Every kind that can be listed, each group's kind once, in the version that the KubeAPI prefers."""
        with self._lock:
            if self._may_ask():
                self._ask()
            first: dict[tuple[str, str], Kind] = {}
            for part in self._parts.values():
                for kind, resource in part.resources.items():
                    if "list" in resource.verbs:
                        first.setdefault((kind.api_version.rpartition("/")[0], resource.plural), kind)
            return tuple(first.values())

    def expire(self) -> None:
        """The kinds have just changed: ask again for the next unknown one, however soon."""
        with self._lock:
            self._asked_at = None

    def forget(self, kind: Kind) -> None:
        """It is no longer served where the table says: its CRD was removed."""
        with self._lock:
            for part in self._parts.values():
                if kind in part.resources:
                    part.resources = {known: where for known, where in part.resources.items() if known != kind}
                    part.etag = ""

    def _known(self, kind: Kind) -> Resource | None:
        found = (part.resources.get(kind) for part in self._parts.values())
        return next((resource for resource in found if resource), None)

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock.monotonic() - self._asked_at >= self._rediscovery_s

    def _ask(self) -> None:
        for root, part in self._parts.items():
            answer = self._client.ask(Call("GET", root, accept=AGGREGATED, etag=part.etag))
            if answer.status != NOT_MODIFIED:
                self._parts[root] = _read(root, answer)
        self._asked_at = self._clock.monotonic()


def _read(root: str, answer: Answer) -> _Part:
    if not answer.is_ok:
        raise problems.away(answer)
    document = answer.json()
    if document.get("kind") != "APIGroupDiscoveryList":
        raise Unavailable("the KubeAPI has no aggregated discovery; Pinnace needs Kubernetes 1.30 or newer")
    resources: dict[Kind, Resource] = {}
    silent: set[str] = set()
    for api_version, version in _versions(document):
        if version.get("freshness") == "Stale":
            silent.add(api_version)
        resources |= _resources(f"{root}/{api_version}", api_version, version)
    return _Part(answer.headers.get("ETag", ""), resources, frozenset(silent))


def _versions(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for group in document.get("items") or ():
        name = group["metadata"].get("name", "")
        for version in group.get("versions") or ():
            yield (f"{name}/{version['version']}" if name else version["version"]), version


def _resources(root: str, api_version: str, version: Mapping[str, Any]) -> dict[Kind, Resource]:
    """Of one version of one group. The first resource of a kind wins; its others, such as scale, are subresources."""
    found: dict[Kind, Resource] = {}
    for each in version.get("resources") or ():
        kind = Kind(api_version, each["responseKind"]["kind"])
        resource = Resource(root, each["resource"], each["scope"] == "Namespaced", frozenset(each.get("verbs") or ()))
        found.setdefault(kind, resource)
    return found
