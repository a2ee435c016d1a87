"""What is written once of an object of ours that is only looked at from now on: the policy read-only.

Keeps true: no value of the object changes but one label, by which it is known that it is never deleted, also where the
node's store is lost. Nothing is written where it has changed or gone since it was read.
"""

from collections.abc import Mapping
from typing import Any

from pinnace_edge.model import AppKey, KubeObject
from pinnace_edge.rules import managed_fields, ownership
from pinnace_edge.rules.managed_fields import Fields
from pinnace_schemas import labels
from pinnace_schemas.handling import Prune


def is_unsaid(live: KubeObject, key: AppKey) -> bool:
    """Whether the application has written the object, and the object does not say yet that it stays for good."""
    metadata, entry = live["metadata"], managed_fields.ours(live)
    found = metadata.get("labels") or {}
    # Names of fields are those of one version of an API.
    is_ours = ownership.owner(found) == key and entry is not None and entry.api_version == live["apiVersion"]
    return is_ours and ownership.prune_of(found) is not Prune.NEVER and "deletionTimestamp" not in metadata


def body(live: KubeObject) -> KubeObject:
    """What we own of it, with the values that it has, and the label. Anything less would take off what is left out."""
    entry, metadata = managed_fields.ours(live), live["metadata"]
    found = _owned(entry.fields, live) if entry else {}
    known = {name: metadata[name] for name in ("name", "namespace", "uid", "resourceVersion") if name in metadata}
    given = found.get("metadata") or {}
    marks = {**(given.get("labels") or {}), labels.PRUNE: str(Prune.NEVER)}
    about = {**given, **known, "labels": marks}
    return {**found, "apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": about}


def _owned(fields: Fields, value: Any) -> Any:
    """The part of a value that these fields name; a field with nothing below it is one value."""
    if not any(step != "." for step in fields):
        return value
    if isinstance(value, Mapping):
        below = {name: managed_fields.child(fields, f"f:{name}") for name in value}
        return {name: _owned(found, value[name]) for name, found in below.items() if found is not None}
    if isinstance(value, list):
        items = [(managed_fields.item_of(fields, item), item) for item in value]
        return [_owned(found, item) for found, item in items if found is not None]
    return value
