"""What the cluster says about itself: its kinds in the aggregated and in the older form, and its version. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pinnace_sim.cluster import builtin
from pinnace_sim.cluster.kinds import Resource

Document = dict[str, Any]

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
SUBRESOURCE_VERBS = {"token": ("create",)}
_CHANGING = ("get", "patch", "update")


def version() -> Document:
    """/version"""
    major, minor, _ = builtin.VERSION.removeprefix("v").split(".")
    return {"major": major, "minor": minor, "gitVersion": builtin.VERSION, "platform": "linux/amd64"}


def aggregated(resources: Iterable[Resource], *, is_core: bool) -> Document:
    """/api or /apis as APIGroupDiscoveryList (KEP-3352)."""
    items = []
    for group, versions in _grouped(resources, is_core).items():
        told = [
            {"version": version, "resources": [_aggregated(each) for each in found], "freshness": "Current"}
            for version, found in versions.items()
        ]
        items.append({"metadata": {"name": group} if group else {}, "versions": told})
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
    return {**head, "items": items}


def core_versions(host: str) -> Document:
    """/api"""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def groups(resources: Iterable[Resource]) -> Document:
    """/apis"""
    found = [_group(group, tuple(versions)) for group, versions in _grouped(resources, False).items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def group(resources: Iterable[Resource], name: str) -> Document:
    """/apis/GROUP"""
    versions = _grouped(resources, False)[name]
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, tuple(versions))}


def version_of_group(resources: Iterable[Resource], api_version: str) -> Document:
    """/api/v1 or /apis/GROUP/VERSION"""
    rows = [row for each in resources if each.api_version == api_version for row in _listed(each)]
    head = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version}
    return {**head, "resources": rows}


def _grouped(resources: Iterable[Resource], is_core: bool) -> dict[str, dict[str, list[Resource]]]:
    found: dict[str, dict[str, list[Resource]]] = {}
    for each in resources:
        if (each.group == "") is is_core:
            found.setdefault(each.group, {}).setdefault(each.version, []).append(each)
    return found


def _group(name: str, versions: tuple[str, ...]) -> Document:
    told = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": told, "preferredVersion": told[0]}


def _aggregated(resource: Resource) -> Document:
    row: Document = {
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": "Namespaced" if resource.is_namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    row |= _names(resource)
    if resource.subresources:
        row["subresources"] = [
            {"subresource": name, "responseKind": _kind_of(resource, name), "verbs": _verbs(name)}
            for name in resource.subresources
        ]
    return row


def _listed(resource: Resource) -> list[Document]:
    scope = {"namespaced": resource.is_namespaced}
    own = {"name": resource.plural, "singularName": resource.singular, **scope, "kind": resource.kind}
    rows: list[Document] = [own | {"verbs": list(resource.verbs)} | _names(resource)]
    for name in resource.subresources:
        kind = {key: value for key, value in _kind_of(resource, name).items() if value}
        row = {"name": f"{resource.plural}/{name}", "singularName": "", **scope, **kind, "verbs": _verbs(name)}
        rows.append(row)
    return rows


def _names(resource: Resource) -> Document:
    names = {"shortNames": list(resource.short), "categories": list(resource.categories)}
    return {name: found for name, found in names.items() if found}


def _kind_of(resource: Resource, subresource: str) -> dict[str, str]:
    if subresource == "scale":
        return {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    if subresource == "token":
        return {"group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest"}
    return {"group": "", "version": "", "kind": resource.kind}


def _verbs(subresource: str) -> list[str]:
    return list(SUBRESOURCE_VERBS.get(subresource, _CHANGING))
