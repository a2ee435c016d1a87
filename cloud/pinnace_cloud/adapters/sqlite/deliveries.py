"""Bundles, their encodings and chunks; heads and assignments with their versions."""

# ruff: noqa: S608 - only constants of this package are put into SQL texts; values are always bound

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from pinnace_cloud.storage.rows import AssignmentRow, HeadRow, VariantRow

# Nodes of a fleet are in the same few sets of groups; most of a row's time would be the reading of that column.
_KEPT_GROUPS = 1_024
_AMONG = "(SELECT value FROM json_each(?))"

# A variant is named by a placement when it is a whole one of its bundle, or the delta from its base.
_NAME_CHUNKS = """
UPDATE chunks SET named_at = ? WHERE digest IN (
    SELECT c.chunk FROM placements p JOIN variant_chunks c ON c.bundle = p.bundle AND c.base IN ('', p.base)
)
"""
_NAME_BUNDLES = """
UPDATE bundles SET named_at = ? WHERE digest IN (SELECT bundle FROM placements UNION SELECT base FROM placements)
"""
_DROP = (
    "DELETE FROM bundles WHERE named_at < ?",
    "DELETE FROM variants WHERE bundle NOT IN (SELECT digest FROM bundles)",
    "DELETE FROM variant_chunks WHERE bundle NOT IN (SELECT digest FROM bundles)",
)
_DROP_CHUNKS = "DELETE FROM chunks WHERE named_at < ? AND digest NOT IN (SELECT chunk FROM variant_chunks)"
_ASSIGNMENTS = "SELECT node, version, floor, groups, message, signed_at FROM assignments"
_HEADS = "SELECT node_group, version, floor, message, signed_at, targets FROM heads"


