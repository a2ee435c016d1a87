"""CRDs: accepts their names, serves their kinds some moments later, and takes the instances along when one goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from pinnace_sim.cluster.controllers import conditions
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.conditions import Conditions
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.kinds import Resource, ScalePaths
from pinnace_sim.cluster.preparing import CRD_FINALIZER
from pinnace_sim.cluster.schema import custom
from pinnace_sim.cluster.store import Change, Event

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
MANAGER = "kube-apiserver"


class Definitions:
    name = DEFINITIONS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == DEFINITIONS:
            yield key
        elif event.change is Change.DELETED:
            # The last instance of a kind that goes. A CRD is called as its kind is stored.
            yield Key(DEFINITIONS, "", key.resource)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            self._client.catalog.serve(key.name, ())
        elif "deletionTimestamp" in found["metadata"]:
            self._empty(key, found)
        elif conditions.find(found["status"]["conditions"], "Established").get("status") != "True":
            self._establish(key, found)
        elif left := self._client.left(self._client.settings.kind_serve, key):
            self._client.look_again(self.name, key, left)
        else:
            self._client.catalog.serve(key.name, resources(found))

    def _establish(self, key: Key, found: Object) -> None:
        if left := self._client.left(self._client.settings.kind_accept, key):
            self._client.look_again(self.name, key, left)
            return
        now = self._client.stamp
        told: Conditions = found["status"]["conditions"]
        told = conditions.put(told, "NamesAccepted", True, "NoConflicts", "no conflicts found", now)
        message = "the initial names have been accepted"
        told = conditions.put(told, "Established", True, "InitialNamesAccepted", message, now)
        status = {**found["status"], "conditions": told, "acceptedNames": found["spec"]["names"]}
        self._client.set_status(DEFINITIONS, found, status, MANAGER)

    def _empty(self, key: Key, found: Object) -> None:
        self._tell(found)
        served = resources(found)
        for each in self._instances(key):
            if served and not each.is_leaving:
                self._client.delete(key.name, each.read(served[0]))
        if not self._instances(key) and CRD_FINALIZER in (found["metadata"].get("finalizers") or ()):
            self._client.change(DEFINITIONS, found, _released, MANAGER)

    def _tell(self, found: Object) -> None:
        message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
        told = found["status"]["conditions"]
        told = conditions.put(told, "Terminating", True, "InstanceDeletionPending", message, self._client.stamp)
        self._client.set_status(DEFINITIONS, found, {**found["status"], "conditions": told}, MANAGER)

    def _instances(self, key: Key) -> list[Item]:
        return self._client.store.all(key.name)


def resources(definition: Object) -> tuple[Resource, ...]:
    """The kind in each served version."""
    return tuple(_resource(definition["spec"], version) for version in _served(definition))


def _served(definition: Object) -> Iterator[Object]:
    """The stored version first, which discovery prefers."""
    versions = [version for version in definition["spec"]["versions"] if version.get("served")]
    yield from sorted(versions, key=lambda version: not version.get("storage"))


def _resource(spec: Mapping[str, Any], version: Mapping[str, Any]) -> Resource:
    names = spec["names"]
    subresources = version.get("subresources") or {}
    scale = subresources.get("scale") or {}
    return Resource(
        group=spec["group"],
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        is_namespaced=spec["scope"] == "Namespaced",
        fields=cache(partial(custom.structural, (version.get("schema") or {}).get("openAPIV3Schema"))),
        short=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=tuple(name for name in ("scale", "status") if name in subresources),
        is_custom=True,
        scale_paths=ScalePaths(
            scale.get("specReplicasPath", ""), scale.get("statusReplicasPath", ""), scale.get("labelSelectorPath", "")
        ),
    )


def _released(live: Object) -> Object:
    kept = [each for each in live["metadata"]["finalizers"] if each != CRD_FINALIZER]
    return live | {"metadata": live["metadata"] | {"finalizers": kept}}
