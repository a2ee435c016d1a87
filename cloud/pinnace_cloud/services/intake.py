"""Takes in what nodes report and ask for. Stores first, in one transaction for all that has arrived, then acknowledges.

A message that cannot be used is set aside and counted by reason, and the rest of the batch goes on. Nobody is answered
whose signature was not checked. Everything here may come again: reports are repeated until they are acknowledged.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pinnace_cloud.clock import Clock
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Message
from pinnace_cloud.rules import acceptance, departures
from pinnace_cloud.rules.acceptance import Accepted
from pinnace_cloud.rules.throttle import Budget
from pinnace_cloud.services import opening, storing
from pinnace_cloud.services.chasing import Chasing
from pinnace_cloud.services.enrolment import Enrolment
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import Contact, Parcel, Removal
from pinnace_schemas import topics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import MAX_NUMBER
from pinnace_schemas.messages import Ack, Report, Request
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time
from pinnace_schemas.topics import Kind, Topic

# Distinct (sender, reason) pairs that are remembered as logged.
_LOGGED = 10_000
# Lines about those who have not joined: they choose their names, so there is no end of them. All are counted.
_STRANGERS_LOGGED = 60
_STRANGERS_PERIOD_S = 3600.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Result:
    """`answers` go to the broker now. `resign_*` were seen with a higher number than ours, which must be passed."""

    answers: list[Parcel] = field(default_factory=list)
    resign_groups: set[str] = field(default_factory=set)
    resign_nodes: set[str] = field(default_factory=set)


class Intake:
    """Called by one worker at a time."""

    def __init__(self, store: Store, post: Post, enrolment: Enrolment, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._post = post
        self._enrolment = enrolment
        self._clock = clock
        self._metrics = metrics
        self._chasing = Chasing(post, metrics)
        self._logged: OrderedDict[tuple[str, Reason], None] = OrderedDict()
        self._strangers = Budget(_STRANGERS_LOGGED, _STRANGERS_PERIOD_S)

    def handle(self, messages: Sequence[Message]) -> Result:
        """Everything of the batch that is good is stored when this returns."""
        now, result = self._clock.now(), Result()
        sorted_out = self._sorted_out(messages)
        said = self._open([pair for pair in sorted_out if pair[1].kind in (Kind.REPORT, Kind.REQUEST)])
        reports = [item for item in said if isinstance(item, Report)]
        requests = [item for item in said if isinstance(item, Request)]
        if said:
            accepted, superseded = self._store_said(reports, requests, now, result)
            result.answers += self._acks(accepted, now)
            result.answers += (self._superseded(report, now) for report in superseded)
        for message, topic in sorted_out:
            if topic.kind is Kind.ENROLL:
                result.answers += self._join(message, topic)
        return result

    def _sorted_out(self, messages: Iterable[Message]) -> list[tuple[Message, Topic]]:
        """What is for this tenant."""
        parsed = [(message, topics.parse(message.topic)) for message in messages]
        ours = [(message, topic) for message, topic in parsed if topic and topic.tenant == self._post.tenant]
        for kind, count in Counter(topic.kind for _, topic in ours).items():
            self._metrics.received.labels(kind.value).inc(count)
        return ours

    def _open(self, pairs: Sequence[tuple[Message, Topic]]) -> list[Report | Request]:
        if not pairs:
            return []
        with self._store.reading() as tx:
            keys = tx.targets.keys({topic.name for _, topic in pairs})
        said: list[Report | Request] = []
        for message, topic in pairs:
            try:
                said.append(opening.node_message(message, topic, keys, self._post.tenant, self._post.limits))
            except Rejected as exc:
                if topic.name in keys:
                    self._refuse(topic.name, exc)
                else:
                    self._refuse_stranger(exc)
        return said

    def _join(self, message: Message, topic: Topic) -> Iterable[Parcel]:
        try:
            return (self._enrolment.join(message, topic),)
        except Rejected as exc:
            self._refuse_stranger(exc)
            return ()

    def _store_said(
        self, reports: Iterable[Report], requests: Sequence[Request], now: datetime, result: Result
    ) -> tuple[list[Contact], list[Report]]:
        """The contacts to acknowledge, and reports of journals that a newer one has replaced."""
        with self._store.writing() as tx:
            batch = _Batch(tx, {report.node for report in reports}, format_time(now))
            for report in reports:
                try:
                    batch.add(report)
                except Rejected as exc:
                    self._refuse(report.node, exc)
            batch.store()
            storing_again = self._chasing.chase(tx, batch.news, requests, now, self._clock.monotonic())
            tx.outbox.put(storing_again.parcels)
            tx.deliveries.raise_floors(storing_again.higher_heads, storing_again.higher_assignments)
            _confirm_removals(tx, batch.news)
        result.resign_groups |= storing_again.higher_heads.keys()
        result.resign_nodes |= storing_again.higher_assignments.keys()
        self._metrics.reports.inc(len(batch.news))
        self._metrics.entries.inc(batch.entries)
        self._metrics.gaps.inc(batch.gaps)
        return list(batch.contacts.values()), batch.superseded

    def _superseded(self, report: Report, now: datetime) -> Parcel:
        """Tells a node whose older disk was put back that its journal is over: an acknowledgement of a report that it
        never sent makes it begin a new one (see the edge's inbox)."""
        ack = Ack(
            tenant=self._post.tenant,
            node=report.node,
            journal=report.journal,
            through=0,
            report=MAX_NUMBER,
            sent_at=format_time(now),
        )
        return self._post.inbox(ack)

    def _acks(self, contacts: Iterable[Contact], now: datetime) -> Iterable[Parcel]:
        sent_at = format_time(now)
        for contact in contacts:
            ack = Ack(
                tenant=self._post.tenant,
                node=contact.node,
                journal=contact.journal,
                through=contact.stored_through,
                report=contact.report,
                sent_at=sent_at,
            )
            yield self._post.inbox(ack)

    def _refuse(self, sender: str, exc: Rejected) -> None:
        self._metrics.refused.labels(exc.reason.value).inc()
        key = (sender, exc.reason)
        if key not in self._logged:
            _log.warning("message set aside (%s): %s", exc.reason.value, exc)
            self._logged[key] = None
            if len(self._logged) > _LOGGED:
                self._logged.popitem(last=False)

    def _refuse_stranger(self, exc: Rejected) -> None:
        self._metrics.refused.labels(exc.reason.value).inc()
        if self._strangers.admits(self._clock.monotonic()):
            _log.warning("message of a stranger set aside (%s): %s", exc.reason.value, exc)


class _Batch:
    """Collects the rows of many reports; several of one node build on each other."""

    def __init__(self, tx: Transaction, nodes: Collection[str], at: str) -> None:
        self._tx = tx
        self._at = at
        self._known = tx.reports.contacts(nodes)
        self._accepted: list[Accepted] = []
        self.contacts: dict[str, Contact] = {}
        self.news: dict[str, Report] = {}
        self.superseded: list[Report] = []

    @property
    def entries(self) -> int:
        return sum(len(item.items) for item in self._accepted)

    @property
    def gaps(self) -> int:
        return sum(item.gaps for item in self._accepted)

    def add(self, report: Report) -> None:
        """Raises Rejected(OLDER_VERSION) for a journal that another one has replaced."""
        known = self.contacts.get(report.node) or self._known.get(report.node)
        is_current = known is not None and known.journal == report.journal
        if not is_current and self._tx.reports.is_retired(report.node, report.journal):
            self.superseded.append(report)
            message = "its journal was replaced by a newer one; the node is told to begin another"
            raise Rejected(Reason.OLDER_VERSION, message, f"report of node {report.node}")
        accepted = acceptance.accept(report, known, self._at)
        if accepted.retires is not None:
            self._tx.reports.retire(report.node, accepted.retires, self._at)
        self._accepted.append(accepted)
        self.contacts[report.node] = accepted.contact
        if accepted.is_news:
            self.news[report.node] = report

    def store(self) -> None:
        reports = self._tx.reports
        reports.save_contacts(list(self.contacts.values()))
        reports.save_states({node: report.states for node, report in self.news.items()})
        reports.add_entries([item for accepted in self._accepted for item in accepted.items])


def _confirm_removals(tx: Transaction, news: Mapping[str, Report]) -> None:
    waiting = [item for item in tx.reports.removals(news.keys()) if not item.is_done]
    done = [item for item in waiting if _is_confirmed(tx, item, news[item.node])]
    if not done:
        return
    leaving = {row.key for row in tx.applications.all() if row.is_leaving}
    tx.reports.drop_removals([(item.key, item.node) for item in done])
    tx.reports.save_removals(
        [Removal(item.key, item.node, item.group, item.head, is_done=True) for item in done if item.key in leaving]
    )
    storing.forget_finished(tx)


def _is_confirmed(tx: Transaction, item: Removal, report: Report) -> bool:
    assignment, head = tx.deliveries.assignment(item.node), tx.deliveries.head(item.group)
    return departures.is_confirmed(item, report, assignment, head)
