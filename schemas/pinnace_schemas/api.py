"""Bodies of the HTTP API, shared by the controller and the command line. snake_case JSON; times are RFC 3339 UTC."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pinnace_schemas.journal import Entry
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.names import Name
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

MAX_SOURCE_BYTES = 8 * 1024 * 1024
# Where the controller listens and the command line looks unless told otherwise.
DEFAULT_PORT = 8462


class Body(BaseModel):
    """Strict and closed, as everything that enters."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Source(Body):
    """A file's name (for messages) and its text: multi-document YAML or JSON."""

    name: str = Field(max_length=4096)
    text: str = Field(max_length=MAX_SOURCE_BYTES)


class Change(StrEnum):
    """What an apply did, in kubectl's words."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"


class DiagnosticBody(Body):
    """`severity` is 'error' or 'warning'; line and column count from 1; `about` names the component and the trait."""

    severity: str
    reason: Reason
    message: str
    source: str = "-"
    line: int | None = None
    column: int | None = None
    path: str = ""
    hint: str = ""
    about: str = ""


class Folder(Body):
    """A folder that an Application in the source of this name speaks of, such as a chart: its files in Base64.

    `path` is as the Application writes it, in its short form: `./charts/shop`. Paths of files are relative to it.
    """

    source: str = Field(max_length=4096)
    path: str = Field(max_length=4096)
    files: dict[str, str] = Field(min_length=1)


class ApplyRequest(Body):
    """Everything in `sources` is checked before anything changes, and stored in one transaction.

    `refresh`: charts and archives are looked up at their addresses again, not taken as they were.
    """

    sources: tuple[Source, ...] = Field(min_length=1, max_length=1000)
    folders: tuple[Folder, ...] = Field(default=(), max_length=1000)
    dry_run: bool = False
    strict: bool = False
    refresh: bool = False


class ApplyItem(Body):
    """One document. `revision` is 0 for kinds without revisions; `groups` are the node groups it now goes to."""

    kind: str
    namespace: str = ""
    name: str
    change: Change
    revision: int = 0
    groups: tuple[str, ...] = ()


class Outage(Body):
    """The controller has had no link to its broker for so many seconds, and nothing is delivered until it is back.

    `reason` is that of the last attempt; '' before the first one has failed.
    """

    seconds: int
    reason: str = ""


class BrokerBody(Body):
    """`outage` is None while there is a link."""

    outage: Outage | None = None


class ApplyResponse(Body):
    """`diagnostics` holds warnings only: an error is an ErrorBody and nothing was changed.

    `broker_outage`: why what was stored is not delivered yet; None where there is a link, and for a dry run.
    """

    items: tuple[ApplyItem, ...]
    diagnostics: tuple[DiagnosticBody, ...] = ()
    dry_run: bool = False
    broker_outage: Outage | None = None


class ErrorBody(Body):
    """Every answer that is not 2xx."""

    reason: Reason
    message: str
    where: str = ""
    diagnostics: tuple[DiagnosticBody, ...] = ()


class Verdict(StrEnum):
    """What the cloud concludes about an application on a node. Only CONVERGED means: it runs as wanted."""

    CONVERGED = "Converged"
    PENDING = "Pending"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    FAILED = "Failed"
    OFFLINE = "Offline"
    REMOVING = "Removing"
    REMOVED = "Removed"


class NodeVerdict(Body):
    """One application on one node. `since` is the node's clock, `last_seen` the cloud's; None means never."""

    namespace: str
    application: str
    node: str
    group: str
    verdict: Verdict
    reason: Reason | None = None
    message: str = ""
    phase: Phase | None = None
    revision: int = 0
    wanted_revision: int = 0
    bundle: str | None = None
    wanted_bundle: str | None = None
    ready: int = 0
    total: int = 0
    healed: int = 0
    since: str | None = None
    last_seen: str | None = None


class ApplicationSummary(Body):
    """One row of `get applications`. `verdict` is the worst of its nodes; PENDING for one that goes to no node."""

    namespace: str
    name: str
    revision: int
    verdict: Verdict
    reason: Reason | None = None
    groups: tuple[str, ...] = ()
    nodes: int = 0
    converged: int = 0
    deleting: bool = False
    changed_at: str
    changed_by: str


class ApplicationStatus(Body):
    """`get`, `describe` and `status` of one application; `document` is the Application as applied.

    `broker_outage`: why nothing is delivered, and nothing heard of the nodes; None where there is a link.
    """

    summary: ApplicationSummary
    nodes: tuple[NodeVerdict, ...]
    document: dict[str, Any]
    broker_outage: Outage | None = None


class RevisionInfo(Body):
    """One row of `history`. `groups` maps each node group to the digest of its bundle."""

    revision: int
    changed_at: str
    changed_by: str
    note: str = ""
    current: bool = False
    groups: dict[str, str]


class RollbackRequest(Body):
    """None: the revision before the current one."""

    to: int | None = Field(default=None, ge=1)


class NodeSummary(Body):
    """One row of `get nodes`. `online` is the broker's hint (will), never an input to a decision."""

    name: str
    labels: dict[str, str]
    groups: tuple[str, ...]
    joined: bool
    online: bool | None = None
    last_seen: str | None = None
    daemon: str = ""
    kubernetes: str = ""
    applications: int = 0
    converged: int = 0
    verdict: Verdict
    reason: Reason | None = None
    problems: tuple[NodeProblem, ...] = ()


