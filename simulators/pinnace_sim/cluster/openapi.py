"""/openapi/v3: just enough for kubectl to see that the server checks fields itself. It describes no fields.

Without it kubectl refuses to apply anything, because it cannot check it; with it, it leaves that to the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pinnace_sim.cluster.kinds import Resource

Document = dict[str, Any]

_CHECKED = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("dryRun", "fieldValidation")]
_ANSWERS = {"200": {"description": "OK"}}


def index(resources: Iterable[Resource]) -> Document:
    """/openapi/v3"""
    versions = dict.fromkeys(_root(each) for each in resources)
    return {"paths": {root: {"serverRelativeURL": f"/openapi/v3/{root}"} for root in versions}}


def version(resources: Iterable[Resource], root: str) -> Document:
    """/openapi/v3/api/v1 and its like: what may be patched, with which parameters."""
    found = [each for each in resources if _root(each) == root]
    paths = {f"/{root}/{_place(each)}": {"patch": _patch(each)} for each in found}
    info = {"title": "Kubernetes", "version": "unversioned"}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _patch(resource: Resource) -> Document:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {"parameters": _CHECKED, "responses": _ANSWERS, "x-kubernetes-group-version-kind": kind}


def _place(resource: Resource) -> str:
    home = "namespaces/{namespace}/" if resource.is_namespaced else ""
    return f"{home}{resource.plural}/{{name}}"


def _root(resource: Resource) -> str:
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"
