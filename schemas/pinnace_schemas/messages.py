"""Messages between one node and the cloud: assignment, inbox, report, request, presence, joining.

Each names its tenant and node inside the signed bytes; whoever opens one compares both with what it expected.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pinnace_schemas.codec import Wire
from pinnace_schemas.head import MAX_NUMBER
from pinnace_schemas.journal import Entry
from pinnace_schemas.names import Digest, Name
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import Timestamp

# Beyond 2**53 JSON numbers are not exact everywhere, and beyond 2**63 no store takes them.
Version = Annotated[int, Field(ge=1, le=MAX_NUMBER)]
Count = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
JournalId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Ed25519Public = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(max_length=2000)]


class Addressed(Wire):
    """What every signed node message begins with. `type` keeps one message from being taken for another."""

    v: int = Field(default=1, ge=1, le=1)
    tenant: Name
    node: Name


class Assignment(Addressed):
    """Which groups a node belongs to. `version` never decreases; an empty `groups` removes everything."""

    type: Literal["assignment"] = "assignment"
    version: Version
    groups: tuple[Name, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    issued_at: Timestamp
    expires_at: Timestamp


class ControlMessage(Wire):
    """A signed control message with the documents that say who may sign it: nothing else is needed to verify it.

    `targets` is the text of the TUF targets of NODES_SCOPE (left out of inbox messages, which are frequent: the node
    uses those it accepted with its assignment), `root` that of the trust root (only for joining), `envelope` the
    canonical text of an `Envelope`.
    """

    v: int = Field(default=1, ge=1, le=1)
    targets: str | None = None
    envelope: str
    root: str | None = None


class Ack(Addressed):
    """The cloud has stored the journal `through` this number (0 = nothing yet) and the state of report `report`."""

    type: Literal["ack"] = "ack"
    journal: JournalId
    through: Count
    report: Count
    sent_at: Timestamp


class Question(Addressed):
    """The cloud asks for a full report now."""

    type: Literal["question"] = "question"
    sent_at: Timestamp


class AppState(Wire):
    """Where one application stands on a node. `since` is the node's clock; `bundle` is what runs."""

    namespace: Name
    application: Name
    group: Name
    phase: Phase
    revision: Count = 0
    bundle: Digest | None = None
    wanted_bundle: Digest | None = None
    wanted_revision: Count = 0
    ready: Count = 0
    total: Count = 0
    reason: Reason | None = None
    message: Text = ""
    healed: Count = 0
    since: Timestamp


class NodeProblem(Wire):
    """Something that is wrong with the node as a whole, such as DiskFull or ClusterUnavailable."""

    reason: Reason
    message: Text = ""
    since: Timestamp


class Report(Addressed):
    """A node's full state and the journal entries since the last acknowledged one (as many as fit).

    `number` grows with each report within one journal identity, over restarts. `heads` holds the accepted head version
    of each group. `kept_from` is the first entry the node still holds.
    """

    type: Literal["report"] = "report"
    journal: JournalId
    number: Version
    sent_at: Timestamp
    daemon: str = Field(max_length=64)
    kubernetes: str = Field(default="", max_length=64)
    started_at: Timestamp
    assignment: Count = 0
    heads: dict[Name, Count] = Field(default_factory=dict)
    states: tuple[AppState, ...] = ()
    problems: tuple[NodeProblem, ...] = ()
    entries: tuple[Entry, ...] = ()
    kept_from: Version = 1


class Request(Addressed):
    """The node holds `head` of `group` and lacks these chunks."""

    type: Literal["request"] = "request"
    group: Name
    head: Count
    chunks: tuple[Digest, ...] = Field(default=(), max_length=256)
    sent_at: Timestamp


class Presence(Wire):
    """Unsigned, retained, a hint for people only."""

    v: int = Field(default=1, ge=1, le=1)
    online: bool


class JoinRequest(Addressed):
    """Signed twice: by the key that the token's secret yields, and by the node's own new key (proof of possession)."""

    type: Literal["join"] = "join"
    token: str = Field(pattern=r"^[0-9a-f]{32}$")
    public_key: Ed25519Public
    daemon: str = Field(default="", max_length=64)


class JoinOutcome(StrEnum):
    """The answer to a join request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class JoinReply(Addressed):
    """Travels in a `ControlMessage` that carries the root; the node compares the root with its token's digest."""

    type: Literal["join-reply"] = "join-reply"
    token: str = Field(pattern=r"^[0-9a-f]{32}$")
    public_key: Ed25519Public
    outcome: JoinOutcome
    message: Text = ""
