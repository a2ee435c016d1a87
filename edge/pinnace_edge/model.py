"""Values that the rules, services and ports of the edge share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pinnace_schemas.handling import Prune
from pinnace_schemas.head import HeadEntry, Variant
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

KubeObject = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """apiVersion and kind, such as ('apps/v1', 'Deployment')."""

    api_version: str
    kind: str

    @property
    def group(self) -> str:
        """The API group, '' for the core one: the same kind in every version of it."""
        return self.api_version.rpartition("/")[0]

    def __str__(self) -> str:
        return f"{self.api_version} {self.kind}"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One object of a cluster; `namespace` is '' for cluster-scoped kinds."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, order=True)
class AppKey:
    """An application: namespace and name of the Application in the cloud."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Status(StrEnum):
    """kstatus (sigs.k8s.io/cli-utils): what an object's own status says about it."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """An object's status with a message for people.

    `is_unfinished`: it is as it should be, but what it is for is still to be done: a Job that runs. `is_over`: it ended
    by itself and is not there any more. `judge` is the part whose definition says so, '' for its kind.
    """

    status: Status
    message: str = ""
    is_unfinished: bool = False
    is_over: bool = False
    judge: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether what waits for the object may be applied."""
        return self.status is Status.CURRENT and not self.is_unfinished


@dataclass(frozen=True, slots=True)
class Live:
    """What the daemon keeps of an object in the cluster: enough to plan and judge, small enough for 500 of them.

    `our_fields` is a digest of the managedFields entry of our manager ('' when there is none): as long as it stays the
    same, nobody has changed a field that we own. `metadata_only` objects carry no health (`Status.UNKNOWN`).
    """

    ref: Ref
    uid: str
    resource_version: str
    labels: Mapping[str, str]
    our_fields: str
    health: Health
    deleting: bool = False


# No digest of fields.
SHARE = "shared"
# No resourceVersion.
FAILED_AT_LAST = "failed"


@dataclass(frozen=True, slots=True)
class Owned:
    """A row of the inventory: what we applied. `body` is the digest of the object as sent, '' for what is not known to
    be as sent, such as what we delete to make it anew; uid '' = not applied yet.

    `our_fields` is SHARE where another application applied the object and this one only holds it too, with what this
    one asks of pruning: the labels of the object say what the other asks. `resource_version` is FAILED_AT_LAST of an
    object that ends by itself, and was seen to have failed.
    """

    ref: Ref
    body: str = ""
    uid: str = ""
    resource_version: str = ""
    our_fields: str = ""

    @classmethod
    def share(cls, ref: Ref, body: str, uid: str, asked: Prune | None) -> "Owned":
        """Without its version, which changes all day."""
        return cls(ref, body, uid, "", f"{SHARE} {asked}" if asked else SHARE)

    @property
    def is_share(self) -> bool:
        return self.our_fields.partition(" ")[0] == SHARE

    @property
    def asked(self) -> Prune | None:
        """What the holder of a share asks of pruning."""
        word = self.our_fields.partition(" ")[2]
        return Prune(word) if word else None

    @property
    def has_failed(self) -> bool:
        return self.resource_version == FAILED_AT_LAST


class Change(StrEnum):
    """Outcome of one apply request."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """A server-side apply of `body` by our field manager.

    `expected_version` is the resourceVersion that the caller knows, '' if none: when the answer has the same, the apply
    changed nothing, whatever the clocks say. `replacing` makes of the object as it stands what is then written as a
    whole.
    """

    ref: Ref
    body: KubeObject
    force: bool
    dry_run: bool = False
    expected_version: str = ""
    replacing: Callable[[KubeObject], KubeObject] | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """`live` is set for CREATED, CONFIGURED and UNCHANGED; `reason` and `message` (the API's own) for the others.

    `answer` is the object that the API returned, only for dry runs.
    """

    ref: Ref
    change: Change
    live: Live | None = None
    reason: Reason | None = None
    message: str = ""
    retry_after_s: float | None = None
    answer: KubeObject | None = None


class Deletion(StrEnum):
    """Outcome of one delete request. GONE: it does not exist (any more); STARTED: finalizers or children remain."""

    GONE = "gone"
    STARTED = "started"
    REFUSED = "refused"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Deleted:
    """`reason` and `message` are set for REFUSED and RETRY."""

    ref: Ref
    outcome: Deletion
    reason: Reason | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects found, and the kinds that could not be listed with the reason.

    FORBIDDEN, UNKNOWN_KIND, or CLUSTER_UNAVAILABLE when only what serves this kind (an aggregated API, a conversion
    webhook) does not answer.
    """

    objects: Mapping[Ref, Live]
    refused: Mapping[Kind, tuple[Reason, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the node has accepted so far.

    `root` is the text of the trust root; `control` the text of the TUF targets of NODES_SCOPE ('' before the first
    assignment). `versions` maps '<scope> <role>' (such as 'group/shops timestamp') to the highest accepted version.
    """

    root: str
    control: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WantedBundle:
    """A verified head entry with the digest and length (bytes) of the plain bundle."""

    entry: HeadEntry
    digest: str
    length: int

    @property
    def key(self) -> AppKey:
        return AppKey(self.entry.namespace, self.entry.application)

    @property
    def variants(self) -> tuple[Variant, ...]:
        return self.entry.variants


@dataclass(frozen=True, slots=True)
class VerifiedHead:
    """`version` is the timestamp version; `versions` what to remember.

    `is_expired`: its metadata is past its date; it may be kept but not newly activated.
    """

    group: str
    version: int
    wanted: tuple[WantedBundle, ...]
    versions: Mapping[str, int]
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Deployment:
    """An application on this node, as kept in the store.

    `wanted_*` is what the accepted head says ('' / 0 when it is to be removed); `bundle`/`revision` what was applied
    last. `since` is when `phase` began; `deadline_s` counts from there. `healed` counts corrections of drift.
    """

    key: AppKey
    group: str
    phase: Phase
    since: datetime
    wanted_bundle: str = ""
    wanted_revision: int = 0
    bundle: str = ""
    revision: int = 0
    ready: int = 0
    total: int = 0
    healed: int = 0
    reason: Reason | None = None
    message: str = ""

    @property
    def is_leaving(self) -> bool:
        return not self.wanted_bundle
