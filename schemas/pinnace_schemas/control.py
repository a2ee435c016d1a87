"""Control messages as bytes: the form of everything the cloud sends to one node (assignment, inbox, join reply)."""

from pinnace_schemas import codec, compression, presets
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import ControlMessage


def encode(message: ControlMessage, limits: Limits, where: str) -> bytes:
    """One message for the broker. Raises Rejected(TOO_LARGE)."""
    return _packed(codec.encode(message), limits, where)


def encode_bare(envelope: str, limits: Limits, where: str) -> bytes:
    """The same for a message that has nothing but its envelope, as every acknowledgement; written without the model."""
    return _packed(f'{{"envelope":{codec.quoted(envelope)},"v":1}}'.encode(), limits, where)


def decode(data: bytes, limits: Limits, where: str) -> ControlMessage:
    """Unverified. Raises Rejected."""
    codec.check_size(data, limits.max_message_bytes, where, "max_message_bytes")
    plain = compression.inflate(data, limits.max_document_bytes, where, presets.CONTROL)
    return codec.parse(
        ControlMessage, plain, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where
    )


def _packed(plain: bytes, limits: Limits, where: str) -> bytes:
    data = compression.deflate(plain, presets.CONTROL)
    codec.check_size(data, limits.max_message_bytes, where, "max_message_bytes")
    return data
