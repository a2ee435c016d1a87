"""The outbox."""

from collections.abc import Collection, Iterable

from sqlite_utils import Database

from pinnace_cloud.storage.rows import Parcel


class Outbox:
    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, parcels: Iterable[Parcel]) -> None:
        for parcel in parcels:
            if parcel.retain and self._replaces(parcel):
                continue
            self._db.execute(
                "INSERT INTO outbox (topic, payload, retain) VALUES (?, ?, ?)",
                [parcel.topic, parcel.payload, int(parcel.retain)],
            )

    def _replaces(self, parcel: Parcel) -> bool:
        """True: the same is waiting already. Removes an older payload for this topic otherwise."""
        waiting = self._db.execute(
            "SELECT payload FROM outbox WHERE topic = ? AND retain = 1", [parcel.topic]
        ).fetchone()
        if waiting is None:
            return False
        if waiting[0] == parcel.payload:
            return True
        self._db.execute("DELETE FROM outbox WHERE topic = ? AND retain = 1", [parcel.topic])
        return False

    def oldest(self, limit: int) -> tuple[Parcel, ...]:
        rows = self._db.execute("SELECT topic, payload, retain, id FROM outbox ORDER BY id LIMIT ?", [limit])
        return tuple(Parcel(topic, payload, bool(retain), number) for topic, payload, retain, number in rows)

    def delivered(self, ids: Collection[int]) -> None:
        self._db.conn.executemany("DELETE FROM outbox WHERE id = ?", [(number,) for number in ids])

    def count(self) -> int:
        found: int = self._db.execute("SELECT count(*) FROM outbox").fetchone()[0]
        return found
