"""Decides whether what arrived is signed for this node. Trusts the root alone, never the topic, the broker or the link.

A head is accepted when, in this order:
 1. the trust root is sound, signed by itself and for this tenant (its date never blocks: it is replaced, not renewed);
 2. each of timestamp, snapshot, targets and group has its form, then enough signatures by the role that delegates it,
    then type, tenant and this group's scope inside the signed bytes (`verifier_document`);
 3. none has a version below the remembered one (equal is a repetition and accepted);
 4. the snapshot is the one that the timestamp names (version, length, hash), targets and group have the versions that
    the snapshot names: nothing is mixed;
 5. targets name no bundle and delegate exactly `<group>/*/*` to the role `<group>`; the group delegates nothing, so
    that neither can be shown in the place of the other even if one key signs both;
 6. every bundle has the path of its own entry within the group, so no application is there twice; has a sound digest
    and lengths within the limits; and requires nothing that this daemon lacks (else the whole head is refused, naming
    the entry: half of a head is what nobody asked for).
Expiry is told, not enforced: what runs goes on; `is_expired` (by `rules.freshness`) lets the caller refuse a
new activation.

A control message is accepted by 1 to 3 for its targets (or the accepted ones), which delegate exactly NODES_SCOPE to
the role `control`, and by that role's signature. Its addressee, type and number are the caller's to compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import MetaFile, Root, Snapshot, Targets, Timestamp

from pinnace_edge.adapters import verifier_bundles, verifier_document
from pinnace_edge.model import Trust, VerifiedHead
from pinnace_edge.rules import freshness
from pinnace_schemas import codec, head
from pinnace_schemas import envelope as envelopes
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.messages import ControlMessage
from pinnace_schemas.reasons import Reason

# What `Trust.versions` calls the group's own targets, whose role has the group's name.
GROUP = "group"

_CONTROL_VERSION = f"{head.NODES_SCOPE} {head.TARGETS}"

Signed = TypeVar("Signed", Timestamp, Snapshot, Targets)


class TufVerifier:
    """The `Verifier` port for one tenant. Keeps nothing but the parsed root."""

    def __init__(self, tenant: str, limits: Limits = DEFAULT_LIMITS) -> None:
        self._tenant = tenant
        self._limits = limits

    def head(self, message: Head, group: str, trust: Trust, now: datetime) -> VerifiedHead:
        """Rules 1 to 6. `now` is already raised to the time floor. Raises Rejected."""
        if group in head.RESERVED_GROUPS:
            raise Rejected(Reason.WRONG_GROUP, "this name is reserved; no group can have it", f"group {group!r}")
        root = _root(trust.root, self._tenant, self._limits)
        reader = _Reader(self._tenant, self._limits, group, trust.versions)
        documents = _documents(message, group, root, reader)
        expires_at = min(document.expires for document in documents.by_name().values())
        return VerifiedHead(
            group=group,
            version=documents.timestamp.version,
            wanted=verifier_bundles.wanted(documents.group, group, self._limits, reader.where(GROUP)),
            versions={reader.where(name): document.version for name, document in documents.by_name().items()},
            expires_at=expires_at,
            is_expired=freshness.is_expired(expires_at, now),
        )

    def control(
        self,
        message: ControlMessage,
        trust: Trust,
        now: datetime,  # noqa: ARG002 - of the port; the date of an assignment stands in its payload
    ) -> tuple[Envelope, Trust]:
        """The envelope and the trust to remember. A root that comes along is not read. Raises Rejected."""
        text = trust.control if message.targets is None else message.targets
        if not text:
            raise Rejected(Reason.BAD_SIGNATURE, "no accepted assignment yet says who may sign this", "control message")
        targets = self._control_targets(text, trust)
        where = "control message"
        envelope = verifier_document.read_envelope(message.envelope, self._limits, where)
        signatures = verifier_document.signatures(envelope)
        verifier_document.verify(targets, head.CONTROL, _signed_bytes(envelope, where), signatures, where)
        versions = {**trust.versions, _CONTROL_VERSION: targets.version}
        return envelope, replace(trust, control=text, versions=versions)

    def root_digest(self, root: str) -> str:
        """Hex digest by which a join token names a root."""
        return _digest(root)

    def _control_targets(self, text: str, trust: Trust) -> Targets:
        where = "control targets"
        root = _root(trust.root, self._tenant, self._limits)
        document = verifier_document.read(text, self._limits, where)
        verifier_document.verify(root, head.TARGETS, document.payload, document.signatures, where)
        targets = verifier_document.content(document, Targets, self._tenant, head.NODES_SCOPE)
        _check_not_older(targets.version, trust.versions.get(_CONTROL_VERSION, 0), where)
        _check_delegation(targets, head.CONTROL, head.NODES_SCOPE, where)
        return targets


def first_trust(root: str, digest: str, tenant: str, limits: Limits = DEFAULT_LIMITS) -> Trust:
    """The trust that a join token's digest gives. Raises Rejected: BAD_SIGNATURE for another root, and rule 1."""
    found = _digest(root)
    if found != digest:
        message = f"has the digest {found[:12]}, the join token names {digest[:12]}; make a new token"
        raise Rejected(Reason.BAD_SIGNATURE, message, "trust root")
    _root(root, tenant, limits)
    return Trust(root)


