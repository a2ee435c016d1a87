"""Node groups, nodes and membership."""

# ruff: noqa: S608 - only constants of this package are put into SQL texts; values are always bound

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlite_utils import Database

from pinnace_cloud.storage.rows import Enrolled, ResourceRow

_FIELDS = "name, document, changed_at, changed_by"
# What hangs on a node and goes with it. Its assignment row stays, with the version and nothing else; memberships are
# those of the groups' documents, which may name a node that does not exist.
_OF_NODE = ("contacts", "states", "journals", "retired_journals", "removals", "join_tokens")


class Targets:
    def __init__(self, db: Database) -> None:
        self._db = db

    def groups(self) -> tuple[ResourceRow, ...]:
        return self._resources(f"SELECT {_FIELDS} FROM node_groups ORDER BY name")

    def group(self, name: str) -> ResourceRow | None:
        return next(iter(self._resources(f"SELECT {_FIELDS} FROM node_groups WHERE name = ?", name)), None)

    def save_group(self, row: ResourceRow) -> None:
        self._db.execute(
            f"INSERT OR REPLACE INTO node_groups ({_FIELDS}) VALUES (?, ?, ?, ?)",
            [row.name, row.document, row.changed_at, row.changed_by],
        )

    def forget_group(self, name: str) -> None:
        self._db.execute("DELETE FROM node_groups WHERE name = ?", [name])
        self._db.execute("DELETE FROM members WHERE node_group = ?", [name])

    def nodes(self) -> tuple[ResourceRow, ...]:
        return self._resources(f"SELECT {_FIELDS} FROM nodes ORDER BY name")

    def node(self, name: str) -> ResourceRow | None:
        return next(iter(self._resources(f"SELECT {_FIELDS} FROM nodes WHERE name = ?", name)), None)

    def save_node(self, row: ResourceRow) -> None:
        self._db.execute(
            f"INSERT INTO nodes ({_FIELDS}) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " document = excluded.document, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            [row.name, row.document, row.changed_at, row.changed_by],
        )

    def forget_node(self, name: str) -> None:
        self._db.execute("DELETE FROM entries WHERE journal IN (SELECT id FROM journals WHERE node = ?)", [name])
        for table in _OF_NODE:
            self._db.execute(f"DELETE FROM {table} WHERE node = ?", [name])
        self._db.execute("DELETE FROM nodes WHERE name = ?", [name])

    def members(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for group, node in self._db.execute("SELECT node_group, node FROM members"):
            found.setdefault(group, set()).add(node)
        return {group: frozenset(nodes) for group, nodes in found.items()}

    def save_members(self, group: str, nodes: Collection[str]) -> None:
        self._db.execute("DELETE FROM members WHERE node_group = ?", [group])
        rows = [(group, node) for node in sorted(nodes)]
        self._db.conn.executemany("INSERT INTO members (node_group, node) VALUES (?, ?)", rows)

    def keys(self, nodes: Collection[str]) -> Mapping[str, str]:
        sql = """
        SELECT name, public_key FROM nodes
        WHERE name IN (SELECT value FROM json_each(?)) AND public_key IS NOT NULL
        """
        return dict(self._db.execute(sql, [json.dumps(sorted(nodes))]).fetchall())

    def joined(self) -> frozenset[str]:
        rows = self._db.execute("SELECT name FROM nodes WHERE public_key IS NOT NULL")
        return frozenset(name for (name,) in rows)

    def enrolled(self, node: str) -> Enrolled | None:
        sql = "SELECT public_key, joined_at FROM nodes WHERE name = ? AND public_key IS NOT NULL"
        return next((Enrolled(*row) for row in self._db.execute(sql, [node])), None)

    def save_key(self, node: str, public_key: str, at: str) -> None:
        self._db.execute("UPDATE nodes SET public_key = ?, joined_at = ? WHERE name = ?", [public_key, at, node])

    def _resources(self, sql: str, *values: Any) -> tuple[ResourceRow, ...]:
        return tuple(ResourceRow(*row) for row in self._db.execute(sql, values))