class Deliveries:
    def __init__(self, db: Database) -> None:
        self._db = db

    def bundle(self, digest: str) -> bytes | None:
        row = self._db.execute("SELECT plain FROM bundles WHERE digest = ?", [digest]).fetchone()
        return row[0] if row else None

    def bundle_lengths(self, digests: Collection[str]) -> Mapping[str, int]:
        sql = f"SELECT digest, length(plain) FROM bundles WHERE digest IN {_AMONG}"
        return dict(self._db.execute(sql, [json.dumps(sorted(digests))]).fetchall())

    def save_bundle(self, digest: str, plain: bytes, at: str) -> None:
        self._db.execute(
            "INSERT INTO bundles (digest, plain, named_at) VALUES (?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET named_at = excluded.named_at",
            [digest, plain, at],
        )

    def variants(self, bundle: str, base: str) -> tuple[VariantRow, ...]:
        sql = "SELECT * FROM variants WHERE bundle = ? AND base IN ('', ?) ORDER BY base, encoding"
        return tuple(
            VariantRow(row["bundle"], row["base"], row["encoding"], row["length"], self._chunks_of(row))
            for row in list(self._db.query(sql, [bundle, base]))
        )

    def _chunks_of(self, row: dict[str, Any]) -> tuple[str, ...]:
        sql = "SELECT chunk FROM variant_chunks WHERE bundle = ? AND base = ? AND encoding = ? ORDER BY place"
        found = self._db.execute(sql, [row["bundle"], row["base"], row["encoding"]])
        return tuple(chunk for (chunk,) in found)

    def save_variant(self, row: VariantRow, chunks: Mapping[str, bytes], at: str) -> None:
        conn = self._db.conn
        conn.execute(
            "INSERT OR IGNORE INTO variants (bundle, base, encoding, length) VALUES (?, ?, ?, ?)",
            [row.bundle, row.base, row.encoding, row.length],
        )
        conn.executemany(
            "INSERT OR IGNORE INTO variant_chunks (bundle, base, encoding, place, chunk) VALUES (?, ?, ?, ?, ?)",
            [(row.bundle, row.base, row.encoding, place, chunk) for place, chunk in enumerate(row.chunks)],
        )
        conn.executemany(
            "INSERT INTO chunks (digest, data, named_at) VALUES (?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET named_at = excluded.named_at, cleared = 0",
            [(digest, data, at) for digest, data in sorted(chunks.items())],
        )

    def chunks(self, digests: Collection[str]) -> Mapping[str, bytes]:
        sql = f"SELECT digest, data FROM chunks WHERE digest IN {_AMONG}"
        return dict(self._db.execute(sql, [json.dumps(sorted(digests))]).fetchall())

    def published(self, digests: Collection[str]) -> frozenset[str]:
        sql = f"SELECT digest FROM chunks WHERE cleared = 0 AND digest IN {_AMONG}"
        return frozenset(digest for (digest,) in self._db.execute(sql, [json.dumps(sorted(digests))]))

    def mark_named(self, at: str) -> None:
        self._db.execute(_NAME_CHUNKS, [at])
        self._db.execute(_NAME_BUNDLES, [at])

    def unnamed_chunks(self, before: str) -> tuple[str, ...]:
        sql = "SELECT digest FROM chunks WHERE named_at < ? AND cleared = 0 ORDER BY digest"
        return tuple(digest for (digest,) in self._db.execute(sql, [before]))

    def mark_cleared(self, digests: Collection[str], cleared: bool) -> None:
        sql = f"UPDATE chunks SET cleared = ? WHERE digest IN {_AMONG}"
        self._db.execute(sql, [int(cleared), json.dumps(sorted(digests))])

    def drop_unnamed(self, before: str) -> int:
        self._db.execute(_DROP[0], [before])
        for sql in _DROP[1:]:
            self._db.execute(sql)
        return self._db.execute(_DROP_CHUNKS, [before]).rowcount

    def heads(self) -> tuple[HeadRow, ...]:
        return tuple(HeadRow(*row) for row in self._db.execute(f"{_HEADS} ORDER BY node_group"))

    def head(self, group: str) -> HeadRow:
        rows = self._db.execute(f"{_HEADS} WHERE node_group = ?", [group])
        return next((HeadRow(*row) for row in rows), HeadRow(group))

    def save_head(self, row: HeadRow) -> None:
        self._db.execute(
            "INSERT INTO heads (node_group, version, floor, message, signed_at, targets) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (node_group) DO UPDATE SET version = excluded.version, message = excluded.message,"
            " signed_at = excluded.signed_at, targets = excluded.targets, floor = max(floor, excluded.floor)",
            [row.group, row.version, row.floor, row.message, row.signed_at, row.targets],
        )

    def assignments(self, nodes: Collection[str] | None = None) -> tuple[AssignmentRow, ...]:
        where, values = ("", []) if nodes is None else (f"WHERE node IN {_AMONG}", [json.dumps(sorted(nodes))])
        rows = self._db.execute(f"{_ASSIGNMENTS} {where} ORDER BY node", values)
        return tuple(_assignment(*row) for row in rows)

    def assignment(self, node: str) -> AssignmentRow:
        rows = self._db.execute(f"{_ASSIGNMENTS} WHERE node = ?", [node])
        return next((_assignment(*row) for row in rows), AssignmentRow(node))

    def save_assignments(self, rows: Collection[AssignmentRow]) -> None:
        self._db.conn.executemany(
            "INSERT INTO assignments (node, version, floor, groups, message, signed_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (node) DO UPDATE SET version = excluded.version, groups = excluded.groups,"
            " message = excluded.message, signed_at = excluded.signed_at, floor = max(floor, excluded.floor)",
            [(row.node, row.version, row.floor, json.dumps(row.groups), row.message, row.signed_at) for row in rows],
        )

    def raise_floors(self, heads: Mapping[str, int], assignments: Mapping[str, int]) -> None:
        conn = self._db.conn
        conn.executemany(
            "INSERT INTO heads (node_group, floor) VALUES (?, ?)"
            " ON CONFLICT (node_group) DO UPDATE SET floor = max(floor, excluded.floor)",
            sorted(heads.items()),
        )
        conn.executemany(
            "INSERT INTO assignments (node, floor) VALUES (?, ?)"
            " ON CONFLICT (node) DO UPDATE SET floor = max(floor, excluded.floor)",
            sorted(assignments.items()),
        )


def _assignment(node: str, version: int, floor: int, groups: str, message: bytes, signed_at: str) -> AssignmentRow:
    return AssignmentRow(node, version, floor, _groups(groups), message, signed_at)


@lru_cache(maxsize=_KEPT_GROUPS)
def _groups(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
