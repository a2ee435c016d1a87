"""Encoding a bundle for the broker: which encodings exist, and the pieces they are cut into. Pure.

Deterministic for one version of zstandard: equal bundles have equal encodings, so groups share their chunks.
"""

import importlib.util
from dataclasses import dataclass

from pinnace_cloud.storage.rows import VariantRow
from pinnace_schemas import amounts, codec, compression
from pinnace_schemas.compression import Encoding
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

# Room for the topic and the MQTT header within the largest message.
_OVERHEAD_BYTES = 1024

HAS_ZSTD = importlib.util.find_spec("zstandard") is not None


@dataclass(frozen=True, slots=True)
class Encoded:
    """One variant with its pieces by digest."""

    row: VariantRow
    chunks: dict[str, bytes]


def whole(digest: str, plain: bytes, limits: Limits, where: str, *, has_zstd: bool = HAS_ZSTD) -> Encoded:
    """The bundle as a whole: zstd, or zlib where there is no zstandard. Raises Rejected(TOO_LARGE)."""
    encoding = Encoding.ZSTD if has_zstd else Encoding.ZLIB
    data = compression.compress(plain, encoding)
    if len(data) > limits.max_encoded_bytes:
        found = amounts.too_large(len(data), limits.max_encoded_bytes, "max_encoded_bytes")
        message = f"the bundle has, after compression, {found}"
        raise Rejected(Reason.TOO_LARGE, message, where)
    return _cut(digest, "", encoding, data, limits)


def delta(digest: str, plain: bytes, base: str, base_plain: bytes, limits: Limits, below: int) -> Encoded | None:
    """What changed since the bundle `base`, or None when that is not smaller than `below` bytes."""
    data = compression.compress(plain, Encoding.ZSTD_DELTA, base_plain)
    return _cut(digest, base, Encoding.ZSTD_DELTA, data, limits) if len(data) < below else None


def _cut(digest: str, base: str, encoding: Encoding, data: bytes, limits: Limits) -> Encoded:
    size = max(1, limits.max_message_bytes - _OVERHEAD_BYTES)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    names = tuple(codec.sha256(piece) for piece in pieces)
    row = VariantRow(digest, base, encoding.value, len(data), names)
    return Encoded(row, dict(zip(names, pieces, strict=True)))
