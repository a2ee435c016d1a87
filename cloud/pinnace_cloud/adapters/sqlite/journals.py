"""The entries of all nodes' journals, in the order of storing. An entry is there once, however often it is added."""

import json
from collections.abc import Collection, Mapping

from sqlite_utils import Database

from pinnace_cloud.adapters.sqlite import inserting
from pinnace_cloud.storage.rows import JournalItem

_ENTRIES = """
SELECT known.node, known.journal, seq, stored_at, entry, cursor
FROM entries JOIN journals known ON known.id = entries.journal
"""
# The numbers alone, from the index: only the entries of the page that is wanted are read.
_OF_NODE = """
SELECT cursor FROM entries
WHERE journal IN (SELECT id FROM journals WHERE node = ?) AND cursor > ? ORDER BY cursor LIMIT ?
"""


class Journals:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add_entries(self, items: Collection[JournalItem]) -> None:
        ids = self._ids({(item.node, item.journal) for item in items})
        rows = [(ids[node, journal], seq, stored_at, entry) for node, journal, seq, stored_at, entry, _ in items]
        inserting.insert(self._db.conn, "INSERT OR IGNORE INTO entries (journal, seq, stored_at, entry)", rows)

    def journal(self, node: str | None, after: int, limit: int) -> tuple[JournalItem, ...]:
        if node is None:
            return self._items("WHERE cursor > ? ORDER BY cursor LIMIT ?", after, limit)
        return self._items(f"WHERE cursor IN ({_OF_NODE}) ORDER BY cursor", node, after, limit)

    def newest_entries(self, limit: int) -> tuple[JournalItem, ...]:
        return self._items("ORDER BY cursor DESC LIMIT ?", limit)[::-1]

    def _ids(self, names: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """Of journals by node and journal; those that are new get one."""
        known = self._known(names)
        new = sorted(names - known.keys())
        if not new:
            return known
        self._db.conn.executemany("INSERT INTO journals (node, journal) VALUES (?, ?)", new)
        return self._known(names)

    def _known(self, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        sql = "SELECT node, journal, id FROM journals WHERE node IN (SELECT value FROM json_each(?))"
        nodes = json.dumps([node for node, _ in names])
        return {(node, journal): number for node, journal, number in self._db.conn.execute(sql, [nodes])}

    def _items(self, rest: str, *values: object) -> tuple[JournalItem, ...]:
        return tuple(JournalItem(*row) for row in self._db.execute(f"{_ENTRIES} {rest}", values))
