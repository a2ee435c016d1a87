"""Rules for the metadata of every object (apimachinery, pkg/api/validation/objectmeta.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.validating import causes, words
from pinnace_sim.cluster.validating.causes import Cause

# Of all annotations of an object together.
ANNOTATIONS_MOST_BYTES = 256 * 1024
_LABELS_ONLY = frozenset({"namespaces", "services"})
_STANDARD_FINALIZERS = frozenset({"foregroundDeletion", "orphan", "kubernetes"})
_PATH_NAMES = "rbac.authorization.k8s.io"


def problems(resource: Resource, metadata: Object) -> Iterator[Cause]:
    """Of an object on its own."""
    yield from _name(resource, metadata.get("name") or "")
    yield from labels("metadata.labels", metadata.get("labels") or {})
    yield from _annotations(metadata.get("annotations") or {})
    yield from _owners(metadata.get("ownerReferences") or ())
    yield from _finalizers(metadata.get("finalizers") or ())


def changed(metadata: Object, before: Object) -> Iterator[Cause]:
    """Of an object that replaces another."""
    added = sorted(set(metadata.get("finalizers") or ()) - set(before.get("finalizers") or ()))
    if added and "deletionTimestamp" in before:
        told = f"[]string{{{', '.join(_quoted(each) for each in added)}}}"
        why = f"no new finalizers can be added if the object is being deleted, found new finalizers {told}"
        yield causes.forbidden("metadata.finalizers", why)


def labels(field: str, found: Mapping[str, Any]) -> Iterator[Cause]:
    for key, value in found.items():
        if why := words.label_key(key):
            yield causes.wrong(field, key, why)
        if why := words.label_value(value):
            yield causes.wrong(field, value, why)


def _name(resource: Resource, name: str) -> Iterator[Cause]:
    if not name:
        yield causes.required("metadata.name", "name or generateName is required")
        return
    rule = words.dns_label if resource.key in _LABELS_ONLY else words.dns_name
    if why := (words.path_name if resource.group == _PATH_NAMES else rule)(name):
        yield causes.wrong("metadata.name", name, why)


def _annotations(found: Mapping[str, Any]) -> Iterator[Cause]:
    for key in found:
        if why := words.label_key(key.lower()):
            yield causes.wrong("metadata.annotations", key, why)
    if sum(len(key) + len(str(value)) for key, value in found.items()) > ANNOTATIONS_MOST_BYTES:
        yield causes.too_long("metadata.annotations", f"may not be more than {ANNOTATIONS_MOST_BYTES} bytes")


def _owners(found: Any) -> Iterator[Cause]:
    for owner in found:
        for name in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(name):
                yield causes.wrong(f"metadata.ownerReferences.{name}", "", "must not be empty")


def _finalizers(found: Any) -> Iterator[Cause]:
    for number, finalizer in enumerate(found):
        field = f"metadata.finalizers[{number}]"
        if why := words.label_key(finalizer):
            yield causes.wrong(field, finalizer, why)
        elif "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            yield causes.wrong(field, finalizer, why)


def _quoted(text: str) -> str:
    return f'"{text}"'
