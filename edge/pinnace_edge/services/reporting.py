"""Tells the cloud where everything stands, and hands over the journal until each entry is acknowledged.

A report is sent when something changed, on connect, every few minutes, and again when no acknowledgement came.
That something waits for another object now is told too, no more often than `rules.telling` allows.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pinnace_edge.model import Deployment
from pinnace_edge.ports import Broker, Clock, Signer, Store
from pinnace_edge.rules.telling import Telling
from pinnace_edge.services.control import Identity
from pinnace_edge.services.heads import Heads
from pinnace_schemas import backoff, envelope, times, topics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import AppState, Report
from pinnace_schemas.phases import Phase

# Changes come in bursts (a head, then chunks, then a pass over several applications): one report for all of them.
GATHER_S = 0.5
# What will be followed by something else that is worth a report, and soon.
_UNDER_WAY = frozenset({Phase.PENDING, Phase.FETCHING, Phase.STAGED, Phase.APPLYING})
# An acknowledgement takes a round trip and a commit; a slow link takes longer.
FIRST_REPEAT_S = 10.0
LONGEST_REPEAT_S = 300.0
# Journal bytes in one report before compression: leaves room for states in a 96 KiB message even if nothing compresses.
ENTRIES_BYTES = 48 * 1024
_MOST_VERSION = 64  # characters, the limit of the wire format


@dataclass(frozen=True, slots=True)
class About:
    """What does not change while the daemon runs."""

    identity: Identity
    daemon: str
    started_at: datetime
    report_interval_s: float


class Reporter:
    """Owns when to report. Numbers each report, so that the cloud never takes an older state for a newer one."""

    def __init__(
        self,
        store: Store,
        heads: Heads,
        broker: Broker,
        signer: Signer,
        clock: Clock,
        about: About,
        limits: Limits,
        rng: random.Random,
    ) -> None:
        self._store = store
        self._heads = heads
        self._broker = broker
        self._signer = signer
        self._clock = clock
        self._about = about
        self._limits = limits
        self._rng = rng
        self._telling = Telling(about.report_interval_s, rng)
        self.kubernetes = ""
        self.too_large = ""  # why not even the smallest report could be sent
        self._is_connected = False
        self._next_at = 0.0
        self._reworded_at = float("inf")
        self._sent_at = float("-inf")
        self._repeats = 0
        self._open_number = 0
        self._open_removed: frozenset[object] = frozenset()
        self._topic = topics.build(about.identity.tenant, topics.Kind.REPORT, about.identity.node)

    def connected(self) -> None:
        """A report soon, jittered, so that thousands of nodes do not speak in the same second."""
        self._is_connected = True
        self._repeats = 0
        self._next_at = self._clock.monotonic() + self._rng.uniform(0, 2 * GATHER_S)

    def disconnected(self) -> None:
        """Nothing is sent; everything is kept."""
        self._is_connected = False

    def changed(self) -> None:
        """Something happened: a report after a short gathering, or at once when nothing is under way any more, since
        that is what people wait for; but never more often than the gathering takes."""
        now = self._clock.monotonic()
        is_under_way = any(item.phase in _UNDER_WAY for item in self._store.deployments())
        soon = now + GATHER_S if is_under_way else max(now, self._sent_at + GATHER_S)
        self._next_at = min(self._next_at, soon)

    def acknowledged(self, number: int) -> None:
        """The cloud has stored report `number`: what it called removed may be forgotten."""
        if number < self._open_number or not self._open_number:
            return
        self._open_number = 0
        self._repeats = 0
        self._forget_removed()
        has_more = bool(self._store.entries(0, 1))
        self._next_at = self._clock.monotonic() + (0.0 if has_more else self._interval_s())

    def due_at(self) -> float | None:
        """Monotonic time of the next report; None without a link."""
        return min(self._next_at, self._reworded_at) if self._is_connected else None

    def step(self) -> None:
        """Sends a report if one is due."""
        if not self._is_connected:
            return
        now = self._clock.monotonic()
        self._reworded_at = self._telling.due_at(self._store.deployments(), now)
        if now < min(self._next_at, self._reworded_at):
            return
        self._send(self._store.next_report_number())
        self._telling.told(self._store.deployments(), now)  # what was not sent is repeated as any report
        self._reworded_at = float("inf")
        self._repeats += 1
        wait = backoff.full_jitter(self._rng, self._repeats, base_s=FIRST_REPEAT_S, cap_s=LONGEST_REPEAT_S)
        self._next_at = now + FIRST_REPEAT_S + wait

    def _send(self, number: int) -> None:
        """With as many entries as this broker takes."""
        problem = ""
        for report in self._candidates(number):
            try:
                is_sent = self._broker.publish(self._topic, self._sealed(report))
            except Rejected as exc:
                problem = str(exc)
                continue
            if is_sent:
                self._was_sent(number)
            return
        self.too_large = problem

    def _was_sent(self, number: int) -> None:
        self._sent_at = self._clock.monotonic()
        self._open_number = number
        self._open_removed = frozenset(_removed(self._store.deployments()))
        self.too_large = ""

    def _candidates(self, number: int) -> Iterator[Report]:
        """Smaller and smaller. States are never left out; only what people read of them is, if it must be."""
        for entries_bytes in (ENTRIES_BYTES, ENTRIES_BYTES // 4, ENTRIES_BYTES // 16, 1):
            report = self._report(number, entries_bytes)
            yield report
        yield report.model_copy(update={"states": tuple(_terse(state) for state in report.states)})

    def _sealed(self, report: Report) -> bytes:
        return envelope.encode(self._signer.sign(report), self._limits, "report")

    def _interval_s(self) -> float:
        return self._about.report_interval_s * self._rng.uniform(0.8, 1.0)

    def _forget_removed(self) -> None:
        for deployment in self._store.deployments():
            if deployment.key in self._open_removed and deployment.phase is Phase.REMOVED:
                self._store.drop_deployment(deployment.key)

    def _report(self, number: int, entries_bytes: int) -> Report:
        return Report(
            tenant=self._about.identity.tenant,
            node=self._about.identity.node,
            journal=self._store.journal_id(),
            number=number,
            sent_at=times.format_time(self._clock.now()),
            daemon=self._about.daemon,
            kubernetes=self.kubernetes[:_MOST_VERSION],
            started_at=times.format_time(self._about.started_at),
            assignment=self._store.assignment()[0],
            heads=self._heads.versions(),
            states=tuple(_state(item) for item in self._store.deployments()),
            problems=self._store.problems(),
            entries=self._store.entries(0, entries_bytes),
            kept_from=self._store.kept_from(),
        )


def _removed(deployments: tuple[Deployment, ...]) -> list[object]:
    return [item.key for item in deployments if item.phase is Phase.REMOVED]


def _terse(state: AppState) -> AppState:
    return state.model_copy(update={"message": ""})


def _state(item: Deployment) -> AppState:
    return AppState(
        namespace=item.key.namespace,
        application=item.key.name,
        group=item.group,
        phase=item.phase,
        revision=item.revision,
        bundle=item.bundle or None,
        wanted_bundle=item.wanted_bundle or None,
        wanted_revision=item.wanted_revision,
        ready=item.ready,
        total=item.total,
        reason=item.reason,
        message=item.message[:2000],
        healed=item.healed,
        since=times.format_time(item.since),
    )
