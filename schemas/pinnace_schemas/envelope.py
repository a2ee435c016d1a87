"""Signed envelope of everything that is not TUF metadata: assignments, inbox messages, reports, requests, joining.

As in TUF, signatures are over the canonical bytes of `signed`, and keys are named by the hash of their public bytes.
This module only knows the form; the signing and verifying modules of each side know the keys.

What a node sends is canonical as a whole, so its `signed` is taken as the very bytes that arrived: those are verified,
and those are parsed. No second reading of a document stands between the two.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from pinnace_schemas import codec, compression
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

Model = TypeVar("Model", bound=BaseModel)

_MAX_SIGNATURES = 16
_SIGNATURE = r'\{"keyid":"([0-9a-f]{64})","sig":"([0-9a-f]{1,1024})"\}'
_ONE = re.compile(_SIGNATURE)
# The canonical form: sorted keys, no spaces, so that `signed` is what stands between its name and the last brace.
_FORM = re.compile(
    rb'\{"signatures":\[(%s(?:,%s){0,%d})\],"signed":(?P<signed>\{.*\})\}'
    % (_SIGNATURE.encode(), _SIGNATURE.encode(), _MAX_SIGNATURES - 1),
    re.DOTALL,
)


class Signature(Wire):
    """`sig` is hex, as in TUF metadata."""

    keyid: str = Field(pattern=r"^[0-9a-f]{64}$")
    sig: str = Field(pattern=r"^[0-9a-f]{1,1024}$")


class Envelope(Wire):
    """`signed` is checked against its model only after the signature."""

    signed: dict[str, Any]
    signatures: tuple[Signature, ...] = Field(min_length=1, max_length=_MAX_SIGNATURES)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An unverified envelope as it arrived. `signed` is not parsed yet; `signatures` are pairs of key id and hex."""

    signed: bytes
    signatures: tuple[tuple[str, str], ...]


def signed_bytes(envelope: Envelope) -> bytes:
    """What the signatures are over."""
    return codec.canonical(envelope.signed)


def payload(model: BaseModel) -> dict[str, Any]:
    """The `signed` part for a message model."""
    return model.model_dump(mode="json", exclude_none=True)


def text(signed: str, keyid: str, sig: str) -> str:
    """The canonical text of an envelope with one signature over `signed`, which is canonical itself."""
    return f'{{"signatures":[{{"keyid":"{keyid}","sig":"{sig}"}}],"signed":{signed}}}'


def encode(envelope: Envelope, limits: Limits, where: str) -> bytes:
    """One message for the broker. Raises Rejected(TOO_LARGE)."""
    message = compression.deflate(codec.encode(envelope))
    codec.check_size(message, limits.max_message_bytes, where, "max_message_bytes")
    return message


def decode(message: bytes, limits: Limits, where: str) -> Sealed:
    """An unverified envelope. Raises Rejected."""
    codec.check_size(message, limits.max_message_bytes, where, "max_message_bytes")
    plain = compression.inflate(message, limits.max_document_bytes, where)
    found = _FORM.fullmatch(plain)
    if found is None:
        raise Rejected(Reason.MALFORMED, "is not an envelope of signatures and signed in canonical form", where)
    return Sealed(found["signed"], tuple(_ONE.findall(found[1].decode())))


def read(model: type[Model], sealed: Sealed, limits: Limits, where: str) -> Model:
    """The message inside a verified envelope, from the bytes that were verified. Raises Rejected."""
    size, depth = limits.max_document_bytes, limits.max_depth
    return codec.parse(model, sealed.signed, max_bytes=size, max_depth=depth, where=where)


def opened(model: type[Model], envelope: Envelope, limits: Limits, where: str) -> Model:
    """The message inside a verified envelope. Raises Rejected(MALFORMED)."""
    try:
        signed = signed_bytes(envelope)
    except ValueError as exc:  # infinities, which JSON readers make of 1e999
        raise Rejected(Reason.MALFORMED, f"has no canonical form: {exc}", where) from exc
    return codec.parse(model, signed, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where)
