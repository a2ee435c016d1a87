"""A cloud that really signs, and the applications that it delivers through the broker in memory."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.unit.edge.clocks import ManualClock
from tests.unit.edge.memory_broker import MemoryBroker

from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.signer import Signer
from pinnace_edge.model import (
    KubeObject,
)
from pinnace_schemas import bundle, codec, compression, control, envelope, head, times, topics
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.compression import Encoding
from pinnace_schemas.handling import Handling
from pinnace_schemas.head import HeadEntry, Variant
from pinnace_schemas.health_rules import HealthRules
from pinnace_schemas.journal import Entry
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import Ack, Assignment, Report, Request
from pinnace_schemas.order import Order

TENANT, NODE = "default", "site-1"
CHUNK_BYTES = 400


@dataclass(frozen=True)
class App:
    """ConfigMaps by name and value, delivered as one application."""

    name: str = "shop"
    revision: int = 1
    values: tuple[tuple[str, str], ...] = (("settings", "1"),)
    deadline_s: int = 600
    extra: tuple[KubeObject, ...] = ()
    handling: tuple[Handling, ...] = ()
    keep_legacy: bool = False
    order: tuple[Order, ...] = ()
    remove_in_order: bool = False
    health: HealthRules | None = None

    @property
    def bundle(self) -> Bundle:
        objects = tuple(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"value": value}}
            for name, value in self.values
        )
        policy = ApplyPolicy(
            health_deadline_s=self.deadline_s,
            handling=self.handling or None,
            keep_legacy=True if self.keep_legacy else None,
            order=self.order or None,
            remove_in_order=True if self.remove_in_order else None,
        )
        return Bundle(objects=objects + self.extra, policy=policy, health=self.health)


def changed(item: App, **values: str) -> App:
    """The next revision of an application."""
    return replace(item, revision=item.revision + 1, values=tuple(values.items()))


@dataclass
class Cloud:
    """Signs with real keys, and publishes to the memory broker."""

    signer: Signer
    broker: MemoryBroker
    clock: ManualClock
    node_key: str
    stored: list[Entry] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    versions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    seen: int = 0

    def assign(self, *groups: str, version: int | None = None, now: datetime | None = None) -> None:
        issued = now or self.clock.now()
        payload = Assignment(
            tenant=TENANT,
            node=NODE,
            version=version or next(self.versions),
            groups=groups,
            issued_at=times.format_time(issued),
            expires_at=times.format_time(issued + timedelta(days=30)),
        )
        message = self.signer.control(payload, with_targets=True)
        topic = topics.build(TENANT, topics.Kind.ASSIGNMENT, NODE)
        self.broker.deliver(topic, control.encode(message, DEFAULT_LIMITS, topic))

    def head(
        self, group: str, *apps: "App", version: int | None = None, now: datetime | None = None, chunks: bool = True
    ) -> bytes:
        """Publishes the bundles and then the head; returns the head's message."""
        released = [self._release(group, item, with_chunks=chunks) for item in apps]
        number = version or next(self.versions)
        signed = self.signer.head(group, released, version=number, now=now or self.clock.now())
        message = head.encode(signed, DEFAULT_LIMITS, group)
        self.broker.deliver(topics.build(TENANT, topics.Kind.HEAD, group), message)
        return message

    def acknowledge(self) -> None:
        """Takes in every report that was sent, stores its entries, and says so."""
        for report in self.take():
            through = max((entry.seq for entry in self.stored), default=report.kept_from - 1)
            self.say(report.journal, through, report.number)

    def say(self, journal: str, through: int, report: int) -> None:
        """An acknowledgement."""
        sent_at = times.format_time(self.clock.now())
        payload = Ack(tenant=TENANT, node=NODE, journal=journal, through=through, report=report, sent_at=sent_at)
        data = control.encode(self.signer.control(payload), DEFAULT_LIMITS, "ack")
        self.broker.deliver(topics.build(TENANT, topics.Kind.INBOX, NODE), data, retain=False)

    def take(self) -> list[Report]:
        """The reports since the last time."""
        fresh, self.seen = self.broker.sent[self.seen :], len(self.broker.sent)
        reports = []
        for topic, payload in fresh:
            found = envelope.decode(payload, DEFAULT_LIMITS, topic)
            if topics.parse(topic) == topics.Topic(TENANT, topics.Kind.REPORT, NODE):
                reports.append(envelope.read(Report, found, DEFAULT_LIMITS, topic))
            else:
                self.requests.append(envelope.read(Request, found, DEFAULT_LIMITS, topic))
        for report in reports:
            known = {entry.seq for entry in self.stored}
            self.stored += [entry for entry in report.entries if entry.seq not in known]
        self.reports += reports
        return reports

    def _release(self, group: str, item: "App", *, with_chunks: bool) -> ReleasedBundle:
        plain = bundle.encode(item.bundle, DEFAULT_LIMITS, item.name)
        encoded, parts = _parts(plain)
        for topic, part in self.chunks(item).items() if with_chunks else ():
            self.broker.deliver(topic, part)
        variant = Variant(encoding=Encoding.ZLIB, length=len(encoded), chunks=tuple(map(codec.sha256, parts)))
        entry = HeadEntry(namespace="default", application=item.name, revision=item.revision, variants=(variant,))
        return ReleasedBundle(entry, codec.sha256(plain), len(plain))

    def chunks(self, item: "App") -> dict[str, bytes]:
        """What the bundle travels in, by topic."""
        _, parts = _parts(bundle.encode(item.bundle, DEFAULT_LIMITS, item.name))
        return {topics.build(TENANT, topics.Kind.CHUNK, codec.sha256(part)): part for part in parts}

    def publish_chunks(self, item: "App") -> None:
        """What was left out before."""
        self._release("any", item, with_chunks=True)


def _parts(plain: bytes) -> tuple[bytes, list[bytes]]:
    """The encoded bundle, whole and in pieces."""
    encoded = compression.compress(plain, Encoding.ZLIB)
    return encoded, [encoded[at : at + CHUNK_BYTES] for at in range(0, len(encoded), CHUNK_BYTES)]