class NodeStatus(Body):
    """`describe node`."""

    summary: NodeSummary
    applications: tuple[NodeVerdict, ...]
    journal: str | None = None
    stored_through: int = 0
    heads: dict[str, int] = Field(default_factory=dict)


class GroupSummary(Body):
    """One row of `get groups`. `nodes` are the names of the members."""

    name: str
    labels: dict[str, str]
    nodes: tuple[str, ...]
    applications: tuple[str, ...]
    converged: int
    expected: int
    head_version: int


class DefinitionSummary(Body):
    """One row of `get definitions`. `applications` are rendered with it; those in `outdated` with an older version,
    until they are applied again.
    """

    kind: str
    name: str
    version: int
    description: str = ""
    applications: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    changed_at: str
    changed_by: str


class DefinitionStatus(Body):
    """`describe` of one definition; `document` as applied, `versions` the numbers that applications are rendered with,
    by application."""

    summary: DefinitionSummary
    versions: dict[str, int]
    document: dict[str, Any]


class DefinedType(Body):
    """One row of `types`: what a definition in its newest version brings. `declared` is what `cue def` prints of the
    parameters of its template; '' where nothing is known of them.
    """

    kind: str
    name: str
    version: int
    description: str = ""
    declared: str = ""


class JournalRow(Body):
    """An entry with the cloud's time of storing it, the journal identity it belongs to and its place in the store."""

    cursor: int
    node: str
    journal: str
    stored_at: str
    entry: Entry


class JournalPage(Body):
    """Rows stored after the asked cursor, in order; pass the last row's `cursor` to go on. `next_cursor` None: no more.

    Cursor 0 begins at the first row, so every row's own `cursor` is at least 1.
    """

    rows: tuple[JournalRow, ...]
    next_cursor: int | None = None


class DiffItem(Body):
    """Unified diff of the rendered objects of one application in one group; empty text: no difference."""

    namespace: str
    application: str
    group: str
    text: str


class DiffResponse(Body):
    """One item per application and group that the sources would change, add or leave. `documents` is what `apply`
    would answer: a document may change without any object, such as a group that loses a node."""

    items: tuple[DiffItem, ...]
    documents: tuple[ApplyItem, ...] = ()
    diagnostics: tuple[DiagnosticBody, ...] = ()


class TokenRequest(Body):
    """A join token for a node that is known or not yet known; `ttl_s` in seconds.

    `replace`: who joins with it may take the place of the key with which the node has joined already.
    """

    node: Name
    ttl_s: int = Field(default=24 * 3600, ge=60, le=30 * 24 * 3600)
    replace: bool = False


class TokenResponse(Body):
    """`token` is shown once and stored nowhere. `created`: there was no Node of this name, and now there is."""

    node: str
    token: str
    expires_at: str
    created: bool = False


class VersionBody(Body):
    """What answers."""

    version: str
    tenant: str
