"""Reads metadata.managedFields: which manager owns which field of an object. Changes nothing.

The format is fieldsV1 (https://github.com/kubernetes-sigs/structured-merge-diff, fieldpath/serialize.go): a tree whose
keys are `f:NAME` (field), `k:{JSON}` (item of a list by its keys), `v:JSON` (item of a set) and `.` (the item itself).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_schemas import codec
from pinnace_schemas.labels import FIELD_MANAGER

Fields = Mapping[str, Any]
NO_FIELDS: Fields = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One manager's fields, by their names in `api_version`. `time` is RFC 3339 in UTC, so texts compare as moments."""

    manager: str
    operation: str
    subresource: str
    time: str
    fields: Fields
    api_version: str = ""

    @property
    def is_ours(self) -> bool:
        return self.manager == FIELD_MANAGER and self.operation == "Apply" and not self.subresource


def entries(item: KubeObject) -> tuple[Entry, ...]:
    """The entries of an object, or of its metadata-only form."""
    raw = item.get("metadata", {}).get("managedFields") or ()
    return tuple(
        Entry(
            manager=each.get("manager", ""),
            operation=each.get("operation", ""),
            subresource=each.get("subresource", ""),
            time=each.get("time", ""),
            fields=each.get("fieldsV1") or NO_FIELDS,
            api_version=each.get("apiVersion", ""),
        )
        for each in raw
    )


def ours(item: KubeObject) -> Entry | None:
    """What we have applied."""
    return next((entry for entry in entries(item) if entry.is_ours), None)


def our_digest(item: KubeObject) -> str:
    """Stays the same as long as nobody takes a field from us; '' when we own none.

    Whoever sets one of our fields to another value takes it: the KubeAPI then removes it from our entry.
    """
    entry = ours(item)
    return codec.sha256(codec.canonical(entry.fields)) if entry else ""


def child(fields: Fields, step: str) -> Fields | None:
    """The subtree below `f:NAME`, `k:...` or `v:...`; None if the manager does not own it."""
    found = fields.get(step)
    return found if isinstance(found, Mapping) else None


def item_keys(fields: Fields) -> Iterator[Mapping[str, Any]]:
    """The keys by which this manager names items of a list, such as {'name': 'web'}."""
    for step in fields:
        if step.startswith("k:"):
            yield json.loads(step[2:])


def has_values(fields: Fields) -> bool:
    """Whether this manager names items of a list by their values: then the list is a set."""
    return any(step.startswith("v:") for step in fields)


def item(fields: Fields, key: Mapping[str, Any]) -> Fields | None:
    """The subtree below an item of a keyed list. The order of several keys is each manager's own."""
    step = next((step for step in fields if step.startswith("k:") and json.loads(step[2:]) == key), "")
    return child(fields, step)


def member(fields: Fields, value: Any) -> Fields | None:
    """The subtree below an item of a set."""
    step = next((step for step in fields if step.startswith("v:") and json.loads(step[2:]) == value), "")
    return child(fields, step)


def item_of(fields: Fields, value: Any) -> Fields | None:
    """The subtree below an item of a list, found by its keys or, in a set, by its value."""
    for key in item_keys(fields):
        if has_keys(value, key):
            return item(fields, key)
    return member(fields, value)


def has_keys(value: Any, key: Mapping[str, Any]) -> bool:
    """Whether an item of a list is the one that these keys name."""
    return isinstance(value, dict) and all(value.get(name) == wanted for name, wanted in key.items())
