"""A world in memory around a real daemon: manual clock, broker, cluster, and a cloud that really signs.

The cluster here knows nothing of Kubernetes beyond the port; what the real one does is stated by the contract suite.
"""

import itertools
import queue
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.signer import Signer
from pinnace_edge import app
from pinnace_edge.adapters import identity
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.verifier import TufVerifier, first_trust
from pinnace_edge.daemon import Daemon
from pinnace_edge.model import (
    AppKey,
    Applied,
    ApplyRequest,
    Change,
    Deleted,
    Deletion,
    Deployment,
    Health,
    Kind,
    KubeObject,
    Listing,
    Live,
    Ref,
    Status,
)
from pinnace_edge.ports import Arrived, Cluster, Connected, Happening, Store
from pinnace_edge.rules import ownership
from pinnace_edge.settings import Settings
from pinnace_schemas import bundle, codec, compression, control, envelope, head, labels, times, topics
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.compression import Encoding
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.handling import Handling
from pinnace_schemas.head import HeadEntry, Variant
from pinnace_schemas.health_rules import HealthRules
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import Ack, Assignment, Report, Request
from pinnace_schemas.order import Order
from pinnace_schemas.reasons import Reason

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TENANT, NODE = "default", "site-1"
CONFIG_MAP = Kind("v1", "ConfigMap")
CHUNK_BYTES = 400


@dataclass
class ManualClock:
    """Stands still until told."""

    seconds: float = 0.0
    wall: datetime = NOW

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


