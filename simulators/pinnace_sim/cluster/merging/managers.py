"""Who owns which fields: `metadata.managedFields`, read and written.

A field set stays in its wire form (fieldsV1, see `fields`). An applier is the same one whatever apiVersion it used; an
updater is another one for each apiVersion (apimachinery, util/managedfields/internal/managedfields.go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pinnace_sim.cluster.merging.fields import Fields
from pinnace_sim.cluster.schema.types import Object


class Operation(StrEnum):
    """How a manager came to its fields."""

    APPLY = "Apply"
    UPDATE = "Update"


@dataclass(frozen=True, slots=True)
class Manager:
    """Who writes. `api_version` is that of the request; `name` falls back to the user agent, then to "unknown"."""

    name: str
    operation: Operation
    api_version: str
    subresource: str = ""

    @property
    def identity(self) -> str:
        """What makes two entries the same manager's, in the KubeAPI's form: entries of conflicts are sorted by it."""
        members = {"manager": self.name, "operation": self.operation.value}
        if self.operation is Operation.UPDATE:
            members["apiVersion"] = self.api_version
        if self.subresource:
            members["subresource"] = self.subresource
        return json.dumps(members, separators=(",", ":"), ensure_ascii=False)

    def __str__(self) -> str:
        """As a conflict names it."""
        words = json.dumps(self.name, ensure_ascii=False)
        if self.subresource:
            words += f' with subresource "{self.subresource}"'
        return f"{words} using {self.api_version}" if self.operation is Operation.UPDATE else words


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields of one manager. `time` is RFC 3339 in UTC, whole seconds: when they last changed something."""

    manager: Manager
    fields: Fields
    time: str


Entries = dict[str, Entry]


def read(live: Object) -> Entries:
    """The entries of an object by the identities of their managers."""
    raw = live.get("metadata", {}).get("managedFields") or ()
    return {entry.manager.identity: entry for entry in map(_entry, raw)}


def write(entries: Mapping[str, Entry]) -> list[Object]:
    """The wire form, appliers first, then by time (as sortEncodedManagedFields does)."""
    return [_written(entry) for entry in sorted(entries.values(), key=_place)]


def without(value: Object) -> Object:
    """An object without managedFields: what is merged and compared."""
    metadata = value.get("metadata") or {}
    if "managedFields" not in metadata:
        return value
    return value | {"metadata": {name: each for name, each in metadata.items() if name != "managedFields"}}


def onto(value: Object, entries: Mapping[str, Entry]) -> Object:
    """A copy with these managedFields."""
    bare = without(value)
    metadata = dict(bare.get("metadata") or {})
    if entries:
        metadata["managedFields"] = write(entries)
    return bare | {"metadata": metadata}


def _entry(raw: Mapping[str, Any]) -> Entry:
    manager = Manager(
        raw.get("manager", ""), Operation(raw["operation"]), raw["apiVersion"], raw.get("subresource", "")
    )
    return Entry(manager, raw.get("fieldsV1") or {}, raw.get("time", ""))


def _place(entry: Entry) -> tuple[str, ...]:
    manager = entry.manager
    return manager.operation.value, entry.time, manager.name, manager.api_version, manager.subresource


def _written(entry: Entry) -> Object:
    manager = entry.manager
    written: Object = {
        "manager": manager.name,
        "operation": manager.operation.value,
        "apiVersion": manager.api_version,
        "time": entry.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": entry.fields,
    }
    if manager.subresource:
        written["subresource"] = manager.subresource
    return written
