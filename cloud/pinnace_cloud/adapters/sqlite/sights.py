"""The joined view behind every answer to "where does it run as wanted": one query, not one for each node."""

from typing import Any

from sqlite_utils import Database

from pinnace_cloud.adapters.sqlite.reports import read_problems
from pinnace_cloud.storage.rows import AppKey, Sight
from pinnace_schemas.messages import AppState

_PAIRS = """
SELECT pair.*, n.public_key IS NOT NULL AS is_joined, c.last_seen, c.problems, s.state,
    json_extract(c.heads, '$."' || pair.node_group || '"') AS told_head
FROM (
    SELECT p.namespace, p.name, m.node, p.node_group, p.revision, p.bundle, p.head, 0 AS leaving, 0 AS done
    FROM placements p JOIN members m ON m.node_group = p.node_group
    UNION ALL
    SELECT namespace, name, node, node_group, 0, '', 0, 1, done FROM removals
) AS pair
LEFT JOIN nodes n ON n.name = pair.node
LEFT JOIN contacts c ON c.node = pair.node
LEFT JOIN states s ON s.node = pair.node AND s.namespace = pair.namespace AND s.name = pair.name
"""
_ORDER = "ORDER BY pair.namespace, pair.name, pair.node"


class Sights:
    def __init__(self, db: Database) -> None:
        self._db = db

    def sights(
        self, *, key: AppKey | None = None, node: str | None = None, namespace: str | None = None
    ) -> tuple[Sight, ...]:
        wanted = {
            "pair.namespace": key.namespace if key else namespace,
            "pair.name": key.name if key else None,
            "pair.node": node,
        }
        terms = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in terms)
        sql = f"{_PAIRS} {'WHERE ' + where if where else ''} {_ORDER}"
        return tuple(_sight(row) for row in self._db.query(sql, list(terms.values())))


def _sight(row: dict[str, Any]) -> Sight:
    state, problems = row["state"], row["problems"]
    return Sight(
        key=AppKey(row["namespace"], row["name"]),
        node=row["node"],
        group=row["node_group"],
        revision=row["revision"],
        bundle=row["bundle"],
        is_joined=bool(row["is_joined"]),
        last_seen=row["last_seen"],
        state=AppState.model_validate_json(state) if state else None,
        is_leaving=bool(row["leaving"]),
        is_gone=bool(row["done"]),
        head=row["head"],
        told_head=row["told_head"] or 0,
        problems=read_problems(problems) if problems else (),
    )
