"""Makes `types.json` from a running kube-apiserver: `python -m pinnace_sim.cluster.schema.generate [FILE]`.

Starts a control plane, reads /openapi/v3 of the groups that sites use, keeps what merging needs (no descriptions, no
enums) and writes it to FILE, by default beside this module. Run it when the Kubernetes version of
`pinnace_sim.provision` changes; a test compares the committed file with the running control plane.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pinnace_sim.cluster.schema import openapi, table
from pinnace_sim.controlplane import ControlPlane

GROUPS = (
    "api/v1",
    "apis/admissionregistration.k8s.io/v1",
    "apis/apiextensions.k8s.io/v1",
    "apis/apiregistration.k8s.io/v1",
    "apis/apps/v1",
    "apis/autoscaling/v1",
    "apis/autoscaling/v2",
    "apis/batch/v1",
    "apis/certificates.k8s.io/v1",
    "apis/coordination.k8s.io/v1",
    "apis/discovery.k8s.io/v1",
    "apis/events.k8s.io/v1",
    "apis/flowcontrol.apiserver.k8s.io/v1",
    "apis/networking.k8s.io/v1",
    "apis/node.k8s.io/v1",
    "apis/policy/v1",
    "apis/rbac.authorization.k8s.io/v1",
    "apis/resource.k8s.io/v1",
    "apis/scheduling.k8s.io/v1",
    "apis/storage.k8s.io/v1",
)
KEPT = (
    "type",
    "required",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
    "x-kubernetes-patch-merge-key",
    "x-kubernetes-patch-strategy",
    "x-kubernetes-preserve-unknown-fields",
)
VERSION_KIND = "x-kubernetes-group-version-kind"
# Every group has them, and nobody stores them.
PASSING = ("DeleteOptions", "WatchEvent", "Status", "APIGroup", "APIGroupList", "APIResourceList", "APIVersions")

Document = Mapping[str, Any]


def text(get: Callable[[str], Document]) -> str:
    """The file, from what `get` returns for paths such as /openapi/v3/api/v1."""
    schemas: dict[str, Document] = {}
    for group in GROUPS:
        schemas |= get(f"/openapi/v3/{group}")["components"]["schemas"]
    kinds = dict(sorted(_kinds(schemas)))
    rows = {name: _lean(schemas[name]) for name in sorted(_reachable(schemas, set(kinds.values())))}
    lines = [f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()]
    return "{\n" + ",\n".join([f'"{table.KINDS}": {json.dumps(kinds, separators=(",", ":"))}', *lines]) + "\n}\n"


def _kinds(schemas: Mapping[str, Document]) -> Iterator[tuple[str, str]]:
    for name, schema in schemas.items():
        for each in schema.get(VERSION_KIND, ()):
            if each["kind"] not in PASSING and "items" not in schema.get("properties", {}):
                yield f"{each['group']}/{each['version']}/{each['kind']}", name


def _reachable(schemas: Mapping[str, Document], wanted: set[str]) -> set[str]:
    """The names of `wanted` and of all that they contain, without those that `openapi` knows by name."""
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in openapi.SPECIAL:
            found.add(name)
            wanted |= set(_references(schemas[name])) - found
    return found


def _references(schema: Document) -> Iterator[str]:
    if name := openapi.reference(schema):
        yield name
    for each in (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")):
        if isinstance(each, Mapping):
            yield from _references(each)


def _lean(schema: Document) -> dict[str, Any]:
    lean = {key: schema[key] for key in KEPT if key in schema}
    if name := openapi.reference(schema):
        lean["$ref"] = name
    if schema.get("type") == "string" and "format" in schema:
        lean["format"] = schema["format"]
    if "default" in schema:
        lean["default"] = schema["default"]
    if "properties" in schema:
        lean["properties"] = {key: _lean(each) for key, each in sorted(schema["properties"].items())}
    for key in ("items", "additionalProperties"):
        if key in schema:
            lean[key] = _lean(schema[key]) if isinstance(schema[key], Mapping) else schema[key]
    return lean


def main() -> None:
    """Write the file."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name(table.FILE)
    with ControlPlane.start("schema", workloads=False) as plane:
        target.write_text(text(lambda path: json.loads(plane.kubectl("get", "--raw", path))), encoding="utf-8")


if __name__ == "__main__":
    main()
