"""What the edge asks of the world. Declared here by their user; only `app` knows the adapters behind them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pinnace_edge.model import (
    AppKey,
    Applied,
    ApplyRequest,
    Deleted,
    Deployment,
    Kind,
    KubeObject,
    Listing,
    Owned,
    Ref,
    Trust,
    VerifiedHead,
)
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.head import Head
from pinnace_schemas.journal import Entry
from pinnace_schemas.messages import Addressed, ControlMessage, NodeProblem
from pinnace_schemas.reasons import Reason


class Clock(Protocol):
    """Deadlines use `monotonic` (seconds); `now` is the wall clock in UTC, which may be wrong by decades."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime: ...


# --- KubeAPI -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClusterChanged:
    """Something that carries our label changed: a hint to look, with the application's key when it is known."""

    key: AppKey | None


class Cluster(Protocol):
    """The site's KubeAPI. Every call may raise Unavailable (no answer, 5xx, 429): nothing of it is known then.

    Refusals of single objects are values, not exceptions. Parallelism is inside.
    """

    def version(self) -> str:
        """gitVersion, such as 'v1.36.3'."""
        ...

    def is_namespaced(self, kind: Kind) -> bool | None:
        """None: the KubeAPI does not know the kind (discovery is refreshed once before that is said)."""
        ...

    def owned(self, kinds: Collection[Kind], key: AppKey | None = None) -> Listing:
        """Full observation (health too) of every object of these kinds that carries our labels: those of one
        application, or of any."""
        ...

    def present(self, kind: Kind, namespace: str) -> Listing:
        """Metadata of every object of one kind in a namespace ('' for cluster-scoped kinds), ours or not."""
        ...

    def owned_anywhere(self) -> Listing:
        """Metadata of every object of any kind that carries our application label and that our role may list."""
        ...

    def apply(self, requests: Sequence[ApplyRequest]) -> tuple[Applied, ...]:
        """Server-side apply with fieldValidation=Strict, in parallel; results in the order of the requests.

        One with `replacing` is written as a whole besides: after the apply, or before where the apply alone would make
        an object that the KubeAPI does not take. It is applied only if both were taken.
        """
        ...

    def read(self, ref: Ref) -> KubeObject | None:
        """The whole object with managedFields, or None."""
        ...

    def delete(self, ref: Ref, uid: str) -> Deleted:
        """Foreground-free delete (propagation Background) of exactly this uid; another uid counts as GONE."""
        ...

    def watch(self, kinds: Collection[Kind]) -> None:
        """From now on emit ClusterChanged for these kinds (labelled objects only), replacing what was watched."""
        ...

    def close(self) -> None: ...


# --- Broker --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """Subscriptions have been asked for again."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """`reason` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message; nothing in it is trusted."""

    topic: str
    payload: bytes


BrokerEvent = Connected | Disconnected | Arrived


class Stop:
    """Wakes the loop, which then sees that it has to end."""


Happening = BrokerEvent | ClusterChanged | Stop
Emit = Callable[[Happening], None]


class Broker(Protocol):
    """MQTT. Never blocks and never raises for an absent link; events come through `Emit` from another thread."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Publishes the offline presence, disconnects, ends its thread. Safe to call twice."""
        ...

    def subscribe(self, topic: str) -> None:
        """Remembered and repeated at each connect."""
        ...

    def unsubscribe(self, topic: str) -> None: ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """QoS 1. False: there is no link, the message was not kept. Raises Rejected(TOO_LARGE)."""
        ...


# --- Trust ---------------------------------------------------------------------------------------------------


class Verifier(Protocol):
    """Decides whether what arrived is signed for this node. Raises Rejected with the reason; changes nothing."""

    def head(self, head: Head, group: str, trust: Trust, now: datetime) -> VerifiedHead:
        """`now` is already raised to the time floor. Versions equal to the remembered ones are accepted."""
        ...

    def control(self, message: ControlMessage, trust: Trust, now: datetime) -> tuple[Envelope, Trust]:
        """The envelope, whose signature by the control role was checked, and the trust to remember."""
        ...

    def root_digest(self, root: str) -> str:
        """Hex digest by which a join token names a root."""
        ...


