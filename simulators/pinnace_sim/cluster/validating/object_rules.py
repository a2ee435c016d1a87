"""Rules for kinds that make no pods (kubernetes, pkg/apis/*/validation; apiextensions-apiserver)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.validating import causes, pods, words
from pinnace_sim.cluster.validating.causes import Cause


def keys(item: Object) -> Iterator[Cause]:
    for field in ("data", "binaryData"):
        for key in item.get(field) or {}:
            if why := words.config_key(key):
                yield causes.wrong(f"{field}[{key}]", key, why)


def service(item: Object) -> Iterator[Cause]:
    spec = item["spec"]
    ports = spec.get("ports") or ()
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield causes.required("spec.ports")
    for number, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield causes.required(f"spec.ports[{number}].name")
        if not 1 <= port.get("port", 0) <= pods.PORT_MOST:
            place = f"spec.ports[{number}].port"
            yield causes.wrong(place, port.get("port", 0), f"must be between 1 and {pods.PORT_MOST}, inclusive")


def claim(item: Object) -> Iterator[Cause]:
    if not item["spec"].get("accessModes"):
        yield causes.required("spec.accessModes", "at least 1 access mode is required")
    if not ((item["spec"].get("resources") or {}).get("requests") or {}).get("storage"):
        yield causes.required("spec.resources[storage]")


def role(item: Object) -> Iterator[Cause]:
    for number, rule in enumerate(item.get("rules") or ()):
        if not rule.get("verbs"):
            yield causes.required(f"rules[{number}].verbs", "verbs must contain at least one value")
        if rule.get("nonResourceURLs"):
            continue
        for name, what in (("apiGroups", "api group"), ("resources", "resource")):
            if not rule.get(name):
                yield causes.required(f"rules[{number}].{name}", f"resource rules must supply at least one {what}")


def budget(item: Object) -> Iterator[Cause]:
    for name in ("minAvailable", "maxUnavailable"):
        amount = (item.get("spec") or {}).get(name, 0)
        if isinstance(amount, str) and not re.fullmatch("[0-9]+%", amount):
            why = "a valid percent string must be a numeric string followed by an ending '%'"
            yield causes.wrong(f"spec.{name}", amount, f"{why} (e.g. '1%',  or '93%')")


def ingress(item: Object) -> Iterator[Cause]:
    if not item["spec"].get("rules") and not item["spec"].get("defaultBackend"):
        yield causes.wrong("spec", None, "either `defaultBackend` or `rules` must be specified")


def definition(item: Object) -> Iterator[Cause]:
    spec = item["spec"]
    wanted = f"{spec['names'].get('plural')}.{spec.get('group')}"
    name = item["metadata"].get("name", "")
    if name != wanted:
        yield causes.wrong("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    stored = [each.get("name") for each in spec.get("versions") or () if each.get("storage")]
    if len(stored) != 1:
        yield causes.wrong("spec.versions", "", "must have exactly one version marked as storage version")
    for number, version in enumerate(spec.get("versions") or ()):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield causes.required(f"spec.versions[{number}].schema.openAPIV3Schema", "schemas are required")