@dataclass(frozen=True, slots=True)
class _Documents:
    """The four documents of one head, verified and belonging together."""

    timestamp: Timestamp
    snapshot: Snapshot
    targets: Targets
    group: Targets

    def by_name(self) -> Mapping[str, Timestamp | Snapshot | Targets]:
        names = (head.TIMESTAMP, head.SNAPSHOT, head.TARGETS, GROUP)
        return dict(zip(names, (self.timestamp, self.snapshot, self.targets, self.group), strict=True))


class _Reader:
    """Rules 2 and 3 for the documents of one group."""

    def __init__(self, tenant: str, limits: Limits, group: str, versions: Mapping[str, int]) -> None:
        self._tenant = tenant
        self._limits = limits
        self._scope = head.group_scope(group)
        self._versions = versions

    def where(self, name: str) -> str:
        """What `Trust.versions` and refusals call a document."""
        return f"{self._scope} {name}"

    def read(self, kind: type[Signed], text: str, delegator: Root | Targets, role: str, name: str) -> Signed:
        where = self.where(name)
        document = verifier_document.read(text, self._limits, where)
        verifier_document.verify(delegator, role, document.payload, document.signatures, where)
        content = verifier_document.content(document, kind, self._tenant, self._scope)
        _check_not_older(content.version, self._versions.get(where, 0), where)
        return content


def _documents(message: Head, group: str, root: Root, reader: _Reader) -> _Documents:
    """Rules 2 to 5."""
    place = {name: reader.where(name) for name in (head.SNAPSHOT, head.TARGETS, GROUP)}
    timestamp = reader.read(Timestamp, message.timestamp, root, head.TIMESTAMP, head.TIMESTAMP)
    _check_bytes(timestamp.snapshot_meta, message.snapshot, place[head.SNAPSHOT])
    snapshot = reader.read(Snapshot, message.snapshot, root, head.SNAPSHOT, head.SNAPSHOT)
    _check_version(timestamp.snapshot_meta, snapshot.version, place[head.SNAPSHOT])
    targets = reader.read(Targets, message.targets, root, head.TARGETS, head.TARGETS)
    _check_listed(snapshot, head.TARGETS, message.targets, targets, place[head.TARGETS])
    _check_delegation(targets, group, head.target_path(group, "*", "*"), place[head.TARGETS])
    own = reader.read(Targets, message.group, targets, group, GROUP)
    _check_listed(snapshot, group, message.group, own, place[GROUP])
    _check_no_delegation(own, place[GROUP])
    return _Documents(timestamp, snapshot, targets, own)


@lru_cache(maxsize=4)  # one root for each tenant that a process serves: one at a site, a few in simulations
def _root(text: str, tenant: str, limits: Limits) -> Root:
    document = verifier_document.read(text, limits, "trust root")
    root = verifier_document.content(document, Root, tenant, head.ROOT_SCOPE)
    verifier_document.verify(root, Root.type, document.payload, document.signatures, document.where)
    return root


def _digest(text: str) -> str:
    try:
        return codec.sha256(text.encode("utf-8"))
    except UnicodeEncodeError as exc:
        raise Rejected(Reason.MALFORMED, "is not Unicode text", "trust root") from exc


def _signed_bytes(envelope: Envelope, where: str) -> bytes:
    try:
        return envelopes.signed_bytes(envelope)
    except ValueError as exc:  # infinities, which JSON readers make of 1e999
        raise Rejected(Reason.MALFORMED, "has no canonical form", where) from exc


def _check_not_older(version: int, remembered: int, where: str) -> None:
    if version < remembered:
        message = f"version {version} is older than {remembered}, which was accepted before"
        raise Rejected(Reason.OLDER_VERSION, message, where)


def _check_listed(snapshot: Snapshot, role: str, text: str, document: Targets, where: str) -> None:
    meta = snapshot.meta.get(f"{role}.json")
    if meta is None:
        raise Rejected(Reason.INCONSISTENT, "is not listed in the snapshot", where)
    _check_bytes(meta, text, where)
    _check_version(meta, document.version, where)


def _check_version(meta: MetaFile, version: int, where: str) -> None:
    if version != meta.version:
        message = f"has version {version}, {meta.version} belongs to this head"
        raise verifier_document.refusal(Reason.INCONSISTENT, message, where)


def _check_bytes(meta: MetaFile, text: str, where: str) -> None:
    try:
        meta.verify_length_and_hashes(text.encode("utf-8"))
    except UnicodeEncodeError as exc:
        raise Rejected(Reason.MALFORMED, "is not Unicode text", where) from exc
    except LengthOrHashMismatchError as exc:
        message = f"is another one than this head names: {exc}"
        raise verifier_document.refusal(Reason.INCONSISTENT, message, where) from exc


def _check_delegation(targets: Targets, role: str, path: str, where: str) -> None:
    if targets.targets:
        raise Rejected(Reason.INCONSISTENT, "names bundles itself; only the delegated role may", where)
    roles = (targets.delegations.roles if targets.delegations else None) or {}
    if list(roles) != [role] or roles[role].paths != [path]:
        message = f"delegates other than exactly {path!r} to the role {role!r}"
        raise Rejected(Reason.INCONSISTENT, message, where)


def _check_no_delegation(own: Targets, where: str) -> None:
    if own.delegations is not None:
        raise Rejected(Reason.INCONSISTENT, "delegates further, which a group may not", where)
