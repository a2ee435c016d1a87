"""A controller's core on a real store and real keys, with a clock that tests set, and sites that sign what they say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.controller import PinnaceController
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Message
from pinnace_cloud.services.enrolment import Enrolment
from pinnace_cloud.services.intake import Intake, Result
from pinnace_cloud.services.link import Link
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.services.tokens import Tokens
from pinnace_cloud.services.upkeep import Upkeep
from pinnace_cloud.services.views import Views
from pinnace_cloud.signing import keys
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.signer import Signer
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas import api, codec, control, envelope, head, tokens, topics
from pinnace_schemas.api import ApplyRequest, ApplyResponse, NodeVerdict, Source
from pinnace_schemas.envelope import Envelope, Signature
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.messages import Ack, Addressed, AppState, Assignment, JoinReply, JoinRequest, Report, Request
from pinnace_schemas.phases import Phase
from pinnace_schemas.times import format_time
from pinnace_schemas.topics import Kind

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ACTOR = "ops"
JOURNAL = "ab" * 16

SHOP = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: "nginx:1"}
  policies:
    - {name: all, type: topology, properties: {clusters: [shops]}}
"""


def application(name: str = "shop", image: str = "nginx:1", groups: Sequence[str] = ("shops",)) -> str:
    """An Application of one webservice: `web` of `shop`, else with the name of the Application."""
    text = SHOP.replace("name: shop}", f"name: {name}}}").replace("nginx:1", image)
    text = text if name == "shop" else text.replace("name: web", f"name: {name}")
    return text.replace("[shops]", f"[{', '.join(groups)}]")


def group(name: str, *nodes: str, labels: str = "{}", selector: str = "") -> str:
    chosen = f", selector: {{matchLabels: {selector}}}" if selector else ""
    return (
        f"apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {{name: {name}, labels: {labels}}}\n"
        f"spec: {{nodes: [{', '.join(nodes)}]{chosen}}}\n"
    )


def node(name: str, labels: str = "{}") -> str:
    return f"apiVersion: pinnace.dev/v1alpha1\nkind: Node\nmetadata: {{name: {name}, labels: {labels}}}\n"


def sources(*documents: str) -> tuple[Source, ...]:
    return tuple(Source(name=f"file{index}.yaml", text=text) for index, text in enumerate(documents))


@dataclass
class SetClock:
    """Stands still unless a test moves it."""

    moment: datetime = START
    seconds: float = 1000.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, **span: float) -> None:
        step = timedelta(**span)
        self.moment += step
        self.seconds += step.total_seconds()


def sealed(message: Addressed, *private: Ed25519PrivateKey) -> bytes:
    """A node's envelope, signed by these keys."""
    signed = envelope.payload(message)
    data = codec.canonical(signed)
    signatures = tuple(
        Signature(keyid=codec.sha256(key.public_key().public_bytes_raw()), sig=key.sign(data).hex()) for key in private
    )
    return envelope.encode(Envelope(signed=signed, signatures=signatures), DEFAULT_LIMITS, "test")


@dataclass
class Site:
    """A node as the controller hears it."""

    name: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    journal: str = JOURNAL
    number: int = 0
    tenant: str = "default"

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes_raw().hex()

    def report(self, **values: Any) -> Message:
        """The next report; `values` replace its fields."""
        self.number += 1
        fields: dict[str, Any] = {
            "tenant": self.tenant,
            "node": self.name,
            "journal": self.journal,
            "number": self.number,
            "sent_at": format_time(START),
            "started_at": format_time(START),
            "daemon": "0.1.0",
        }
        report = Report(**(fields | values))
        return Message(topics.build("default", Kind.REPORT, self.name), sealed(report, self.key))

    def request(self, group: str, version: int, *chunks: str) -> Message:
        said = Request(
            tenant="default", node=self.name, group=group, head=version, chunks=chunks, sent_at=format_time(START)
        )
        return Message(topics.build("default", Kind.REQUEST, self.name), sealed(said, self.key))

    def join(self, token: str, **values: Any) -> Message:
        """A join request by the token's text."""
        read = tokens.read(token)
        fields = {"tenant": read.tenant, "node": self.name, "token": read.id, "public_key": self.public_key}
        request = JoinRequest(**(fields | values))
        by_token = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read.secret))
        return Message(topics.build("default", Kind.ENROLL, read.id), sealed(request, by_token, self.key))


def state(bundle: str | None, phase: Phase = Phase.CONVERGED, revision: int = 1, **values: Any) -> AppState:
    fields: dict[str, Any] = {
        "namespace": "default",
        "application": "shop",
        "group": "shops",
        "phase": phase,
        "revision": revision,
        "bundle": bundle,
        "wanted_bundle": bundle,
        "since": format_time(START),
    }
    return AppState(**(fields | values))


