"""Signed envelope of everything that is not TUF metadata: assignments, inbox messages, reports, requests, joining.

As in TUF, signatures are over the canonical bytes of `signed`, and keys are named by the hash of their public bytes.
This module only knows the form; the signing and verifying modules of each side know the keys.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, Field

from pinnace_schemas import codec, compression
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

Model = TypeVar("Model", bound=BaseModel)


class Signature(Wire):
    """`sig` is hex, as in TUF metadata."""

    keyid: str = Field(pattern=r"^[0-9a-f]{64}$")
    sig: str = Field(pattern=r"^[0-9a-f]{1,1024}$")


class Envelope(Wire):
    """`signed` is checked against its model only after the signature."""

    signed: dict[str, Any]
    signatures: tuple[Signature, ...] = Field(min_length=1, max_length=16)


def signed_bytes(envelope: Envelope) -> bytes:
    """What the signatures are over."""
    return codec.canonical(envelope.signed)


def payload(model: BaseModel) -> dict[str, Any]:
    """The `signed` part for a message model."""
    return model.model_dump(mode="json", exclude_none=True)


def encode(envelope: Envelope, limits: Limits, where: str) -> bytes:
    """One message for the broker. Raises Rejected(TOO_LARGE)."""
    message = compression.deflate(codec.encode(envelope))
    codec.check_size(message, limits.max_message_bytes, where)
    return message


def decode(message: bytes, limits: Limits, where: str) -> Envelope:
    """An unverified envelope. Raises Rejected."""
    codec.check_size(message, limits.max_message_bytes, where)
    plain = compression.inflate(message, limits.max_document_bytes, where)
    return codec.parse(Envelope, plain, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where)


def opened(model: type[Model], envelope: Envelope, limits: Limits, where: str) -> Model:
    """The message inside a verified envelope. Raises Rejected(MALFORMED)."""
    try:
        signed = signed_bytes(envelope)
    except ValueError as exc:  # infinities, which JSON readers make of 1e999
        raise Rejected(Reason.MALFORMED, f"has no canonical form: {exc}", where) from exc
    return codec.parse(model, signed, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where)
