"""Answers requests to one cluster as kube-apiserver does: who asks, what for, may they, and what comes of it.

Every refusal is a Status. What is not one is a bug of ours and surfaces.
"""

from __future__ import annotations

from urllib.parse import unquote

from pinnace_sim.cluster import discovery, errors, item, openapi
from pinnace_sim.cluster.access.users import Access, User
from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.serving import paths
from pinnace_sim.cluster.serving.messages import JSON, TEXT, Answer, Request, Stream
from pinnace_sim.cluster.serving.operations import Operations
from pinnace_sim.cluster.serving.paths import Target

HEALTH = frozenset({"readyz", "healthz", "livez"})
NOT_MODIFIED = 304


class Api:
    """`host` is where clients reach it, as discovery says it."""

    def __init__(self, cluster: Cluster, access: Access, host: str) -> None:
        self._cluster = cluster
        self._access = access
        self._host = host
        self._operations = Operations(cluster, access)

    def answer(self, request: Request) -> Answer | Stream:
        """Raises nothing for what a request says."""
        try:
            user = self._access.user(request.token)
            return self._answer(request, user)
        except Refused as refused:
            return Answer(refused.code, item.dump(refused.status()))

    def _answer(self, request: Request, user: User) -> Answer | Stream:
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        target = paths.target(parts) if parts[0] in ("api", "apis") else None
        if target and target.plural:
            if not self._cluster.catalog.has_group(target.group, target.version):
                return _no_page()
            return self._operations.carry_out(target, request, user)
        if request.method != "GET":
            raise errors.method_not_allowed()
        if parts[0] in HEALTH:
            return Answer(200, b"ok", TEXT)
        return self._told(parts, target, request)

    def _told(self, parts: list[str], target: Target | None, request: Request) -> Answer:
        catalog = self._cluster.catalog
        if parts == ["version"]:
            return _json(discovery.version())
        if parts[:2] == ["openapi", "v3"]:
            root = "/".join(parts[2:])
            return _json(openapi.version(catalog, root) if root else openapi.index(catalog))
        if parts in (["api"], ["apis"]):
            return self._kinds(request, is_core=parts == ["api"])
        if target and catalog.has_group(target.group, target.version):
            api_version = f"{target.group}/{target.version}" if target.group else target.version
            return _json(discovery.version_of_group(catalog, api_version))
        if target and catalog.has_group(target.group):
            raise errors.no_such_path()
        if parts[0] == "apis" and len(parts) == 2 and catalog.has_group(parts[1]):
            return _json(discovery.group(catalog, parts[1]))
        return _no_page()

    def _kinds(self, request: Request, *, is_core: bool) -> Answer:
        catalog = self._cluster.catalog
        if "as=APIGroupDiscoveryList" not in request.headers.get("accept", ""):
            return _json(discovery.core_versions(self._host) if is_core else discovery.groups(catalog))
        etag = '"core"' if is_core else f'"{catalog.revision}"'
        headers = (("ETag", etag), ("Vary", "Accept"))
        if request.headers.get("if-none-match") == etag:
            return Answer(NOT_MODIFIED, b"", discovery.AGGREGATED, headers)
        told = discovery.aggregated(catalog, is_core=is_core)
        return Answer(200, item.dump(told), discovery.AGGREGATED, headers)


def _json(document: discovery.Document) -> Answer:
    return Answer(200, item.dump(document), JSON)


def _no_page() -> Answer:
    return Answer(404, b"404 page not found\n", TEXT)
