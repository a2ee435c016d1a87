"""A fleet in documents, and the nodes that speak for it: what the benchmarks of the controller are run on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinnace_cloud.ports import Message
from pinnace_cloud.storage.ports import Store
from pinnace_edge.adapters.identity import NodeKey
from pinnace_schemas import api, codec, envelope, times, topics
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import AppState, Report
from pinnace_schemas.phases import Phase
from pinnace_schemas.topics import Kind

TENANT = "default"
MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_AT = times.format_time(MOMENT)


def group_name(index: int) -> str:
    return f"shops-{index:04}"


def node_name(index: int) -> str:
    return f"shop-{index:05}"


def group_documents(count: int, nodes_each: int) -> Iterable[api.Source]:
    """One source for each NodeGroup, with nodes of its own."""
    for index in range(count):
        nodes = [node_name(index * nodes_each + place) for place in range(nodes_each)]
        group = _document("NodeGroup", group_name(index), f"spec: {{nodes: [{', '.join(nodes)}]}}")
        documents = [group, *(_document("Node", name) for name in nodes)]
        yield api.Source(name=f"{group_name(index)}.yaml", text="---\n".join(documents))


def _document(kind: str, name: str, more: str = "") -> str:
    return f"apiVersion: pinnace.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\n{more}\n"


@dataclass
class Speaker:
    """A node that has joined and reports its applications, with fresh journal entries each time."""

    name: str
    group: str
    applications: Sequence[str]
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    number: int = 0
    seq: int = 0

    @property
    def key(self) -> NodeKey:
        return NodeKey(self.private)

    def report(self, assignment: int, head: int, entries: int) -> Report:
        """The next one: a state for each application, and this many journal entries."""
        self.number += 1
        first, self.seq = self.seq + 1, self.seq + entries
        return Report(
            tenant=TENANT,
            node=self.name,
            journal=codec.sha256(self.name.encode())[:32],
            number=self.number,
            sent_at=_AT,
            daemon="0.1.0",
            kubernetes="v1.36.1+k3s1",
            started_at=_AT,
            assignment=assignment,
            heads={self.group: head},
            states=tuple(self._state(place, name) for place, name in enumerate(self.applications)),
            entries=tuple(self._entry(seq) for seq in range(first, self.seq + 1)),
            kept_from=first,
        )

    def message(self, report: Report) -> Message:
        """As it comes from the broker."""
        payload = envelope.encode(self.key.sign(report), DEFAULT_LIMITS, "report")
        return Message(topics.build(TENANT, Kind.REPORT, self.name), payload)

    def _state(self, place: int, application: str) -> AppState:
        """Each report tells news of one application."""
        is_news = place == self.number % len(self.applications)
        bundle = codec.sha256(application.encode())
        return AppState(
            namespace="default",
            application=application,
            group=self.group,
            phase=Phase.CONVERGED,
            revision=3,
            bundle=bundle,
            wanted_bundle=bundle,
            wanted_revision=3,
            ready=20,
            total=20,
            healed=self.number if is_news else 0,
            since=_AT,
        )

    def _entry(self, seq: int) -> Entry:
        application = self.applications[seq % len(self.applications)]
        return Entry(
            seq=seq,
            at=_AT,
            event=Event.PHASE_CHANGED,
            namespace="default",
            application=application,
            group=self.group,
            revision=3,
            bundle=codec.sha256(application.encode()),
            phase=Phase.CONVERGED.value,
            message=f"20 of 20 objects are ready, as step {seq} of the update",
        )


def let_join(store: Store, speakers: Iterable[Speaker]) -> None:
    """Their public keys become known to the controller."""
    with store.writing() as tx:
        for speaker in speakers:
            tx.targets.save_key(speaker.name, speaker.key.public_key, _AT)
