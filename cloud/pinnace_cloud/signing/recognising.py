"""Recognises what this key set has signed, as it comes back from the broker: a store that was restored from an old
backup learns from it which numbers are used up. What is not ours counts for nothing.
"""

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Timestamp
from tuf.api.serialization import DeserializationError

from pinnace_cloud.signing.keys import KeyRole, KeySet
from pinnace_schemas import codec, control, envelope, head
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Scope
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Assignment


class Recogniser:
    """Answers 0 for everything that this key set has not signed for this name."""

    def __init__(self, keyset: KeySet, limits: Limits) -> None:
        self._keyset = keyset
        self._limits = limits
        self._root = Metadata[Root].from_bytes(keyset.root_text.encode()).signed

    def head_version(self, payload: bytes, group: str) -> int:
        """The timestamp version of a head of `group`."""
        try:
            text = head.decode(payload, self._limits, "retained head").timestamp
            document = Metadata[Timestamp].from_bytes(text.encode())
            self._root.verify_delegate(Timestamp.type, document.signed_bytes, document.signatures)
            scope = Scope.model_validate(document.signed.unrecognized_fields.get(head.SCOPE_KEY))
        except (Rejected, DeserializationError, RepositoryError, ValueError):
            return 0
        ours = Scope(tenant=self._keyset.tenant, scope=head.group_scope(group))
        return document.signed.version if scope == ours else 0

    def assignment_version(self, payload: bytes, node: str) -> int:
        """The version of an assignment of `node`."""
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
            return 0
        is_ours = (assignment.tenant, assignment.node) == (self._keyset.tenant, node)
        return assignment.version if is_ours else 0

    def _verify(self, sealed: Envelope) -> None:
        key = self._keyset.signers[KeyRole.CONTROL].public_key
        found = [item for item in sealed.signatures if item.keyid == key.keyid]
        if len(found) != 1:
            raise UnverifiedSignatureError("not signed by the control key")
        key.verify_signature(Signature(found[0].keyid, found[0].sig), envelope.signed_bytes(sealed))
