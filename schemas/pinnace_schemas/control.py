"""Control messages as bytes: the form of everything the cloud sends to one node (assignment, inbox, join reply)."""

from pinnace_schemas import codec, compression
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import ControlMessage


def encode(message: ControlMessage, limits: Limits, where: str) -> bytes:
    """One message for the broker. Raises Rejected(TOO_LARGE)."""
    data = compression.deflate(codec.encode(message))
    codec.check_size(data, limits.max_message_bytes, where)
    return data


def decode(data: bytes, limits: Limits, where: str) -> ControlMessage:
    """Unverified. Raises Rejected."""
    codec.check_size(data, limits.max_message_bytes, where)
    plain = compression.inflate(data, limits.max_document_bytes, where)
    return codec.parse(
        ControlMessage, plain, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where
    )