def entries(first: int, last: int) -> tuple[Entry, ...]:
    return tuple(Entry(seq=seq, at=format_time(START), event=Event.STARTED) for seq in range(first, last + 1))


class Desk:
    """What a test drives. `rung` counts how often delivery was woken."""

    def __init__(
        self, folder: Path, keyset: KeySet, limits: Limits = DEFAULT_LIMITS, workshop: Workshop | None = None
    ) -> None:
        self.folder = folder
        self.clock = SetClock()
        self.keyset = keyset
        self.store = SqliteStore(folder / "controller.db")
        self.rung = 0
        self.metrics = Metrics()
        self.link = Link(self.clock)
        self.link.connected()
        self.post = Post("default", Signer(keyset, "default"), limits)
        self.releases = Releases(self.store, self.post, self.clock, self._wake, workshop)
        broker = "mqtt://broker.example"
        self.enrolment = Enrolment(self.store, self.releases, self.post, broker, self.clock, self._wake)
        self.intake = Intake(self.store, self.post, self.enrolment, self.clock, self.metrics)
        self.upkeep = Upkeep(self.store, self.post, self.releases, self.clock)
        self.controller = PinnaceController(
            store=self.store,
            releases=self.releases,
            enrolment=self.enrolment,
            tokens=Tokens(self.store, self.clock),
            views=Views(self.store, self.clock, 660.0, lambda _: None),
            link=self.link,
        )

    def _wake(self) -> None:
        self.rung += 1

    def apply(self, *documents: str, dry_run: bool = False, strict: bool = False) -> ApplyResponse:
        request = ApplyRequest(sources=sources(*documents), dry_run=dry_run, strict=strict)
        return self.controller.apply(request, ACTOR)

    def join(self, name: str) -> Site:
        """A site that has joined, in the place of any other of this name."""
        site = Site(name)
        token = self.controller.create_join_token(api.TokenRequest(node=name, replace=True), ACTOR)
        self.intake.handle([site.join(token.token)])
        return site

    def hear(self, *messages: Message) -> Result:
        return self.intake.handle(messages)

    def outbox(self, *, take: bool = True) -> tuple[Parcel, ...]:
        """What waits, taken out as delivered unless told otherwise."""
        with self.store.writing() as tx:
            parcels = tx.outbox.oldest(10_000)
            if take:
                tx.outbox.delivered([parcel.id for parcel in parcels])
        return parcels

    def bundle(self, group: str = "shops", name: str = "shop") -> str:
        """Digest of what is wanted in a group."""
        with self.store.reading() as tx:
            found = [row.bundle for row in tx.applications.placements() if (row.group, row.key.name) == (group, name)]
        return found[0]

    def read_bundle(self, group: str = "shops", name: str = "shop") -> bytes:
        """What is wanted in a group."""
        digest = self.bundle(group, name)
        with self.store.reading() as tx:
            plain = tx.deliveries.bundle(digest)
        assert plain is not None
        return plain

    def head_version(self, group: str = "shops") -> int:
        with self.store.reading() as tx:
            return tx.deliveries.head(group).version

    def verdict(self, node: str, name: str = "shop") -> NodeVerdict:
        found = [item for item in self.controller.verdicts() if (item.node, item.application) == (node, name)]
        return found[0]

    def ack(self, result: Result) -> Ack:
        """The only acknowledgement of a result."""
        (parcel,) = [item for item in result.answers if item.topic.endswith("/inbox")]
        return Ack.model_validate_json(codec.canonical(opened(parcel.payload).signed))

    def close(self) -> None:
        self.store.close()


def opened(payload: bytes) -> Envelope:
    """The envelope of a control message, unverified."""
    text = control.decode(payload, DEFAULT_LIMITS, "test").envelope
    return Envelope.model_validate_json(text)


def join_reply(result: Result) -> JoinReply:
    (parcel,) = result.answers
    return JoinReply.model_validate_json(codec.canonical(opened(parcel.payload).signed))


def assignment(payload: bytes) -> Assignment:
    """What an assignment message says, unverified."""
    return Assignment.model_validate_json(codec.canonical(opened(payload).signed))


def head_targets(payload: bytes) -> Mapping[str, Any]:
    """Target files by path of a head message, unverified."""
    text = head.decode(payload, DEFAULT_LIMITS, "test").group
    targets: Mapping[str, Any] = json.loads(text)["signed"]["targets"]
    return targets


def new_keys(folder: Path) -> KeySet:
    return keys.init(folder, "default", START)
