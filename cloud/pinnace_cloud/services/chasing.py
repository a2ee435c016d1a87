"""Sends again what a node lacks: the chunks it asks for, the head or assignment it is behind with.

Once for everyone and not too often, since what is retained reaches all who listen. A node that names a higher number
than ours tells that our store is older than the fleet; then the number is raised and the content signed above it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pinnace_cloud.metrics import Metrics
from pinnace_cloud.rules.throttle import Throttle
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AssignmentRow, HeadRow, Parcel
from pinnace_schemas.messages import Report, Request
from pinnace_schemas.times import parse_time

# Chunks are what a restarted broker lacks for a whole group at once; the others wait for the first one's answer.
_CHUNK_AGAIN_S = 10.0
# A head reaches the whole group, so it is sent once for all who are behind,
_RETAINED_AGAIN_S = 60.0
# and one node that is always behind must not cost the others' links.
_NODE_AGAIN_S = 600.0
# A message of this age may still be on its way.
_FRESH = timedelta(seconds=10)
# No fleet gets there by counting; a node that claims more lies, and must not use up our numbers.
_HIGHEST_VERSION = 1 << 40


@dataclass(slots=True)
class Again:
    """`higher_*` are numbers above ours that nodes have accepted."""

    parcels: list[Parcel] = field(default_factory=list)
    higher_heads: dict[str, int] = field(default_factory=dict)
    higher_assignments: dict[str, int] = field(default_factory=dict)


class Chasing:
    """Remembers what it has sent again lately."""

    def __init__(self, post: Post, metrics: Metrics) -> None:
        self._post = post
        self._metrics = metrics
        self._chunks = Throttle(_CHUNK_AGAIN_S)
        self._retained = Throttle(_RETAINED_AGAIN_S)
        self._nodes = Throttle(_NODE_AGAIN_S)

    def chase(
        self,
        tx: Transaction,
        reports: Mapping[str, Report],
        requests: Sequence[Request],
        now: datetime,
        monotonic: float,
    ) -> Again:
        """Compares what the nodes say of their own groups with what is wanted. The parcels go into the outbox."""
        again = Again()
        again.parcels += self._asked_chunks(tx, requests, monotonic)
        heads = _Heads(tx)
        nodes = {*reports, *(request.node for request in requests)}
        rows = {row.node: row for row in tx.deliveries.assignments(nodes)}
        for node, report in reports.items():
            row = rows.get(node, AssignmentRow(node))
            self._assignment(row, report.assignment, now, monotonic, again)
            for group in row.groups:
                self._head(heads.head(group), node, report.heads.get(group, 0), now, monotonic, again)
        for request in requests:
            if request.group in rows.get(request.node, AssignmentRow(request.node)).groups:
                self._head(heads.head(request.group), request.node, request.head, now, monotonic, again)
        return again

    def _asked_chunks(self, tx: Transaction, requests: Iterable[Request], monotonic: float) -> Iterable[Parcel]:
        asked = {digest for request in requests for digest in request.chunks}
        found = tx.deliveries.chunks(asked)
        sent = {digest: data for digest, data in found.items() if self._chunks.admits(digest, monotonic)}
        tx.deliveries.mark_cleared(sent.keys(), cleared=False)
        self._metrics.chunks_again.inc(len(sent))
        return self._post.chunks(sent)

    def _head(self, row: HeadRow, node: str, version: int, now: datetime, monotonic: float, again: Again) -> None:
        if row.version < version < _HIGHEST_VERSION and row.message:
            if self._is_believed(row, node, version, monotonic, self._post.head(row).topic):
                again.higher_heads[row.group] = max(version, again.higher_heads.get(row.group, 0))
        elif version < row.version and self._is_due(row, node, now, monotonic, self._post.head(row).topic):
            again.parcels.append(self._post.head(row))

    def _assignment(self, row: AssignmentRow, version: int, now: datetime, monotonic: float, again: Again) -> None:
        if row.version < version < _HIGHEST_VERSION and row.message:
            if self._is_believed(row, row.node, version, monotonic, self._post.assignment(row).topic):
                again.higher_assignments[row.node] = max(version, again.higher_assignments.get(row.node, 0))
        elif version < row.version and self._is_due(row, row.node, now, monotonic, self._post.assignment(row).topic):
            again.parcels.append(self._post.assignment(row))

    def _is_believed(self, row: HeadRow | AssignmentRow, node: str, version: int, monotonic: float, topic: str) -> bool:
        """One node that names ever higher numbers must not make us publish to all others each time."""
        return version <= row.floor or self._nodes.admits(f"{node} above {topic}", monotonic)

    def _is_due(self, row: HeadRow | AssignmentRow, node: str, now: datetime, monotonic: float, topic: str) -> bool:
        if not row.message or timedelta(0) <= now - parse_time(row.signed_at) < _FRESH:
            return False
        return self._nodes.admits(f"{node} {topic}", monotonic) and self._retained.admits(topic, monotonic)


class _Heads:
    """Each row is read once for a batch."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._rows: dict[str, HeadRow] = {}

    def head(self, group: str) -> HeadRow:
        if group not in self._rows:
            self._rows[group] = self._tx.deliveries.head(group)
        return self._rows[group]