class Signer(Protocol):
    """The node's private key, which never leaves the node."""

    @property
    def public_key(self) -> str:
        """Hex of the 32 raw bytes."""
        ...

    def sign(self, message: Addressed) -> Envelope: ...


# --- Store ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredHead:
    """An accepted head as it arrived: it is verified again at each start."""

    group: str
    version: int
    message: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """Kept journal entries that the cloud has not acknowledged, and their size as JSON."""

    entries: int
    size_bytes: int


class Store(Protocol):
    """The node's memory in one SQLite file. One thread. Every write outside `transaction` is one of its own.

    Raises Unavailable when the disk is full (reason text contains 'disk is full'); nothing was written then.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; nested use joins the outer one: an error inside undoes all of it, even if it is caught."""
        ...

    # identity
    def journal_id(self) -> str: ...
    def begin_journal(self) -> None:
        """A new identity: the kept entries are numbered anew from 1, reports from the next one on from 1."""
        ...

    def report_number(self) -> int:
        """The last one given; 0 before the first."""
        ...

    def next_report_number(self) -> int: ...
    def time_floor(self) -> datetime: ...
    def raise_time_floor(self, moment: datetime) -> None: ...
    def last_contact(self) -> datetime | None: ...
    def set_last_contact(self, moment: datetime) -> None: ...
    def started_at(self) -> datetime | None: ...
    def daemon_started(self, moment: datetime) -> None: ...

    # problems of the node as a whole
    def problems(self) -> tuple[NodeProblem, ...]: ...
    def set_problem(self, problem: NodeProblem) -> None:
        """A problem that stands already keeps its `since`; its message is replaced."""
        ...

    def clear_problem(self, reason: Reason) -> None: ...

    # trust
    def trust(self) -> Trust | None: ...
    def save_trust(self, trust: Trust) -> None: ...
    def assignment(self) -> tuple[int, tuple[str, ...]]:
        """(version, groups); (0, ()) before the first."""
        ...

    def save_assignment(self, version: int, groups: Sequence[str]) -> None: ...
    def heads(self) -> tuple[StoredHead, ...]: ...
    def save_head(self, head: StoredHead) -> None: ...
    def drop_head(self, group: str) -> None: ...

    # bundles
    def bundle(self, digest: str) -> bytes | None: ...
    def save_bundle(self, digest: str, plain: bytes) -> None: ...
    def chunk(self, digest: str) -> bytes | None: ...
    def chunk_digests(self) -> frozenset[str]: ...
    def save_chunk(self, digest: str, data: bytes) -> None: ...
    def keep_only(self, bundles: Collection[str], chunks: Collection[str]) -> None:
        """Drops every other cached bundle and chunk."""
        ...

    # what runs
    def deployments(self) -> tuple[Deployment, ...]: ...
    def save_deployment(self, deployment: Deployment) -> None: ...
    def drop_deployment(self, key: AppKey) -> None: ...
    def inventory(self, key: AppKey) -> Mapping[Ref, Owned]: ...
    def owners(self) -> Mapping[Ref, AppKey]:
        """Every object of every inventory."""
        ...

    def holders(self, ref: Ref) -> tuple[AppKey, ...]:
        """Applications that have applied the object, in whatever version of its API, or hold it with another; the first
        to name it first."""
        ...

    def save_owned(self, key: AppKey, rows: Sequence[Owned]) -> None: ...
    def drop_owned(self, key: AppKey, refs: Collection[Ref]) -> None: ...

    # journal
    def append(self, entry: Entry) -> int:
        """Numbers the entry (its `seq` is ignored) and returns the number. Folds old intermediate entries when full."""
        ...

    def entries(self, after: int, max_bytes: int) -> tuple[Entry, ...]:
        """The oldest kept entries with seq > after, at most `max_bytes` of JSON, but at least one."""
        ...

    def kept_from(self) -> int:
        """First number that the kept entries stand for; last + 1 when none is kept."""
        ...

    def backlog(self) -> Backlog: ...

    def last_entry(self) -> int:
        """Number of the newest entry ever written; 0 before the first."""
        ...

    def acknowledged(self, through: int) -> None:
        """Drops entries up to and including this number."""
        ...

    def has_room(self) -> bool:
        """After a full disk: there is space again, also for what is kept back. `keep_only` looks for it."""
        ...

    def close(self) -> None: ...