class MemoryBroker:
    """Holds retained messages for one client; `is_up` is the link."""

    def __init__(self, emit: Callable[[Happening], None]) -> None:
        self._emit = emit
        self.is_up = False
        self.retained: dict[str, bytes] = {}
        self.topics: set[str] = set()
        self.sent: list[tuple[str, bytes]] = []
        self.most_bytes: int | None = None

    def start(self) -> None: ...

    def stop(self) -> None:
        self.is_up = False

    def connect(self) -> None:
        self.is_up = True
        self._emit(Connected())
        for topic in sorted(self.topics & set(self.retained)):
            self._emit(Arrived(topic, self.retained[topic]))

    def subscribe(self, topic: str) -> None:
        self.topics.add(topic)
        if self.is_up and topic in self.retained:
            self._emit(Arrived(topic, self.retained[topic]))

    def unsubscribe(self, topic: str) -> None:
        self.topics.discard(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        if self.most_bytes is not None and len(payload) > self.most_bytes:
            raise Rejected(Reason.TOO_LARGE, f"{len(payload)} bytes exceed what the broker takes", topic)
        if self.is_up:
            self.sent.append((topic, payload))
        return self.is_up

    def deliver(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """What the cloud publishes."""
        if retain:
            self.retained[topic] = payload
        if self.is_up and topic in self.topics:
            self._emit(Arrived(topic, payload))


@dataclass
class Thing:
    """An object in the cluster. `fields` changes whenever somebody else edits a field of ours."""

    body: KubeObject
    uid: str
    version: int
    fields: str
    is_leaving: bool = False


_SERVERS = frozenset({"uid", "resourceVersion", "managedFields"})


def _managed(thing: Thing) -> KubeObject:
    """What we have applied is ours, until somebody edits it."""
    if thing.fields in ("", "edited"):
        return {}
    fields = _fields({name: item for name, item in thing.body.items() if name not in ("apiVersion", "kind")})
    entry = {"manager": labels.FIELD_MANAGER, "operation": "Apply", "apiVersion": thing.body["apiVersion"]}
    return {"managedFields": [{**entry, "fieldsV1": fields}]}


def _fields(value: Any) -> KubeObject:
    return {f"f:{name}": _fields(item) for name, item in value.items()} if isinstance(value, dict) else {}


class MemoryCluster:
    """Objects by reference, and people who meddle."""

    def __init__(self) -> None:
        self.things: dict[Ref, Thing] = {}
        self.is_down = False
        self.refused: dict[str, tuple[Reason, str]] = {}
        self.unready: set[str] = set()
        self.healths: dict[str, Health] = {}
        self.served = {"ConfigMap", "Deployment", "Job", "PersistentVolumeClaim"}
        self.unreadable: set[str] = set()
        self.unanswering: set[str] = set()
        self.stuck: set[str] = set()
        self.unanswered: set[str] = set()
        self.undeletable: set[str] = set()
        self.away: set[Kind] = set()
        self.repeated: dict[str, str] = {}
        self.immutable: set[str] = set()
        self.invalid: set[str] = set()
        self.retry_after_s: float | None = None
        self.requests: list[str] = []
        self._numbers = itertools.count(1)

    def version(self) -> str:
        self._ask("version")
        return "v1.36.3"

    def is_namespaced(self, kind: Kind) -> bool | None:
        self._check()
        return False if kind.kind == "Namespace" else True if kind.kind in self.served else None

    def owned(self, kinds: Collection[Kind], key: AppKey | None = None) -> Listing:
        self._ask("owned")
        return Listing({ref: self._live(ref) for ref in self.things if ref.kind in kinds and self._is_ours(ref, key)})

    def present(self, kind: Kind, namespace: str) -> Listing:
        self._ask("present")
        there = [ref for ref in self.things if (ref.kind, ref.namespace) == (kind, namespace)]
        return Listing({ref: self._live(ref) for ref in there})

    def owned_anywhere(self) -> Listing:
        self._ask("owned anywhere")
        refused = dict.fromkeys(self.away, (Reason.CLUSTER_UNAVAILABLE, "its server does not answer"))
        there = [ref for ref in self.things if ref.kind not in self.away and self._is_ours(ref)]
        return Listing({ref: self._live(ref) for ref in there}, refused)

    def apply(self, requests: Sequence[ApplyRequest]) -> tuple[Applied, ...]:
        self._check()
        return tuple(self._apply(request) for request in requests)

    def read(self, ref: Ref) -> KubeObject | None:
        self._ask(f"read {ref.name}")
        if ref.name in self.unreadable:
            raise Rejected(Reason.FORBIDDEN, "cannot get configmaps", str(ref))
        if ref.name in self.unanswering:
            raise Unavailable(f"{ref} cannot be read: failed calling webhook", self.retry_after_s)
        return self._whole(ref, self.things[ref].body) if ref in self.things else None

    def delete(self, ref: Ref, uid: str) -> Deleted:
        self._ask(f"delete {ref.name}")
        if ref.name in self.undeletable:
            return Deleted(ref, Deletion.REFUSED, Reason.FORBIDDEN, "cannot delete configmaps")
        if ref.name in self.stuck:
            self.things[ref].is_leaving = True
            return Deleted(ref, Deletion.STARTED)
        self.things.pop(ref, None)
        return Deleted(ref, Deletion.GONE)

    def watch(self, kinds: Collection[Kind]) -> None: ...

    def close(self) -> None: ...

    def put(self, name: str, body: dict[str, Any] | None = None) -> Ref:
        """Somebody makes a ConfigMap."""
        ref = Ref(CONFIG_MAP, "default", name)
        self.things[ref] = Thing(body or {"metadata": {"name": name}}, f"u{next(self._numbers)}", 1, "")
        return ref

    def edit(self, name: str) -> None:
        """Somebody changes one of our fields."""
        thing = self.things[Ref(CONFIG_MAP, "default", name)]
        thing.fields, thing.version = "edited", thing.version + 1
        thing.body = {**thing.body, "data": {"value": "edited"}}

    def set_status(self, name: str, **status: Any) -> None:
        """A controller of the cluster says how an object is."""
        thing = self.things[Ref(CONFIG_MAP, "default", name)]
        thing.version += 1
        thing.body = {**thing.body, "status": status}

    def reads(self) -> list[str]:
        """Names of objects that were read whole, and forgets them."""
        found = [what.removeprefix("read ") for what in self.requests if what.startswith("read ")]
        self.requests = [what for what in self.requests if not what.startswith("read ")]
        return found

    def names(self) -> list[str]:
        return sorted(ref.name for ref in self.things if ref.kind == CONFIG_MAP)

    def value(self, name: str) -> str:
        return str(self.things[Ref(CONFIG_MAP, "default", name)].body["data"]["value"])

    def _apply(self, request: ApplyRequest) -> Applied:
        ref = request.ref
        if ref.name in self.unanswered:
            raise Unavailable("the server of example.com/v1 behind the KubeAPI does not answer", self.retry_after_s)
        if ref.name in self.refused:
            return Applied(ref, Change.REFUSED, reason=self.refused[ref.name][0], message=self.refused[ref.name][1])
        if ref.name in self.repeated:
            return Applied(ref, Change.RETRY, reason=Reason.CLUSTER_UNAVAILABLE, message=self.repeated[ref.name])
        if wrong := self._what_is_wrong(request):
            message = f'ConfigMap "{ref.name}" is invalid: {wrong}'
            return Applied(ref, Change.REFUSED, reason=Reason.API_REJECTED, message=message)
        if request.dry_run:
            change = Change.UNCHANGED if ref in self.things else Change.CREATED
            return Applied(ref, change, answer=self._whole(ref, request.body))
        self.requests.append(f"apply {ref.name}")
        old, asked = self.things.get(ref), request.body["metadata"]
        if "uid" in asked and (old is None or (asked["uid"], asked["resourceVersion"]) != (old.uid, str(old.version))):
            return Applied(ref, Change.RETRY, reason=Reason.CLUSTER_UNAVAILABLE, message="it has been modified")
        body = {**request.body, "metadata": {name: asked[name] for name in asked if name not in _SERVERS}}
        fields = codec.sha256(codec.canonical(body))
        if old and old.fields == fields:
            return Applied(ref, Change.UNCHANGED, self._live(ref))
        uid = old.uid if old else f"u{next(self._numbers)}"
        self.things[ref] = Thing(body, uid, (old.version + 1) if old else 1, fields)
        return Applied(ref, Change.CONFIGURED if old else Change.CREATED, self._live(ref))

    def _what_is_wrong(self, request: ApplyRequest) -> str:
        """A value that must not change is all that is looked at, as with a Deployment's selector."""
        old, wanted = self.things.get(request.ref), request.body.get("data")
        if old and request.ref.name in self.immutable and old.body.get("data") != wanted:
            return "data: Invalid value: field is immutable"
        value = (wanted or {}).get("value")
        return f"data.value: Invalid value: {value}" if value in self.invalid else ""

    def _whole(self, ref: Ref, body: KubeObject) -> KubeObject:
        """With what a KubeAPI writes by itself."""
        thing = self.things.get(ref)
        own = {"uid": thing.uid, "resourceVersion": str(thing.version), **_managed(thing)} if thing else {}
        leaving = {"deletionTimestamp": times.format_time(NOW)} if thing and thing.is_leaving else {}
        return {**body, "metadata": {**body["metadata"], **own, **leaving}}

    def _live(self, ref: Ref) -> Live:
        thing = self.things[ref]
        ready = Status.IN_PROGRESS if ref.name in self.unready else Status.CURRENT
        health = self.healths.get(ref.name, Health(ready, "starting"))
        return Live(
            ref, thing.uid, str(thing.version), self._labels(ref), thing.fields, health, deleting=thing.is_leaving
        )

    def _labels(self, ref: Ref) -> dict[str, str]:
        found = self.things[ref].body["metadata"].get("labels") or {}
        return {str(key): str(value) for key, value in found.items()}

    def _is_ours(self, ref: Ref, key: AppKey | None = None) -> bool:
        owner = ownership.owner(self._labels(ref))
        return owner is not None and key in (None, owner)

    def _ask(self, what: str) -> None:
        self._check()
        for ref in [ref for ref, thing in self.things.items() if thing.is_leaving and ref.name not in self.stuck]:
            del self.things[ref]
        self.requests.append(what)

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable("the KubeAPI does not answer: connection refused", self.retry_after_s)


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


class Site:
    """One site; `restart` makes a new daemon on the same files, as after a kill.

    `served`: a cluster of its own instead of the one in memory.
    """

    def __init__(self, folder: Path, served: Cluster | None = None) -> None:
        self.folder = folder
        self.served = served
        self.clock = ManualClock()
        self.events: queue.Queue[Happening] = queue.Queue()
        self.broker = MemoryBroker(self.events.put)
        self.cluster = MemoryCluster()
        keyset = keys.init(folder / "keys", TENANT, NOW - timedelta(days=1))
        signer = Signer(keyset, TENANT)
        self.key = identity.create(folder / "node.key")
        self.cloud = Cloud(signer, self.broker, self.clock, self.key.public_key)
        self.settings = Settings(node=NODE, broker="mqtt://localhost", data_dir=folder)
        self.store: Store = opening.open_store(folder / opening.FILE_NAME).store
        self.store.save_trust(first_trust(signer.root_text, signer.root_digest, TENANT))
        self.daemon = self._start()

    def restart(self, damage: str = "") -> None:
        """The old daemon is gone without a word."""
        self.store.close()
        self.store = opening.open_store(self.folder / opening.FILE_NAME).store
        while not self.events.empty():
            self.events.get()
        self.broker.is_up = False
        self.broker.topics.clear()
        self.daemon = self._start(damage)

    def settle(self, rounds: int = 12) -> None:
        """Handles what is there, and lets a little time pass, until things have calmed down."""
        for _ in range(rounds):
            self.round(0.3)

    def round(self, seconds: float = 0.01) -> None:
        """One round of the daemon's loop, after which so much time passes."""
        while not self.events.empty():
            self.daemon.handle(self.events.get())
        self.daemon.step()
        self.clock.advance(seconds)

    def online(self) -> None:
        """The link is there, and the cloud acknowledges."""
        self.broker.connect()
        self.settle()
        self.cloud.acknowledge()
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.settle()

    def deployment(self, name: str = "shop") -> Deployment:
        return next(item for item in self.store.deployments() if item.key == AppKey("default", name))

    def journal(self) -> list[Entry]:
        return list(self.store.entries(0, 10**9))

    def events_of(self, event: Event) -> list[Entry]:
        return [entry for entry in [*self.cloud.stored, *self.journal()] if entry.event is event]

    def _start(self, damage: str = "") -> Daemon:
        verifier = TufVerifier(TENANT, DEFAULT_LIMITS)
        rng = random.Random(7)
        cluster = self.served or self.cluster
        rim = app.Rim(self.store, cluster, self.broker, self.key, verifier, self.clock, rng, self.events)
        daemon = app.assemble(self.settings, rim, damage)
        daemon.start()
        return daemon


def changed(item: App, **values: str) -> App:
    """The next revision of an application."""
    return replace(item, revision=item.revision + 1, values=tuple(values.items()))


def deliver(site: Site, *apps: App) -> None:
    """These are all that the group `stores` wants."""
    site.cloud.head("stores", *apps)
    if site.broker.is_up:
        site.settle()
    else:
        site.online()
