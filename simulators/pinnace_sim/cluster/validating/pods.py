"""Rules for pods, wherever they are described (kubernetes, pkg/apis/core/validation)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pinnace_sim.cluster.validating import causes, words
from pinnace_sim.cluster.validating.causes import Cause

PORT_MOST = 65_535
_POLICIES = ("Always", "Never", "OnFailure")


def problems(field: str, spec: Mapping[str, Any]) -> Iterator[Cause]:
    """Of a pod's spec that stands at `field`."""
    containers = spec.get("containers") or ()
    if not containers:
        yield causes.required(f"{field}.containers")
    volumes = frozenset(str(each.get("name")) for each in spec.get("volumes") or ())
    names: set[str] = set()
    for kind in ("containers", "initContainers"):
        for number, each in enumerate(spec.get(kind) or ()):
            place = f"{field}.{kind}[{number}]"
            yield from _container(place, each, volumes)
            if each.get("name") in names:
                yield causes.duplicate(f"{place}.name", each["name"])
            names.add(str(each.get("name")))
    policy = spec.get("restartPolicy", "Always")
    if policy not in _POLICIES:
        yield causes.unsupported(f"{field}.restartPolicy", policy, _POLICIES)


def _container(field: str, found: Mapping[str, Any], volumes: frozenset[str]) -> Iterator[Cause]:
    yield from _name(f"{field}.name", found.get("name") or "")
    if not (found.get("image") or "").strip():
        yield causes.required(f"{field}.image")
    for number, port in enumerate(found.get("ports") or ()):
        yield from _port(f"{field}.ports[{number}].containerPort", port.get("containerPort"))
    for number, variable in enumerate(found.get("env") or ()):
        if not variable.get("name"):
            yield causes.required(f"{field}.env[{number}].name")
    for number, mount in enumerate(found.get("volumeMounts") or ()):
        if mount.get("name") not in volumes:
            yield causes.missing(f"{field}.volumeMounts[{number}].name", mount.get("name"))


def _name(field: str, name: str) -> Iterator[Cause]:
    if not name:
        yield causes.required(field)
    elif why := words.dns_label(name):
        yield causes.wrong(field, name, why)


def _port(field: str, number: Any) -> Iterator[Cause]:
    if not isinstance(number, int):
        yield causes.required(field)
    elif not 1 <= number <= PORT_MOST:
        yield causes.wrong(field, number, f"must be between 1 and {PORT_MOST}, inclusive")
