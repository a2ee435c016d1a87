"""API tokens, join tokens, the audit trail."""

from collections.abc import Mapping

from sqlite_utils import Database

from pinnace_cloud.storage.rows import AuditRow, JoinTokenRow


class Access:
    def __init__(self, db: Database) -> None:
        self._db = db

    def api_tokens(self) -> Mapping[str, str]:
        return dict(self._db.execute("SELECT digest, name FROM api_tokens").fetchall())

    def save_api_token(self, digest: str, name: str, at: str) -> None:
        self._db.execute("INSERT INTO api_tokens (digest, name, created_at) VALUES (?, ?, ?)", [digest, name, at])

    def forget_api_token(self, name: str) -> bool:
        return self._db.execute("DELETE FROM api_tokens WHERE name = ?", [name]).rowcount > 0

    def join_token(self, token: str) -> JoinTokenRow | None:
        rows = self._db.query("SELECT * FROM join_tokens WHERE id = ?", [token])
        return next((JoinTokenRow(**row) for row in rows), None)

    def save_join_token(self, row: JoinTokenRow) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO join_tokens (id, node, public_key, expires_at, used_by, replaces)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [row.id, row.node, row.public_key, row.expires_at, row.used_by, row.replaces],
        )

    def drop_join_tokens(self, expired_before: str) -> None:
        self._db.execute("DELETE FROM join_tokens WHERE expires_at < ?", [expired_before])

    def audit(self, row: AuditRow) -> None:
        sql = "INSERT INTO audit (at, actor, action, subject) VALUES (?, ?, ?, ?)"
        self._db.execute(sql, [row.at, row.actor, row.action, row.subject])

    def trail(self, limit: int) -> tuple[AuditRow, ...]:
        sql = "SELECT at, actor, action, subject FROM audit ORDER BY id DESC LIMIT ?"
        return tuple(AuditRow(*row) for row in self._db.execute(sql, [limit]))
