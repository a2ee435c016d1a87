"""What nodes have said: contacts, states, removals. The hot path of intake: many rows at once, no model twice."""

# ruff: noqa: S608 - only constants of this package are put into SQL texts; values are always bound

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlite_utils import Database

from pinnace_cloud.adapters.sqlite import inserting
from pinnace_cloud.storage.rows import AppKey, Contact, Removal
from pinnace_schemas.messages import AppState, NodeProblem

_CONTACT_FIELDS = (
    "node, journal, report, stored_through, last_seen, assignment, daemon, kubernetes, started_at, heads, problems"
)
# A JSON encoder of Python's own is made anew for each call.
_HEADS = TypeAdapter(dict[str, int])
_PROBLEMS = TypeAdapter(tuple[NodeProblem, ...])
_NO_PROBLEMS = "[]"
_STATE = TypeAdapter(AppState).serializer


class Reports:
    def __init__(self, db: Database) -> None:
        self._db = db

    def contacts(self, nodes: Collection[str] | None = None) -> Mapping[str, Contact]:
        where = "" if nodes is None else "WHERE node IN (SELECT value FROM json_each(?))"
        values = [] if nodes is None else [json.dumps(sorted(nodes))]
        rows = self._db.execute(f"SELECT {_CONTACT_FIELDS} FROM contacts {where}", values)
        return {row[0]: _contact(*row) for row in rows}

    def is_retired(self, node: str, journal: str) -> bool:
        sql = "SELECT 1 FROM retired_journals WHERE node = ? AND journal = ?"
        return self._db.execute(sql, [node, journal]).fetchone() is not None

    def retire(self, node: str, journal: str, at: str) -> None:
        sql = "INSERT OR IGNORE INTO retired_journals (node, journal, retired_at) VALUES (?, ?, ?)"
        self._db.execute(sql, [node, journal, at])

    def save_contacts(self, contacts: Collection[Contact]) -> None:
        rows = [_contact_values(item) for item in contacts]
        inserting.insert(self._db.conn, f"INSERT OR REPLACE INTO contacts ({_CONTACT_FIELDS})", rows)

    def save_states(self, states: Mapping[str, Sequence[AppState]]) -> None:
        """Most reports repeat most of what is known: only what differs is written."""
        conn = self._db.conn
        sql = "SELECT node, namespace, name, state FROM states WHERE node IN (SELECT value FROM json_each(?))"
        known = {row[:3]: row[3] for row in conn.execute(sql, [json.dumps(sorted(states))])}
        told = {
            (node, item.namespace, item.application): _STATE.to_json(item, exclude_none=True).decode()
            for node, items in states.items()
            for item in items
        }
        conn.executemany("DELETE FROM states WHERE node = ? AND namespace = ? AND name = ?", known.keys() - told.keys())
        news = [(*key, state) for key, state in told.items() if known.get(key) != state]
        inserting.insert(conn, "INSERT OR REPLACE INTO states (node, namespace, name, state)", news)

    def removals(self, nodes: Collection[str] | None = None) -> tuple[Removal, ...]:
        where = "" if nodes is None else "WHERE node IN (SELECT value FROM json_each(?))"
        values = [] if nodes is None else [json.dumps(sorted(nodes))]
        rows = self._db.execute(f"SELECT namespace, name, node, node_group, head, done FROM removals {where}", values)
        return tuple(
            Removal(AppKey(namespace, name), node, group, head, bool(done))
            for namespace, name, node, group, head, done in rows
        )

    def save_removals(self, removals: Collection[Removal]) -> None:
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO removals (namespace, name, node, node_group, head, done) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (item.key.namespace, item.key.name, item.node, item.group, item.head, int(item.is_done))
                for item in removals
            ],
        )

    def drop_removals(self, pairs: Collection[tuple[AppKey, str]]) -> None:
        self._db.conn.executemany(
            "DELETE FROM removals WHERE namespace = ? AND name = ? AND node = ?",
            [(key.namespace, key.name, node) for key, node in pairs],
        )


def _contact_values(item: Contact) -> tuple[Any, ...]:
    problems = _PROBLEMS.dump_json(item.problems).decode() if item.problems else _NO_PROBLEMS
    return (
        *(item.node, item.journal, item.report, item.stored_through, item.last_seen, item.assignment),
        *(item.daemon, item.kubernetes, item.started_at, _HEADS.dump_json(item.heads).decode(), problems),
    )


def _contact(*row: Any) -> Contact:
    """A row of _CONTACT_FIELDS."""
    *plain, heads, problems = row
    fields = (*plain, _HEADS.validate_json(heads), read_problems(problems))
    return Contact(*fields)


def read_problems(text: str) -> tuple[NodeProblem, ...]:
    """Of the column `problems`; most nodes have none, which needs no reading."""
    return () if text == _NO_PROBLEMS else _PROBLEMS.validate_json(text)
