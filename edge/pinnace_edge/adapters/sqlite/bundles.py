"""Cached bundles and chunks, named by their digest. Everything here can be fetched again, so it goes first."""

import contextlib
from collections.abc import Collection

from pinnace_edge.adapters.sqlite.part import Part
from pinnace_edge.adapters.sqlite.reserve import Reserve
from pinnace_edge.errors import DiskFull, StoreUnavailable


class BundlesPart(Part):
    """Compares no digest: who saves has done so, and who reads does it again."""

    _reserve: Reserve

    def bundle(self, digest: str) -> bytes | None:
        return self._body("bundles", digest)

    def save_bundle(self, digest: str, plain: bytes) -> None:
        self._save("bundles", digest, plain)

    def chunk(self, digest: str) -> bytes | None:
        return self._body("chunks", digest)

    def chunk_digests(self) -> frozenset[str]:
        return frozenset(self._digests("chunks"))

    def save_chunk(self, digest: str, data: bytes) -> None:
        self._save("chunks", digest, data)

    def keep_only(self, bundles: Collection[str], chunks: Collection[str]) -> None:
        """Works on a full disk too, one row after the other, unless a transaction is open."""
        dropped = [("bundles", digest) for digest in self._digests("bundles") if digest not in bundles]
        dropped += [("chunks", digest) for digest in self._digests("chunks") if digest not in chunks]
        if dropped:
            self._drop_cached(dropped)
        if not self._reserve.is_held:
            self._session.after_commit("space", self._recover_space)

    def has_room(self) -> bool:
        return self._reserve.is_held or self._reserve.has_plenty

    def _drop_cached(self, rows: list[tuple[str, str]]) -> None:
        try:
            with self._session.transaction():
                self._delete_cached(rows)
        except DiskFull:
            if self._session.is_open:
                raise
            self._drop_singly(rows)

    def _drop_singly(self, rows: list[tuple[str, str]]) -> None:
        """The failed attempt has given the reserve up; each small transaction uses the same piece of it again."""
        for row in rows:
            self._session.checkpoint()
            self._delete_cached([row])

    def _delete_cached(self, rows: list[tuple[str, str]]) -> None:
        for table, digest in rows:
            self._session.write(f"DELETE FROM {table} WHERE digest = ?", (digest,))  # noqa: S608

    def _recover_space(self) -> bool:
        """The disk was full: gives it what the store no longer needs, and takes the reserve back if it can."""
        with contextlib.suppress(StoreUnavailable):
            self._session.shrink()
            self._reserve.take()
        return True

    def _digests(self, table: str) -> list[str]:
        return [row[0] for row in self._session.rows(f"SELECT digest FROM {table} ORDER BY digest")]  # noqa: S608

    def _body(self, table: str, digest: str) -> bytes | None:
        row = self._session.row(f"SELECT body FROM {table} WHERE digest = ?", (digest,))  # noqa: S608
        return row[0] if row else None

    def _save(self, table: str, digest: str, body: bytes) -> None:
        """Over what is there: a body that rotted on the disk is fetched again."""
        put = "ON CONFLICT (digest) DO UPDATE SET body = excluded.body"
        sql = f"INSERT INTO {table} (digest, body) VALUES (?, ?) {put}"  # noqa: S608
        self._session.write(sql, (digest, body))
