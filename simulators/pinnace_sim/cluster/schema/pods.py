"""Defaults inside of a pod's spec (kubernetes, pkg/apis/core/v1/defaults.go). Changes the spec that it is given."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from pinnace_sim.cluster.schema.types import Object

POD = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
CONTAINER = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
# rw-r--r--: files that are made of ConfigMaps and Secrets.
FILE_MODE = 0o644
TOKEN_S = 3600


def complete(spec: Object) -> None:
    """Lay the defaults under everything that is in a pod."""
    lay(spec, POD)
    if "serviceAccountName" in spec:
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for each in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        _container(each)
    for each in spec.get("volumes", ()):
        _volume(each)


def _container(container: Object) -> None:
    lay(container, CONTAINER)
    tag = container.get("image", "").rpartition("/")[2]
    is_moving = "@" not in tag and (":" not in tag or tag.endswith(":latest"))
    container.setdefault("imagePullPolicy", "Always" if is_moving else "IfNotPresent")
    for probe in filter(None, (container.get(name) for name in PROBES)):
        lay(probe, PROBE)
        _http(probe.get("httpGet"))
        if isinstance(probe.get("grpc"), dict):
            probe["grpc"].setdefault("service", "")
    for hook in container.get("lifecycle", {}).values():
        _http(hook.get("httpGet") if isinstance(hook, dict) else None)
    for variable in container.get("env", ()):
        _field(at(variable, ("valueFrom", "fieldRef")))


def _http(action: Object | None) -> None:
    if action is not None:
        lay(action, {"path": "/", "scheme": "HTTP"})


def _volume(volume: Object) -> None:
    if len(volume) == 1:  # its name only
        volume["emptyDir"] = {}
    for source in ("configMap", "secret", "downwardAPI", "projected"):
        if isinstance(volume.get(source), dict):
            volume[source].setdefault("defaultMode", FILE_MODE)
    if isinstance(volume.get("hostPath"), dict):
        volume["hostPath"].setdefault("type", "")
    _downward(volume.get("downwardAPI"))
    for source in (at(volume, ("projected",)) or {}).get("sources", ()):
        _downward(source.get("downwardAPI"))
        if isinstance(source.get("serviceAccountToken"), dict):
            source["serviceAccountToken"].setdefault("expirationSeconds", TOKEN_S)


def _downward(source: Object | None) -> None:
    for each in (source or {}).get("items", ()):
        _field(each.get("fieldRef"))


def _field(reference: Object | None) -> None:
    if reference is not None:
        reference.setdefault("apiVersion", "v1")


def lay(value: Object, under: Object) -> None:
    """Fill in what an object does not say, in place."""
    for name, default in under.items():
        if name not in value:
            value[name] = deepcopy(default)
        elif isinstance(default, dict) and isinstance(value[name], dict):
            lay(value[name], default)


def at(value: Object, path: Iterable[str]) -> Object | None:
    """The map at a path, None if there is none."""
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None
