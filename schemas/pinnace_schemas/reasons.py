"""The one table of reason codes: why something is not as wanted, and what a person does about it.

Codes travel in reports, in the API and in the CLI; texts are for people. `docs/reasons.md` is printed from here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Closed set of codes. A code is never given a second meaning and never reused."""

    # What arrived could not be trusted or read (edge and cloud gates).
    MALFORMED = "Malformed"
    TOO_LARGE = "TooLarge"
    BAD_SIGNATURE = "BadSignature"
    WRONG_TENANT = "WrongTenant"
    WRONG_GROUP = "WrongGroup"
    OLDER_VERSION = "OlderVersion"
    INCONSISTENT = "Inconsistent"
    EXPIRED = "Expired"
    NOT_ASSIGNED = "NotAssigned"
    UNSUPPORTED = "Unsupported"
    DIGEST_MISMATCH = "DigestMismatch"
    UNKNOWN_NODE = "UnknownNode"
    TOKEN_REFUSED = "TokenRefused"
    # What an operator asked for is wrong (API and CLI).
    INVALID = "Invalid"
    UNKNOWN_FIELD = "UnknownField"
    UNKNOWN_KIND = "UnknownKind"
    UNKNOWN_TYPE = "UnknownType"
    DEPRECATED = "Deprecated"
    UNKNOWN_GROUP = "UnknownGroup"
    TWO_GROUPS = "TwoGroups"
    TWO_APPLICATIONS = "TwoApplications"
    PLAIN_SECRET = "PlainSecret"
    NOT_FOUND = "NotFound"
    IN_USE = "InUse"
    PART_MISSING = "PartMissing"
    UNAUTHENTICATED = "Unauthenticated"
    UNAVAILABLE = "Unavailable"
    INTERNAL = "Internal"
    # Where an application stands on a node.
    FETCHING = "Fetching"
    CHUNK_MISSING = "ChunkMissing"
    APPLYING = "Applying"
    PROGRESSING = "Progressing"
    UNHEALTHY = "Unhealthy"
    HEALTH_DEADLINE = "HealthDeadline"
    API_REJECTED = "ApiRejected"
    FORBIDDEN = "Forbidden"
    CONFLICT = "Conflict"
    NOT_OURS = "NotOurs"
    PRUNE_FAILED = "PruneFailed"
    DRIFTED = "Drifted"
    FIGHT = "Fight"
    CLUSTER_UNAVAILABLE = "ClusterUnavailable"
    DISK_FULL = "DiskFull"
    STORE_DAMAGED = "StoreDamaged"
    JOURNAL_OVERFLOW = "JournalOverflow"
    REMOVING = "Removing"
    # What the cloud concludes.
    NO_NODES = "NoNodes"
    NOT_JOINED = "NotJoined"
    NOT_REPORTED = "NotReported"
    OFFLINE = "Offline"
    OUT_OF_DATE = "OutOfDate"


@dataclass(frozen=True, slots=True)
class ReasonInfo:
    """`meaning` completes "this is so because ..."; `action` tells a person what to do next."""

    meaning: str
    action: str


