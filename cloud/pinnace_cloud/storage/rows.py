"""Rows: frozen values that go into the store and come out of it. Times are RFC 3339 UTC texts, which sort by time.

`document` fields hold canonical JSON text of what a person wrote; they are parsed by whoever needs the model.
"""

from dataclasses import dataclass
from typing import NamedTuple

from pinnace_schemas.messages import AppState, NodeProblem


@dataclass(frozen=True, slots=True, order=True)
class AppKey:
    """An application: namespace and name of the Application."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Revision:
    """Immutable. `digest` is the sha256 of `document`; `changed_by` names the API token."""

    key: AppKey
    revision: int
    document: str
    digest: str
    changed_at: str
    changed_by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """What a revision was rendered with: the digest of an answer by the key of its need, or of a package by its source.

    `sort` is `answer` or `package`, or `definition`: that of the document by its kind and name.
    """

    sort: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application with its current revision. `is_leaving`: it is being deleted."""

    current: Revision
    is_leaving: bool = False

    @property
    def key(self) -> AppKey:
        return self.current.key


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A NodeGroup or a Node as applied."""

    name: str
    document: str
    changed_at: str
    changed_by: str


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One version of a definition. `digest` is the sha256 of `document`; `declared` what CUE prints of its parameters.

    Versions count from 1, as revisions do.
    """

    kind: str
    name: str
    version: int
    document: str
    digest: str
    declared: str
    changed_at: str
    changed_by: str

    @property
    def pin(self) -> str:
        """The name under which revisions keep the version that they were rendered with."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Placement:
    """What an application is in one group: the bundle, and `base`, the bundle before it ('' when there was none).

    `head` is the version of the group's head that first named this bundle here.
    """

    key: AppKey
    group: str
    revision: int
    bundle: str
    base: str = ""
    head: int = 0


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One encoding of a bundle. `base` is '' unless it is a delta; `chunks` are digests in order."""

    bundle: str
    base: str
    encoding: str
    length: int
    chunks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadRow:
    """The signed head of a group. `floor` is the highest version seen anywhere; the next version is above both.

    `targets` is the text of the targets in the message. `message` is empty when the group was deleted: the numbers
    stay, so that a group of that name goes on counting.
    """

    group: str
    version: int = 0
    floor: int = 0
    message: bytes = b""
    signed_at: str = ""
    targets: str = ""

    @property
    def next_version(self) -> int:
        return max(self.version, self.floor) + 1

    @property
    def is_latest(self) -> bool:
        """True if nobody has seen a higher version than this one."""
        return self.version >= self.floor


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """The signed assignment of a node, as HeadRow. `groups` is what it says."""

    node: str
    version: int = 0
    floor: int = 0
    groups: tuple[str, ...] = ()
    message: bytes = b""
    signed_at: str = ""

    @property
    def next_version(self) -> int:
        return max(self.version, self.floor) + 1


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to publish. `id` orders the outbox and is given by the store."""

    topic: str
    payload: bytes
    retain: bool
    id: int = 0


class Contact(NamedTuple):
    """What a node last said about itself. `stored_through` and `report` belong to `journal`.

    A tuple, as a frozen dataclass takes twice as long to make, and each report makes one.
    """

    node: str
    journal: str
    report: int
    stored_through: int
    last_seen: str
    assignment: int
    daemon: str
    kubernetes: str
    started_at: str
    heads: dict[str, int]
    problems: tuple[NodeProblem, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """One application on one node: what is wanted, what was reported, and when the node was last heard of.

    `is_leaving`: it is to be removed there (`is_gone` once the node has said so), and `bundle` and `revision` are
    ('', 0). `last_seen` None: never heard of. `head` is the placement's, `told_head` the version that the node has
    reported for the group. `problems` are those of the node that were not solved at its last report.
    """

    key: AppKey
    node: str
    group: str
    revision: int
    bundle: str
    is_joined: bool
    last_seen: str | None
    state: AppState | None
    is_leaving: bool = False
    is_gone: bool = False
    head: int = 0
    told_head: int = 0
    problems: tuple[NodeProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A node that has to remove an application. `head` is the head version of `group` without it (0: it left the group
    by its assignment)."""

    key: AppKey
    node: str
    group: str
    head: int = 0
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class JoinTokenRow:
    """`public_key` is the public half of the token's secret; `used_by` the node key that used it ('': unused);
    `replaces` the node key whose place another may take with it ('': none)."""

    id: str
    node: str
    public_key: str
    expires_at: str
    used_by: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The key with which a node has joined, and when."""

    public_key: str
    at: str


class JournalItem(NamedTuple):
    """A stored journal entry; `cursor` orders by storing, `entry` is JSON of a `journal.Entry`.

    A tuple, since the store takes thousands in a second as they are.
    """

    node: str
    journal: str
    seq: int
    stored_at: str
    entry: str
    cursor: int = 0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who changed what: `actor` is the name of an API token, of a node that joined, or of the controller itself."""

    at: str
    actor: str
    action: str
    subject: str
