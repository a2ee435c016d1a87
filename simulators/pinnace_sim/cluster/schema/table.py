"""The built-in kinds: `types.json`, made from the OpenAPI of kube-apiserver by `pinnace_sim.cluster.schema.generate`.

The file is JSON with one type a line. A type is parsed when a kind that contains it is first asked for, and kept.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path

from pinnace_sim.cluster.schema import openapi
from pinnace_sim.cluster.schema.types import Type

FILE = "types.json"
KINDS = "kinds"


def of(group: str, version: str, kind: str) -> Type | None:
    """The type of a built-in kind; None if the table does not have it. The core group is ''."""
    table = _table()
    name = table.kinds.get(f"{group}/{version}/{kind}")
    return table.named(name) if name else None


def object_meta() -> Type:
    """`metadata` of every object."""
    return _table().named(openapi.OBJECT_META)


def kinds() -> frozenset[tuple[str, str, str]]:
    """Group, version and kind of everything in the table."""
    named = (tuple(each.split("/")) for each in _table().kinds)
    return frozenset((group, version, kind) for group, version, kind in named)


class Table:
    """Lines by name, and the types made of them so far."""

    def __init__(self, text: str) -> None:
        lines = (line for line in text.splitlines() if line.startswith('"'))
        self._rows = {name: row.rstrip(",") for name, _, row in (line[1:].partition('": ') for line in lines)}
        self.kinds: dict[str, str] = json.loads(self._rows.pop(KINDS))
        self._made: dict[str, Type] = dict(openapi.SPECIAL)
        self._reader = openapi.Reader(self.named, is_built_in=True)
        # Clusters in one process share the table, each with a thread of its own; a type contains others, and itself.
        self._lock = threading.RLock()

    def named(self, name: str) -> Type:
        """The type of this name. KeyError if there is none: the table is complete by construction."""
        with self._lock:
            if name not in self._made:
                self._make(name, json.loads(self._rows.pop(name)))
            return self._made[name]

    def _make(self, name: str, schema: openapi.Schema) -> None:
        if "properties" not in schema:
            self._made[name] = self._reader.read(schema)
            return
        fields: dict[str, Type] = {}
        self._made[name] = Type(members=self._reader.struct(schema, fields))
        self._reader.fill(fields, schema)


@cache
def _table() -> Table:
    return Table(Path(__file__).with_name(FILE).read_text(encoding="utf-8"))
