"""Compression with the length known beforehand: nothing is unpacked beyond what was signed.

zstandard trusts the frame: its `max_output_size` does not stop a bomb, a truncated stream gives a partial result and a
wrong dictionary gives garbage, all without error. So every unpacking streams with a cap and the caller checks a digest.
"""

import zlib
from enum import StrEnum

from pinnace_schemas import amounts
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

_STEP = 64 * 1024
# How zlib works, by the bytes that a window holds whole, which is all but 262 of its own: (bytes, level, window bits,
# memory level). No byte is lost by a small window or level 6 for what is short, and most of the time that a short text
# takes is the clearing of a large window's memory.
_SHORT = ((700, 6, 10, 5), (1786, 6, 11, 5), (7900, 6, 13, 7))
_LONG = (9, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
_MAX_WINDOW_LOG = 27  # zstd's own default ceiling for a decoder; 128 MiB, far above the largest bundle and its base


class Encoding(StrEnum):
    """How the bytes of a bundle travel. ZSTD_DELTA needs the plain bytes of an earlier bundle."""

    ZLIB = "zlib"
    ZSTD = "zstd"
    ZSTD_DELTA = "zstd-delta"


def deflate(data: bytes, preset: bytes = b"") -> bytes:
    """By zlib; used for heads, control messages and reports. `preset`: one of `presets`, that of the kind."""
    size = len(data) + len(preset)
    level, bits, memory = next((each for most, *each in _SHORT if size <= most), _LONG)
    settings = (level, zlib.DEFLATED, bits, memory, zlib.Z_DEFAULT_STRATEGY)
    stream = zlib.compressobj(*settings, preset) if preset else zlib.compressobj(*settings)
    return stream.compress(data) + stream.flush()


def inflate(data: bytes, max_bytes: int, where: str, preset: bytes = b"") -> bytes:
    """What was deflated with this preset, or with none.

    Raises Rejected(TOO_LARGE) once more than `max_bytes` come out, MALFORMED when truncated or garbage.
    """
    stream = zlib.decompressobj(zdict=preset)
    try:
        plain = stream.decompress(data, max_bytes + 1)
    except zlib.error as exc:
        raise Rejected(Reason.MALFORMED, f"not zlib data, or made with a preset unknown here: {exc}", where) from exc
    if len(plain) > max_bytes:
        raise Rejected(Reason.TOO_LARGE, f"unpacks to more than {amounts.size(max_bytes)}", where)
    if not stream.eof or stream.unused_data:
        raise Rejected(Reason.MALFORMED, "truncated, or followed by other bytes", where)
    return plain


def compress(data: bytes, encoding: Encoding, base: bytes = b"") -> bytes:
    """One encoded bundle. `base` is the earlier bundle of a delta."""
    if encoding is Encoding.ZLIB:
        return deflate(data)
    import zstandard

    if encoding is Encoding.ZSTD:
        return zstandard.ZstdCompressor(level=9).compress(data)
    # At the default window a 7 MB bundle costs 1.1 MB instead of 674 bytes: the window must cover old and new.
    window = min(_MAX_WINDOW_LOG, max(10, (len(data) + len(base)).bit_length()))
    settings = zstandard.ZstdCompressionParameters.from_level(9, window_log=window)
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(compression_params=settings, dict_data=dictionary).compress(data)


def decompress(data: bytes, encoding: Encoding, length: int, where: str, base: bytes = b"") -> bytes:
    """Exactly `length` plain bytes, or Rejected. The caller compares the digest afterwards."""
    plain = inflate(data, length, where) if encoding is Encoding.ZLIB else _unzstd(data, length, where, base)
    if len(plain) != length:
        raise Rejected(
            Reason.MALFORMED, f"unpacks to {amounts.size(len(plain))}, signed are {amounts.size(length)}", where
        )
    return plain


def _unzstd(data: bytes, length: int, where: str, base: bytes) -> bytes:
    import zstandard

    raw = zstandard.DICT_TYPE_RAWCONTENT
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=raw) if base else None
    reader = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << _MAX_WINDOW_LOG)
    plain = bytearray()
    try:
        for piece in reader.read_to_iter(data, write_size=_STEP):
            plain += piece
            if len(plain) > length:
                raise Rejected(Reason.TOO_LARGE, f"unpacks to more than the signed {amounts.size(length)}", where)
    except zstandard.ZstdError as exc:
        raise Rejected(Reason.MALFORMED, f"not zstd data: {exc}", where) from exc
    return bytes(plain)
