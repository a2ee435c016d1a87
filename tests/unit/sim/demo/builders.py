"""What a controller and a KubeAPI would answer, and a troupe without any process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pinnace_schemas.api import JournalRow, NodeStatus, NodeSummary, NodeVerdict, Verdict
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_sim.demo import cast
from pinnace_sim.demo.cast import SITES, Expected
from pinnace_sim.demo.director import Troupe
from pinnace_sim.demo.record import Finding, Record
from pinnace_sim.demo.story import Act, Claim, Step

NORTH, KIOSK = SITES[0], SITES[2]
AT = "2026-01-01T00:00:00Z"


def objects(wanted: Expected, uid: str = "new") -> dict[str, dict[str, Any]]:
    """What a site holds that is as wanted."""
    env = [{"name": "MODE", "value": wanted.mode}]
    pod = {"spec": {"containers": [{"image": wanted.image, "env": env}]}}
    return {
        "Deployment": {"spec": {"replicas": wanted.replicas, "template": pod}},
        "Service": {"spec": {}},
        "ConfigMap": {"metadata": {"uid": uid}, "data": {"greeting": wanted.greeting}},
    }


def verdict(said: Verdict, revision: int = 1, wanted: int = 1, reason: Reason | None = None) -> NodeVerdict:
    """What the cloud says of the site north."""
    return NodeVerdict(
        namespace="pinnace-demo",
        application=cast.APPLICATION,
        node=NORTH.name,
        group=NORTH.group,
        verdict=said,
        reason=reason,
        phase=Phase.CONVERGED,
        revision=revision,
        wanted_revision=wanted,
        ready=4,
        total=4,
    )


def node(*, joined: bool, daemon: str = "") -> NodeStatus:
    """A node of the cloud's list."""
    summary = NodeSummary(
        name=NORTH.name, labels={}, groups=(), joined=joined, daemon=daemon, verdict=Verdict.CONVERGED
    )
    return NodeStatus(summary=summary, applications=())


def row(seq: int, event: Event = Event.PHASE_CHANGED, item: str | None = None, count: int = 1) -> JournalRow:
    """A stored entry."""
    entry = Entry(seq=seq, at=AT, event=event, object=item, count=count)
    return JournalRow(node=NORTH.name, cursor=seq, journal="a" * 32, stored_at=AT, entry=entry)


def healed(seq: int, kind: str) -> JournalRow:
    """An entry about an object that was put back."""
    return row(seq, Event.DRIFT_HEALED, f"v1 {kind} pinnace-demo/it")


@dataclass
class Tape:
    """A clock that goes on only when somebody sleeps, and an audience that remembers."""

    now: float = 0.0
    heard: list[str] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def act(self, step: Step) -> None:
        self.heard.append(f"act {step.act}")

    def observed(self, record: Record) -> None:
        self.heard.append(f"{record.outcome} {record.claim}")

    def meanwhile(self) -> None:
        """Nothing to look at."""


def troupe(
    tape: Tape, look: Callable[[Claim], Finding], perform: Callable[[Act], None] = lambda _: None, deadline_s: float = 5
) -> Troupe:
    """Who acts and looks as a test wants it."""
    return Troupe(perform, look, tape, tape, deadline_s)


def always(holds: bool, says: str = "seen") -> Callable[[Claim], Finding]:
    """The same finding for every claim."""
    return lambda _: Finding(holds, says)


def kubeconfig(names: Mapping[str, str], current: str = "") -> dict[str, Any]:
    """A kubeconfig with a context for each name, at these servers."""
    return {
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in names.items()],
        "users": [{"name": name, "user": {"token": f"token of {name}"}} for name in names],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        "current-context": current,
    }
