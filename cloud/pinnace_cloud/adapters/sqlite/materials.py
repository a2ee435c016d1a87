"""What revisions were rendered with. A content is stored once, however many revisions name it."""

from collections.abc import Collection, Mapping

from sqlite_utils import Database

from pinnace_cloud.storage.rows import AppKey, MaterialRow


class Materials:
    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, key: AppKey, revision: int) -> frozenset[MaterialRow]:
        sql = (
            "SELECT sort, name, digest FROM revision_materials WHERE namespace = ? AND application = ? AND revision = ?"
        )
        return frozenset(MaterialRow(*row) for row in self._db.execute(sql, [key.namespace, key.name, revision]))

    def content(self, digest: str) -> bytes | None:
        row = self._db.execute("SELECT content FROM materials WHERE digest = ?", [digest]).fetchone()
        return None if row is None else bytes(row[0])

    def save(
        self, key: AppKey, revision: int, rows: Collection[MaterialRow], contents: Mapping[str, bytes], at: str
    ) -> None:
        for digest, content in contents.items():
            self._db.execute(
                "INSERT OR IGNORE INTO materials (digest, content, made_at) VALUES (?, ?, ?)", [digest, content, at]
            )
        for row in rows:
            self._db.execute(
                "INSERT OR REPLACE INTO revision_materials (namespace, application, revision, sort, name, digest)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [key.namespace, key.name, revision, row.sort, row.name, row.digest],
            )

    def drop_unnamed(self) -> int:
        sql = "DELETE FROM materials WHERE digest NOT IN (SELECT digest FROM revision_materials)"
        return int(self._db.execute(sql).rowcount)