REASONS: dict[Reason, ReasonInfo] = {
    Reason.MALFORMED: ReasonInfo("a message or file could not be read", "look at the named place; nothing was changed"),
    Reason.TOO_LARGE: ReasonInfo(
        "a limit was exceeded", "split the application, or raise the named limit on both sides"
    ),
    Reason.BAD_SIGNATURE: ReasonInfo(
        "no valid signature of a trusted key", "check who writes to the broker, and the keys of the controller"
    ),
    Reason.WRONG_TENANT: ReasonInfo(
        "signed for another tenant", "check the tenant in the configuration of the node and of the controller"
    ),
    Reason.WRONG_GROUP: ReasonInfo(
        "signed for another group or node", "check who writes to the broker; the message was not used"
    ),
    Reason.OLDER_VERSION: ReasonInfo(
        "older than what the node has accepted before",
        "none if it happened once (a replay); else see 'restoring a backup' in operating",
    ),
    Reason.INCONSISTENT: ReasonInfo(
        "the signed documents of one message do not belong together",
        "publish again; if it stays, check the controller's store",
    ),
    Reason.EXPIRED: ReasonInfo(
        "the signed metadata is past its date; what runs goes on",
        "bring the node or the controller in contact, check the node's clock",
    ),
    Reason.NOT_ASSIGNED: ReasonInfo(
        "the node is not assigned to this group", "none: the message was not for this node"
    ),
    Reason.UNSUPPORTED: ReasonInfo(
        "the message asks for a feature that this version lacks", "upgrade the daemon of the node"
    ),
    Reason.DIGEST_MISMATCH: ReasonInfo("content differs from its signed digest", "none: it is fetched again"),
    Reason.UNKNOWN_NODE: ReasonInfo("no node of this name has joined", "join the node with a token"),
    Reason.TOKEN_REFUSED: ReasonInfo(
        "the join token is unknown, used or expired", "make a new one with 'pinnace token create'"
    ),
    Reason.INVALID: ReasonInfo("a value is not allowed here", "correct the named field"),
    Reason.UNKNOWN_FIELD: ReasonInfo("a field of this name does not exist", "correct or remove the named field"),
    Reason.UNKNOWN_KIND: ReasonInfo(
        "a kind that Pinnace does not take, or that the site's KubeAPI does not know",
        "correct apiVersion and kind, or deliver the CRD that defines it",
    ),
    Reason.UNKNOWN_TYPE: ReasonInfo(
        "a component, trait, policy or step type that is not known", "correct the type, or remove it"
    ),
    Reason.DEPRECATED: ReasonInfo(
        "a type that KubeVela has given up; it may still be rendered", "use the type that the message names"
    ),
    Reason.UNKNOWN_GROUP: ReasonInfo("a topology names no existing group", "create the NodeGroup, or correct the name"),
    Reason.TWO_GROUPS: ReasonInfo(
        "one application would reach one node by two groups",
        "take the node out of one group, or the group out of the topology",
    ),
    Reason.TWO_APPLICATIONS: ReasonInfo(
        "two applications would bring one object to one group",
        "rename the object, leave it out of one, or let both share it with the policy shared-resource",
    ),
    Reason.PLAIN_SECRET: ReasonInfo(
        "a Secret would travel in the clear",
        "leave the Secret out, or allow it with the annotation pinnace.dev/allow-plain-secret",
    ),
    Reason.NOT_FOUND: ReasonInfo("nothing of this name exists", "check the name, and the namespace where it has one"),
    Reason.IN_USE: ReasonInfo("something else still uses it", "end or remove what the message names first"),
    Reason.PART_MISSING: ReasonInfo(
        "a program that a type needs is not on the machine of the controller", "install the program that is named"
    ),
    Reason.UNAUTHENTICATED: ReasonInfo(
        "the API token is missing or wrong", "set PINNACE_TOKEN to a token of this controller"
    ),
    Reason.UNAVAILABLE: ReasonInfo(
        "the controller cannot answer at this moment", "try again; see /readyz of the controller if it lasts"
    ),
    Reason.INTERNAL: ReasonInfo(
        "the controller met a bug of its own",
        "report it with the request id; the controller's log names the place",
    ),
    Reason.FETCHING: ReasonInfo("the node has the head and fetches the bundle", "wait; look at the link if it lasts"),
    Reason.CHUNK_MISSING: ReasonInfo(
        "the broker does not hold a chunk; the node has asked for it", "wait; check that the controller runs"
    ),
    Reason.APPLYING: ReasonInfo("the objects are being applied", "wait"),
    Reason.PROGRESSING: ReasonInfo(
        "applied; the objects are not ready yet", "wait; see the message for the first object"
    ),
    Reason.UNHEALTHY: ReasonInfo("an object failed or stopped being ready", "look at the named object on the site"),
    Reason.HEALTH_DEADLINE: ReasonInfo(
        "not ready within the health deadline", "look at the named object on the site, or roll back"
    ),
    Reason.API_REJECTED: ReasonInfo(
        "the KubeAPI of the site refused an object; the rest is applied",
        "correct the named object; the API's message says how",
    ),
    Reason.FORBIDDEN: ReasonInfo(
        "the daemon's role does not allow this", "extend the role (see deploy/) or leave the object out"
    ),
    Reason.CONFLICT: ReasonInfo(
        "another field manager owns a field of an object that is not ours",
        "remove the field, or let the other manager give it up",
    ),
    Reason.NOT_OURS: ReasonInfo(
        "an object of this name exists and is not ours; it was not touched",
        "rename the object, delete the other one, or take it over with the policy take-over",
    ),
    Reason.PRUNE_FAILED: ReasonInfo(
        "an object that is no longer wanted could not be deleted; it is tried again", "look at its finalizers"
    ),
    Reason.DRIFTED: ReasonInfo("someone changed our fields; they are being put back", "find the named manager"),
    Reason.FIGHT: ReasonInfo(
        "someone changes our fields again and again",
        "stop the named manager, or leave the field to it with the policy apply-once",
    ),
    Reason.CLUSTER_UNAVAILABLE: ReasonInfo("the KubeAPI of the site does not answer", "look at k3s on the site"),
    Reason.DISK_FULL: ReasonInfo("the node's disk is full; what runs goes on", "free space on the site"),
    Reason.STORE_DAMAGED: ReasonInfo(
        "the node's store was damaged and has been set aside",
        "none: the inventory was rebuilt from the cluster; check the disk",
    ),
    Reason.JOURNAL_OVERFLOW: ReasonInfo(
        "the journal was full; old intermediate entries were folded into counts",
        "none; connect the node more often or raise the limit",
    ),
    Reason.REMOVING: ReasonInfo("the objects are being deleted", "wait; look at finalizers if it lasts"),
    Reason.NO_NODES: ReasonInfo(
        "the application goes to no node: it has no group, or its groups have no member",
        "put nodes into its groups, or name other groups in its topology",
    ),
    Reason.NOT_JOINED: ReasonInfo("the node has never joined", "make a token and run 'pinnace-edge join'"),
    Reason.NOT_REPORTED: ReasonInfo(
        "the node has not reported this application yet", "wait; look at last-seen of the node"
    ),
    Reason.OFFLINE: ReasonInfo(
        "the node has not been heard of for longer than the offline limit",
        "look at the link; the last known state is shown",
    ),
    Reason.OUT_OF_DATE: ReasonInfo("the node runs another revision than wanted", "wait; look at last-seen of the node"),
}
