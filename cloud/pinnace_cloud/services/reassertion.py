"""After each connect: learns what the broker has retained, and publishes again what is missing or older.

A retained number above ours, validly signed by our own keys, says that our store is older than the fleet: the number is
raised, and the content signed above it. Where what is retained says that nothing is wanted, it is taken over, and with
it known to this store. Anything else that is retained there is overwritten.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pinnace_cloud.clock import Clock
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Broker, Message
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.signing.recognising import NOTHING, Recognised, Recogniser
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AssignmentRow, HeadRow, Parcel
from pinnace_schemas import topics
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.topics import Kind

# Retained messages come right after the subscription; it is over when none came for so long.
QUIET_S = 2.0
# However many there are: a broker that never falls silent is not waited for.
_LONGEST_S = 60.0
# When the store does not work.
_RETRY_S = 1.0
_KINDS = (Kind.HEAD, Kind.ASSIGNMENT)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Findings:
    """`parcels` are to be published; `higher_*` are numbers above ours, `empty_*` what of these wants nothing."""

    parcels: list[Parcel] = field(default_factory=list)
    higher_heads: dict[str, int] = field(default_factory=dict)
    higher_assignments: dict[str, int] = field(default_factory=dict)
    empty_heads: list[HeadRow] = field(default_factory=list)
    empty_assignments: list[AssignmentRow] = field(default_factory=list)


class Assertion:
    """The comparison, without the waiting. Called in a worker thread."""

    def __init__(self, store: Store, post: Post, recogniser: Recogniser, releases: Releases, metrics: Metrics) -> None:
        self._store = store
        self._post = post
        self._recogniser = recogniser
        self._releases = releases
        self._metrics = metrics

    def assert_again(self, retained: Mapping[str, bytes]) -> None:
        """`retained` holds what the broker gave, by topic."""
        with self._store.writing() as tx:
            found = self._compare(tx, retained)
            tx.outbox.put([self._post.root(), *found.parcels])
            tx.deliveries.raise_floors(found.higher_heads, found.higher_assignments)
        self._metrics.asserted.inc(len(found.parcels))
        self._releases.take_over(found.empty_heads, found.empty_assignments)
        self._releases.sign_again(frozenset(found.higher_heads), frozenset(found.higher_assignments))

    def _compare(self, tx: Transaction, retained: Mapping[str, bytes]) -> Findings:
        found = Findings()
        for head in self._with_strangers(tx, retained):
            parcel = self._post.head(head)
            seen = self._seen(parcel, retained, head.group, self._recogniser.head)
            self._judge(head, parcel, retained, seen.version, found)
            if seen.version > head.version:
                found.higher_heads[head.group] = seen.version
                if seen.is_empty:
                    found.empty_heads.append(HeadRow(head.group, seen.version, message=retained[parcel.topic]))
        for row in self._with_strange_nodes(tx, retained):
            parcel = self._post.assignment(row)
            seen = self._seen(parcel, retained, row.node, self._recogniser.assignment)
            self._judge(row, parcel, retained, seen.version, found)
            if seen.version > row.version:
                found.higher_assignments[row.node] = seen.version
                if seen.is_empty:
                    message = retained[parcel.topic]
                    found.empty_assignments.append(AssignmentRow(row.node, seen.version, message=message))
        return found

    def _with_strangers(self, tx: Transaction, retained: Mapping[str, bytes]) -> list[HeadRow]:
        rows = list(tx.deliveries.heads())
        return rows + [HeadRow(name) for name in _names(retained, Kind.HEAD) - {row.group for row in rows}]

    def _with_strange_nodes(self, tx: Transaction, retained: Mapping[str, bytes]) -> list[AssignmentRow]:
        rows = list(tx.deliveries.assignments())
        return rows + [AssignmentRow(name) for name in _names(retained, Kind.ASSIGNMENT) - {row.node for row in rows}]

    @staticmethod
    def _seen(
        parcel: Parcel, retained: Mapping[str, bytes], name: str, recognise: Callable[[bytes, str], Recognised]
    ) -> Recognised:
        payload = retained.get(parcel.topic, b"")
        return recognise(payload, name) if payload and payload != parcel.payload else NOTHING

    @staticmethod
    def _judge(
        row: HeadRow | AssignmentRow, parcel: Parcel, retained: Mapping[str, bytes], version: int, found: Findings
    ) -> None:
        """A row without a version is a stranger: not ours to clear."""
        if row.version > 0 and version <= row.version and retained.get(parcel.topic, b"") != parcel.payload:
            found.parcels.append(parcel)


class Reassertion:
    """One task on the event loop; `connected` and `saw` are called there."""

    def __init__(
        self,
        assertion: Assertion,
        broker: Broker,
        workers: Workers,
        tenant: str,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._assertion = assertion
        self._broker = broker
        self._workers = workers
        self._filters = tuple(topics.wildcard(tenant, kind) for kind in _KINDS)
        self._clock = clock
        self._wake = wake
        self._connects = asyncio.Event()
        self._retained: dict[str, bytes] | None = None
        self._last_seen_s = 0.0

    def connected(self) -> None:
        self._connects.set()

    def saw(self, message: Message) -> None:
        """A head or assignment came from the broker."""
        if self._retained is not None and message.retained:
            self._retained[message.topic] = message.payload
            self._last_seen_s = self._clock.monotonic()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._connects.wait()
            self._connects.clear()
            retained = await self._collect()
            if self._connects.is_set() or not self._broker.is_connected:
                continue
            try:
                await self._workers.run(self._assertion.assert_again, retained)
            except Unavailable as exc:
                _log.warning("what the broker retains could not be compared, again in %g s: %s", _RETRY_S, exc)
                await asyncio.sleep(_RETRY_S)
                self._connects.set()
                continue
            self._wake()

    async def _collect(self) -> dict[str, bytes]:
        self._retained = {}
        begun = self._last_seen_s = self._clock.monotonic()
        for topic in self._filters:
            self._broker.subscribe(topic)
        try:
            while (wait := self._remaining(begun)) > 0 and not self._connects.is_set():
                await asyncio.sleep(wait)
            return self._retained
        finally:
            self._retained = None
            for topic in self._filters:
                self._broker.unsubscribe(topic)

    def _remaining(self, begun: float) -> float:
        now = self._clock.monotonic()
        return min(self._last_seen_s + QUIET_S, begun + _LONGEST_S) - now


def _names(retained: Mapping[str, bytes], kind: Kind) -> set[str]:
    parsed = (topics.parse(topic) for topic in retained)
    return {topic.name for topic in parsed if topic is not None and topic.kind is kind}
