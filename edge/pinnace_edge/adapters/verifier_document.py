"""One signed TUF document, taken in three steps that must not change places: form, signature, content.

1. `read`: the text is exactly one envelope of `signed` and `signatures`, within the limits, each key signing once. The
   verified bytes are made of all of `signed` as it arrived, not of what python-tuf keeps of it: nothing slips in.
2. `verify`: enough keys of the delegating role have signed these bytes.
3. `content`: type, version, specification and keys are sound; the signer's tenant and scope are the expected ones.

Everything that is wrong is Rejected; no other exception leaves. Reads no clock, keeps nothing.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from securesystemslib import formats
from securesystemslib.exceptions import FormatError
from securesystemslib.signer import Signature
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from pinnace_schemas import codec
from pinnace_schemas.codec import Wire
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import MAX_NUMBER, SCOPE_KEY, Scope
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Ed25519Public
from pinnace_schemas.names import Digest
from pinnace_schemas.reasons import Reason

Form = TypeVar("Form")
Signed = TypeVar("Signed", Root, Timestamp, Snapshot, Targets)

_MAX_MESSAGE = 300  # characters; a journal entry takes 1,000
_SPECIFICATION = re.compile(r"1\.[0-9]{1,6}(\.[0-9]{1,6})?\Z")


@dataclass(frozen=True, slots=True)
class Document:
    """An unverified document: `payload` is what its signatures are over."""

    where: str
    signed: dict[str, Any]
    payload: bytes
    signatures: dict[str, Signature]


class _Common(BaseModel):
    """What every document has; the rest is python-tuf's to read."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    type: str = Field(alias="_type", max_length=32)
    version: Annotated[int, Field(ge=1, le=MAX_NUMBER)]
    spec_version: str = Field(max_length=32)
    scope: Scope = Field(alias=SCOPE_KEY)


class _KeyValue(Wire):
    public: Ed25519Public


class _Key(Wire):
    """Only Ed25519, so that no key can be read as one of another algorithm, and no field can vary its id."""

    keytype: Literal["ed25519"]
    scheme: Literal["ed25519"]
    keyval: _KeyValue


_COMMON = TypeAdapter(_Common)
_KEYS = TypeAdapter(dict[Digest, _Key])


def refusal(reason: Reason, message: str, where: str) -> Rejected:
    """Cuts a message that may quote the sender at any length."""
    return Rejected(reason, message[:_MAX_MESSAGE], where)


def read(text: str, limits: Limits, where: str) -> Document:
    """The form. Raises Rejected(MALFORMED or TOO_LARGE)."""
    envelope = read_envelope(text, limits, where)
    try:
        payload = formats.encode_canonical(envelope.signed)
    except FormatError as exc:  # its message repeats the whole document
        raise refusal(Reason.MALFORMED, "has no canonical form: it holds a number that is not whole", where) from exc
    assert payload is not None  # only with an output function
    return Document(where, envelope.signed, payload.encode("utf-8"), signatures(envelope))


def read_envelope(text: str, limits: Limits, where: str) -> Envelope:
    """`signed` and signatures by keys that are named once each."""
    size, depth = limits.max_document_bytes, limits.max_depth
    try:
        envelope = codec.parse(Envelope, text.encode("utf-8"), max_bytes=size, max_depth=depth, where=where)
    except UnicodeEncodeError as exc:
        raise refusal(Reason.MALFORMED, "is not Unicode text", where) from exc
    except Rejected as exc:
        raise refusal(exc.reason, exc.message, where) from exc
    if len({item.keyid for item in envelope.signatures}) != len(envelope.signatures):
        raise refusal(Reason.MALFORMED, "has two signatures by one key", where)
    return envelope


def signatures(envelope: Envelope) -> dict[str, Signature]:
    """As python-tuf wants them."""
    return {item.keyid: Signature(item.keyid, item.sig) for item in envelope.signatures}


def verify(delegator: Root | Targets, role: str, payload: bytes, signed_by: dict[str, Signature], where: str) -> None:
    """The signature. Raises Rejected(BAD_SIGNATURE) below the threshold that the delegator sets for the role."""
    try:
        delegator.verify_delegate(role, payload, signed_by)
    except (UnsignedMetadataError, ValueError) as exc:
        raise refusal(Reason.BAD_SIGNATURE, str(exc), where) from exc


def content(document: Document, kind: type[Signed], tenant: str, scope: str) -> Signed:
    """The content. Raises Rejected: MALFORMED, UNSUPPORTED, WRONG_TENANT, WRONG_GROUP. Uses up `document.signed`."""
    _check_common(document, kind.type, tenant, scope)
    _check_keys(document)
    try:
        return kind.from_dict(document.signed)
    except KeyError as exc:
        raise refusal(Reason.MALFORMED, f"lacks the field {exc!s}", document.where) from exc
    except (ValueError, TypeError, AttributeError) as exc:
        raise refusal(Reason.MALFORMED, str(exc), document.where) from exc


def _check_common(document: Document, kind: str, tenant: str, scope: str) -> None:
    where = document.where
    common = _validated(_COMMON, document.signed, where)
    if common.type != kind:
        raise refusal(Reason.MALFORMED, f"is of type {common.type!r}, expected {kind!r}", where)
    if not _SPECIFICATION.match(common.spec_version):
        raise refusal(Reason.UNSUPPORTED, f"follows TUF {common.spec_version!r}, this daemon reads 1.x", where)
    if common.scope.tenant != tenant:
        message = f"is signed for tenant {common.scope.tenant!r}, this node belongs to {tenant!r}"
        raise refusal(Reason.WRONG_TENANT, message, where)
    if common.scope.scope != scope:
        message = f"is signed for {common.scope.scope!r}, expected {scope!r}"
        raise refusal(Reason.WRONG_GROUP, message, where)


def _check_keys(document: Document) -> None:
    """A key counts once towards a threshold because its id is the hash of nothing but the key."""
    holders = (document.signed, document.signed.get("delegations"))
    for holder in holders:
        if isinstance(holder, dict) and "keys" in holder:
            _check_key_table(holder["keys"], document.where)


def _check_key_table(table: object, where: str) -> None:
    for keyid, key in _validated(_KEYS, table, where).items():
        plain = codec.canonical(key.model_dump())  # ASCII without escapes, so the same as TUF's canonical form
        if codec.sha256(plain) != keyid:
            raise refusal(Reason.MALFORMED, f"names the key {keyid[:12]} by an id that is not its own", where)


def _validated(form: TypeAdapter[Form], value: object, where: str) -> Form:
    try:
        return form.validate_python(value)
    except ValidationError as exc:
        raise refusal(Reason.MALFORMED, codec.first_problem(exc), where) from exc
