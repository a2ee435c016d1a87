"""Creates, changes and reads objects as kube-apiserver's registry does: decode, merge, prepare, validate, admit, store.

Keeps true: a write that changes nothing is no write; a dry run stores nothing; an object whose last finalizer goes
while it is being deleted is gone with that very write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pinnace_sim.cluster import decoding, errors, item, preparing
from pinnace_sim.cluster.admission import Admission
from pinnace_sim.cluster.clock import Clock, stamp
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.item import Item, Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.merging import applying, fields, updating
from pinnace_sim.cluster.merging.applying import Merged
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.managers import Manager, Operation
from pinnace_sim.cluster.preparing import Preparer
from pinnace_sim.cluster.requests import Options, Written
from pinnace_sim.cluster.store import Store
from pinnace_sim.cluster.validating import validation

Edit = Callable[[Object], Object]


class Objects:
    """The way in for everybody: requests from outside and controllers alike."""

    def __init__(self, store: Store, preparer: Preparer, admission: Admission, clock: Clock) -> None:
        self._store = store
        self._preparer = preparer
        self._admission = admission
        self._clock = clock

    def get(self, resource: Resource, namespace: str, name: str) -> Item:
        """Raises Refused (404)."""
        found = self._store.get(Key(resource.key, namespace, name))
        if found is None:
            raise errors.not_found(resource, name)
        return found

    def create(self, resource: Resource, namespace: str, sent: Object, options: Options) -> Written:
        """A POST. Raises Refused."""
        decoding.check_place(resource, namespace, "", sent)
        if sent["metadata"].get("resourceVersion"):
            # An error of the store, and so without a reason.
            raise Refused(500, "", "resourceVersion should not be set on objects to be created")
        new, warnings = decoding.decoded(resource, sent, options)
        self._preparer.name(new)
        owned = self._updated(resource, None, new, options)
        return replace(self._create(resource, namespace, owned, options), warnings=tuple(warnings))

    def apply(self, resource: Resource, namespace: str, name: str, sent: Object, options: Options) -> Written:
        """A server-side apply. Raises Refused."""
        decoding.check_intent(resource, namespace, name, sent)
        found = self._store.get(Key(resource.key, namespace, name))
        if found is None and options.subresource:
            raise errors.not_found(resource, name)
        live = found.read(resource) if found else None
        merged = self._merged(resource, live, sent, options)
        if found is not None and live is not None and updating.settled(live, merged) is live:
            return Written(found)
        new, _ = decoding.decoded(resource, merged, options)
        if found is None:
            _check_absent(resource, name, sent)
            decoding.check_place(resource, namespace, name, new)
            return self._create(resource, namespace, new, options)
        return self._replace(resource, found, new, options)

    def change(self, resource: Resource, namespace: str, name: str, edit: Edit, options: Options) -> Written:
        """A PUT or PATCH: `edit` gets a copy of the live object and returns what it shall be. Raises Refused."""
        found = self.get(resource, namespace, name)
        sent = edit(found.read(resource))
        decoding.check_place(resource, namespace, name, sent)
        if options.is_trusted:
            new, warnings = sent, list[str]()
        else:
            new, warnings = decoding.decoded(resource, sent, options, is_patched=True)
        owned = self._updated(resource, found.read(resource), new, options)
        return replace(self._replace(resource, found, owned, options), warnings=tuple(warnings))

    def _merged(self, resource: Resource, live: Object | None, sent: Object, options: Options) -> Object:
        result = applying.apply(
            resource.fields(),
            live,
            sent,
            Manager(options.manager, Operation.APPLY, resource.api_version, options.subresource),
            force=options.is_forced,
            now=stamp(self._clock()),
            reset=_reset(resource, options.subresource),
        )
        if isinstance(result, Conflicts):
            raise errors.apply_conflict(result.message, result.causes())
        if not isinstance(result, Merged):
            raise errors.mistyped(result.message)
        return result.object

    def _updated(self, resource: Resource, live: Object | None, new: Object, options: Options) -> Object:
        manager = Manager(options.manager, Operation.UPDATE, resource.api_version, options.subresource)
        reset = _reset(resource, options.subresource)
        return updating.update(resource.fields(), live, new, manager, now=stamp(self._clock()), reset=reset)

    def _create(self, resource: Resource, namespace: str, new: Object, options: Options) -> Written:
        self._admission.admit_place(resource, namespace, new["metadata"].get("name", ""))
        self._preparer.new(resource, new, stamp(self._clock()))
        validation.check_new(resource, new)
        key = Key(resource.key, namespace, new["metadata"]["name"])
        if self._store.get(key):
            raise errors.already_exists(resource, key.name)
        self._admission.admit_amount(resource, new)
        if options.is_dry_run:
            return Written(item.pack(resource, new, None, self._clock()), is_new=True)
        packed = item.pack(resource, new, self._store.revision + 1, self._clock())
        self._store.put(packed)
        return Written(packed, is_new=True)

    def _replace(self, resource: Resource, found: Item, new: Object, options: Options) -> Written:
        live = found.read(resource)
        _check_version(resource, found, new)
        preparing.changed(resource, new, live, options.subresource)
        if resource.key == "services":
            self._preparer.place_service(new)
        if not options.is_trusted:
            validation.check_changed(resource, new, live)
        if updating.settled(live, new) is live:
            return Written(found)
        packed = item.pack(resource, new, self._store.revision + 1, self._clock())
        if options.is_dry_run:
            # A dry run shows the stored version, whatever it would change.
            return Written(item.pack(resource, new, found.revision, self._clock()))
        self._store.put(packed)
        if packed.is_leaving and not has_holders(resource, new):
            self._store.remove(packed.key, item.pack(resource, new, self._store.revision + 1, self._clock()))
        return Written(packed)


def has_holders(resource: Resource, found: Object) -> bool:
    """Whether something keeps an object that is being deleted: finalizers, or a pod's time to end."""
    metadata = found["metadata"]
    if metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds"):
        return True
    return resource.key == "namespaces" and bool((found.get("spec") or {}).get("finalizers"))


def _reset(resource: Resource, subresource: str) -> Any:
    if subresource == "status":
        return fields.CUSTOM_SPEC if resource.is_custom else fields.SPEC
    return fields.STATUS if resource.has_status else fields.NOTHING


def _check_absent(resource: Resource, name: str, sent: Object) -> None:
    """An intent that names a uid means an object that was there."""
    if uid := sent["metadata"].get("uid"):
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise errors.conflict(resource, name, why)


def _check_version(resource: Resource, found: Item, new: Object) -> None:
    version = new["metadata"].get("resourceVersion", "")
    if version and version != str(found.revision):
        raise errors.conflict(resource, found.key.name)
    uid = new["metadata"].get("uid", "")
    if uid and uid != found.uid:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {found.uid}"
        raise errors.conflict(resource, found.key.name, why)
