"""Recognises what this key set has signed, as it comes back from the broker: a store that was restored from an old
backup learns from it which numbers are used up, and a store that was lost also which of them said that nothing is
wanted. What is not ours counts for nothing.
"""

from dataclasses import dataclass
from typing import TypeVar

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from pinnace_cloud.signing.keys import KeyRole, KeySet
from pinnace_schemas import codec, control, envelope, head
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head, Scope
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Assignment

Content = TypeVar("Content", Snapshot, Targets, Timestamp)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A version that this key set has signed, and whether it is known to want nothing: no bundle, or no group."""

    version: int
    is_empty: bool = False


# For everything that this key set has not signed for this name.
NOTHING = Recognised(0)


class Recogniser:
    """Answers NOTHING rather than an error: what a broker retains may be anything."""

    def __init__(self, keyset: KeySet, limits: Limits) -> None:
        self._keyset = keyset
        self._limits = limits
        self._root = Metadata[Root].from_bytes(keyset.root_text.encode()).signed

    def head(self, payload: bytes, group: str) -> Recognised:
        """By the version of the timestamp of a head of `group`."""
        try:
            found = head.decode(payload, self._limits, "retained head")
            document = Metadata[Timestamp].from_bytes(found.timestamp.encode())
            timestamp = _signed_by(self._root, Timestamp.type, document)
        except (Rejected, DeserializationError, RepositoryError, ValueError):
            return NOTHING
        if not self._is_for(timestamp, group):
            return NOTHING
        return Recognised(timestamp.version, self._names_nothing(found, group, timestamp))

    def assignment(self, payload: bytes, node: str) -> Recognised:
        """By the version of an assignment of `node`."""
        try:
            text = control.decode(payload, self._limits, "retained assignment").envelope
            sealed = codec.parse(
                Envelope,
                text.encode(),
                max_bytes=self._limits.max_document_bytes,
                max_depth=self._limits.max_depth,
                where="retained assignment",
            )
            self._verify(sealed)
            assignment = envelope.opened(Assignment, sealed, self._limits, "retained assignment")
        except (Rejected, VerificationError, UnverifiedSignatureError, ValueError):
            return NOTHING
        is_ours = (assignment.tenant, assignment.node) == (self._keyset.tenant, node)
        return Recognised(assignment.version, not assignment.groups) if is_ours else NOTHING

    def _names_nothing(self, found: Head, group: str, timestamp: Timestamp) -> bool:
        """True if the four documents belong together, as a node checks it, and the group's own lists no bundle: a
        broker might show an earlier list, or that of another group, under a timestamp of ours."""
        try:
            timestamp.snapshot_meta.verify_length_and_hashes(found.snapshot.encode())
            snapshot = _signed_by(self._root, Snapshot.type, Metadata[Snapshot].from_bytes(found.snapshot.encode()))
            targets = _signed_by(self._root, Targets.type, Metadata[Targets].from_bytes(found.targets.encode()))
            own = _signed_by(targets, group, Metadata[Targets].from_bytes(found.group.encode()))
            listed = [snapshot.meta[f"{role}.json"].version for role in (Targets.type, group)]
        except (DeserializationError, RepositoryError, KeyError, ValueError):
            return False
        is_current = listed == [targets.version, own.version]
        return is_current and not own.targets and self._is_for(targets, group) and self._is_for(own, group)

    def _is_for(self, signed: Signed, group: str) -> bool:
        try:
            scope = Scope.model_validate(signed.unrecognized_fields.get(head.SCOPE_KEY))
        except ValueError:
            return False
        return scope == Scope(tenant=self._keyset.tenant, scope=head.group_scope(group))

    def _verify(self, sealed: Envelope) -> None:
        key = self._keyset.signers[KeyRole.CONTROL].public_key
        found = [item for item in sealed.signatures if item.keyid == key.keyid]
        if len(found) != 1:
            raise UnverifiedSignatureError("not signed by the control key")
        key.verify_signature(Signature(found[0].keyid, found[0].sig), envelope.signed_bytes(sealed))


def _signed_by(delegator: Root | Targets, role: str, document: Metadata[Content]) -> Content:
    """What is signed. Raises RepositoryError or ValueError if not by the role."""
    delegator.verify_delegate(role, document.signed_bytes, document.signatures)
    return document.signed
