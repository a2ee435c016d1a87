"""Definitions in all versions that there have been since their names were last given."""

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from pinnace_cloud.storage.rows import DefinitionRow

_COLUMNS = "kind, name, version, document, digest, declared, changed_at, changed_by"
_NEWEST = f"""
SELECT {_COLUMNS} FROM definitions d
WHERE version = (SELECT MAX(version) FROM definitions WHERE kind = d.kind AND name = d.name)
"""  # noqa: S608 - only constants of this module


class Definitions:
    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> tuple[DefinitionRow, ...]:
        return tuple(_row(row) for row in self._db.query(f"{_NEWEST} ORDER BY kind, name"))

    def get(self, kind: str, name: str) -> DefinitionRow | None:
        rows = self._db.query(f"{_NEWEST} AND kind = ? AND name = ?", [kind, name])
        return next((_row(row) for row in rows), None)

    def versions(self, kind: str, name: str) -> Mapping[str, int]:
        sql = "SELECT digest, version FROM definitions WHERE kind = ? AND name = ? ORDER BY version"
        return dict(self._db.execute(sql, [kind, name]).fetchall())

    def save(self, row: DefinitionRow) -> None:
        self._db.execute(
            f"INSERT INTO definitions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            [
                *(row.kind, row.name, row.version, row.document),
                *(row.digest, row.declared, row.changed_at, row.changed_by),
            ],
        )

    def forget(self, kind: str, name: str) -> None:
        self._db.execute("DELETE FROM definitions WHERE kind = ? AND name = ?", [kind, name])

    def users(self, pin: str) -> Mapping[str, str]:
        sql = """
            SELECT a.namespace || '/' || a.name, m.digest FROM applications a
            JOIN revision_materials m
              ON m.namespace = a.namespace AND m.application = a.name AND m.revision = a.revision
            WHERE m.sort = 'definition' AND m.name = ? ORDER BY 1
        """
        return dict(self._db.execute(sql, [pin]).fetchall())


def _row(row: dict[str, Any]) -> DefinitionRow:
    return DefinitionRow(**row)
