"""Applications, revisions and placements."""

# ruff: noqa: S608 - only constants of this package are put into SQL texts; values are always bound

from collections.abc import Collection, Mapping
from typing import Any

from sqlite_utils import Database

from pinnace_cloud.storage.rows import AppKey, ApplicationRow, Placement, Revision

_PLACEMENT = "namespace, name, node_group, revision, bundle, base, head"
_CURRENT = """
SELECT r.*, a.leaving FROM applications a
JOIN revisions r ON r.namespace = a.namespace AND r.name = a.name AND r.revision = a.revision
"""


class Applications:
    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> tuple[ApplicationRow, ...]:
        return tuple(_application(row) for row in self._db.query(f"{_CURRENT} ORDER BY a.namespace, a.name"))

    def get(self, key: AppKey) -> ApplicationRow | None:
        rows = self._db.query(f"{_CURRENT} WHERE a.namespace = ? AND a.name = ?", [key.namespace, key.name])
        return next((_application(row) for row in rows), None)

    def revisions(self, key: AppKey) -> tuple[Revision, ...]:
        sql = "SELECT * FROM revisions WHERE namespace = ? AND name = ? ORDER BY revision"
        return tuple(_revision(row) for row in self._db.query(sql, [key.namespace, key.name]))

    def revision_groups(self, key: AppKey) -> Mapping[int, Mapping[str, str]]:
        sql = "SELECT revision, node_group, bundle FROM released WHERE namespace = ? AND name = ?"
        found: dict[int, dict[str, str]] = {}
        for revision, group, bundle in self._db.execute(sql, [key.namespace, key.name]):
            found.setdefault(revision, {})[group] = bundle
        return found

    def save(self, revision: Revision) -> None:
        key = revision.key
        self._db.execute(
            "INSERT INTO revisions (namespace, name, revision, document, digest, changed_at, changed_by, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(key.namespace, key.name, revision.revision, revision.document),
                *(revision.digest, revision.changed_at, revision.changed_by, revision.note),
            ],
        )
        self._db.execute(
            "INSERT INTO applications (namespace, name, revision) VALUES (?, ?, ?)"
            " ON CONFLICT (namespace, name) DO UPDATE SET revision = excluded.revision",
            [key.namespace, key.name, revision.revision],
        )

    def save_placements(self, key: AppKey, placements: Collection[Placement]) -> None:
        self._db.execute("DELETE FROM placements WHERE namespace = ? AND name = ?", [key.namespace, key.name])
        names = (key.namespace, key.name)
        self._db.conn.executemany(
            f"INSERT INTO placements ({_PLACEMENT}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*names, row.group, row.revision, row.bundle, row.base, row.head) for row in placements],
        )
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO released (namespace, name, revision, node_group, bundle) VALUES (?, ?, ?, ?, ?)",
            [(*names, row.revision, row.group, row.bundle) for row in placements],
        )

    def placements(self, key: AppKey | None = None) -> tuple[Placement, ...]:
        where, values = ("", []) if key is None else ("WHERE namespace = ? AND name = ?", [key.namespace, key.name])
        sql = f"SELECT {_PLACEMENT} FROM placements {where} ORDER BY namespace, name, node_group"
        rows = self._db.execute(sql, values)
        return tuple(Placement(AppKey(namespace, name), *placed) for namespace, name, *placed in rows)

    def mark_leaving(self, key: AppKey) -> None:
        self._db.execute(
            "UPDATE applications SET leaving = 1 WHERE namespace = ? AND name = ?", [key.namespace, key.name]
        )

    def forget(self, key: AppKey) -> None:
        for table in ("placements", "released", "removals", "revisions", "applications"):
            sql = f"DELETE FROM {table} WHERE namespace = ? AND name = ?"
            self._db.execute(sql, [key.namespace, key.name])
        sql = "DELETE FROM revision_materials WHERE namespace = ? AND application = ?"
        self._db.execute(sql, [key.namespace, key.name])


def _revision(row: dict[str, Any]) -> Revision:
    return Revision(
        key=AppKey(row["namespace"], row["name"]),
        revision=row["revision"],
        document=row["document"],
        digest=row["digest"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
        note=row["note"],
    )


def _application(row: dict[str, Any]) -> ApplicationRow:
    return ApplicationRow(_revision(row), bool(row["leaving"]))
