"""Head: one retained message with everything a group should run, as the exact texts of its signed TUF documents.

Nothing here verifies a signature; `HeadEntry` is what a verified targets document says about one bundle.
"""

from pydantic import ConfigDict, Field

from pinnace_schemas import codec, compression, presets
from pinnace_schemas.codec import Wire
from pinnace_schemas.compression import Encoding
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import Digest, Name

# Roles and file names inside a group's metadata set (TUF 1.0.33, section 4).
TIMESTAMP, SNAPSHOT, TARGETS = "timestamp", "snapshot", "targets"
# Every signed document names its tenant and scope under this key, inside the signed bytes.
SCOPE_KEY = "x-pinnace"
# The scope of documents that concern single nodes rather than a group; no group can have this name.
NODES_SCOPE = "nodes/*"
# Whole in every JSON reader and in SQLite; one version a second lasts 285 million years.
MAX_NUMBER = 2**53 - 1
# The scope of the trust root itself.
ROOT_SCOPE = "root"
# The role that signs messages to single nodes; the targets of NODES_SCOPE delegate it.
CONTROL = "control"
# A group's role has the group's name, and TUF keeps these for itself (`targets.json` would mean two documents).
RESERVED_GROUPS = frozenset({"root", TIMESTAMP, SNAPSHOT, TARGETS})


class Scope(Wire):
    """Whom a signed document is for: the tenant, and `group/<name>` or NODES_SCOPE."""

    tenant: Name
    scope: str


def group_scope(group: str) -> str:
    """The scope text of a group's documents."""
    return f"group/{group}"


class Head(Wire):
    """The four texts; the group's own targets are called `group`."""

    v: int = Field(default=1, ge=1, le=1)
    timestamp: str
    snapshot: str
    targets: str
    group: str


class Variant(Wire):
    """One way to fetch a bundle. `base` is the digest of the earlier bundle that a delta needs."""

    encoding: Encoding
    length: int = Field(ge=1, le=MAX_NUMBER)
    chunks: tuple[Digest, ...] = Field(min_length=1)
    base: Digest | None = None


class HeadEntry(Wire):
    """The `custom` part of a TUF target: which application this is and how to fetch it.

    Unknown fields are ignored so that later versions may add hints; what a reader must not ignore stands in
    `requires`, and a reader that lacks one of those features refuses the entry (the idea of `crit` in RFC 7515).
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    namespace: Name
    application: Name
    revision: int = Field(ge=1, le=MAX_NUMBER)
    variants: tuple[Variant, ...] = Field(min_length=1)
    requires: tuple[str, ...] = ()


def target_path(group: str, namespace: str, application: str) -> str:
    """The TUF target path of an application's bundle within its group."""
    return f"{group}/{namespace}/{application}"


def encode(head: Head, limits: Limits, where: str) -> bytes:
    """The message. Raises Rejected(TOO_LARGE): the cloud refuses at `apply` what no broker would carry."""
    group, snapshot, targets, timestamp = map(codec.quoted, (head.group, head.snapshot, head.targets, head.timestamp))
    plain = f'{{"group":{group},"snapshot":{snapshot},"targets":{targets},"timestamp":{timestamp},"v":1}}'
    message = compression.deflate(plain.encode(), presets.HEAD)
    codec.check_size(message, limits.max_message_bytes, where, "max_message_bytes")
    return message


def decode(message: bytes, limits: Limits, where: str) -> Head:
    """The unverified texts. Raises Rejected."""
    codec.check_size(message, limits.max_message_bytes, where, "max_message_bytes")
    plain = compression.inflate(message, limits.max_document_bytes, where, presets.HEAD)
    return codec.parse(Head, plain, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where)
