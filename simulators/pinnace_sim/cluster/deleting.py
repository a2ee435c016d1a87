"""Deletes objects as kube-apiserver does: preconditions first, then at once, or when nothing holds them any more.

Dependents are not touched here: the collector follows (see `controllers.collector`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pinnace_sim.cluster import errors, item, preparing
from pinnace_sim.cluster.admission import DEFINITIONS, IMMORTAL
from pinnace_sim.cluster.clock import Clock, stamp
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.objects import has_holders
from pinnace_sim.cluster.requests import Deletion, Propagation
from pinnace_sim.cluster.store import Store

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
# Their dependents stay unless somebody says otherwise, for history's sake.
ORPHANS_BY_DEFAULT = frozenset({"jobs.batch", "replicationcontrollers"})
POD_GRACE_S = 30


@dataclass(frozen=True, slots=True)
class Deleted:
    """`item` as it is left, or as it was if `is_gone`."""

    item: Item
    is_gone: bool


class Deleter:
    """Works on the store directly: a deletion is no change by a field manager."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def delete(self, resource: Resource, namespace: str, name: str, wanted: Deletion) -> Deleted:
        """Raises Refused (404, 403, 409)."""
        found = self._store.get(Key(resource.key, namespace, name))
        if found is None:
            raise errors.not_found(resource, name)
        _check(resource, found, wanted)
        live = found.read(resource)
        is_new = _mark(resource, live, wanted, stamp(self._deadline(resource, live, wanted)))
        if has_holders(resource, live):
            return Deleted(self._written(resource, found, live, wanted) if is_new else found, is_gone=False)
        if not wanted.is_dry_run:
            self._store.remove(found.key, item.pack(resource, live, self._store.revision + 1, self._clock()))
        return Deleted(found, is_gone=True)

    def _written(self, resource: Resource, found: Item, live: Object, wanted: Deletion) -> Item:
        if wanted.is_dry_run:
            return item.pack(resource, live, found.revision, self._clock())
        packed = item.pack(resource, live, self._store.revision + 1, self._clock())
        self._store.put(packed)
        return packed

    def _deadline(self, resource: Resource, live: Object, wanted: Deletion) -> Any:
        return self._clock() + timedelta(seconds=_grace(resource, live, wanted))


def _check(resource: Resource, found: Item, wanted: Deletion) -> None:
    name = found.key.name
    if wanted.uid and wanted.uid != found.uid:
        told = f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({found.uid})"
        raise errors.other_object(resource, name, f"{told}. The object might have been deleted and then recreated")
    if wanted.resource_version and wanted.resource_version != str(found.revision):
        told = f"the ResourceVersion in the precondition ({wanted.resource_version}) does not match"
        told += f" the ResourceVersion in record ({found.revision}). The object might have been modified"
        raise errors.other_object(resource, name, told)
    if resource.key == "namespaces" and name in IMMORTAL:
        raise errors.forbidden(resource, name, "this namespace may not be deleted")


def _mark(resource: Resource, live: Object, wanted: Deletion, deadline: str) -> bool:
    """Writes into the object that it is to go; whether that changed anything."""
    metadata = live["metadata"]
    finalizers = _finalizers(resource, metadata.get("finalizers") or [], wanted)
    if resource.key == DEFINITIONS and "deletionTimestamp" not in metadata:
        # Its instances go first.
        finalizers = [*finalizers, preparing.CRD_FINALIZER]
    grace = _grace(resource, live, wanted)
    is_shorter = grace < metadata.get("deletionGracePeriodSeconds", 0)
    if "deletionTimestamp" in metadata and finalizers == (metadata.get("finalizers") or []) and not is_shorter:
        return False
    metadata["finalizers"] = finalizers
    if not finalizers:
        del metadata["finalizers"]
    if "deletionTimestamp" not in metadata or is_shorter:
        metadata["deletionTimestamp"] = deadline
        if resource.key not in ("namespaces", DEFINITIONS):
            metadata["deletionGracePeriodSeconds"] = grace
        _begin(resource, live)
    return True


def _begin(resource: Resource, live: Object) -> None:
    if resource.key == "namespaces":
        live.setdefault("status", {})["phase"] = "Terminating"
    elif preparing.is_counted(resource) and "generation" in live["metadata"] and not resource.is_custom:
        live["metadata"]["generation"] += 1


def _finalizers(resource: Resource, there: list[str], wanted: Deletion) -> list[str]:
    """What the policy adds and takes away (generic registry, deletionFinalizersForGarbageCollection)."""
    policy = wanted.propagation
    if policy is None:
        held = [name for name in there if name in (FOREGROUND, ORPHAN)]
        if held or resource.key not in ORPHANS_BY_DEFAULT:
            return there
        policy = Propagation.ORPHAN
    kept = [name for name in there if name not in (FOREGROUND, ORPHAN)]
    added = {Propagation.FOREGROUND: [FOREGROUND], Propagation.ORPHAN: [ORPHAN], Propagation.BACKGROUND: []}
    return kept + added[policy]


def _grace(resource: Resource, live: Object, wanted: Deletion) -> int:
    """Seconds. Only pods have time to end, and only where a node runs them."""
    spec = live.get("spec") or {}
    if resource.key != "pods" or not spec.get("nodeName"):
        return 0
    if (live.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    own: int = spec.get("terminationGracePeriodSeconds", POD_GRACE_S)
    return own if wanted.grace_s is None else wanted.grace_s
