"""What every message of a kind says anyway travels as the checksum of a dictionary that both sides have."""

import random
import zlib

import pytest

from pinnace_schemas import codec, compression, control, envelope, head, presets
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import ControlMessage
from pinnace_schemas.reasons import Reason

HEAD = Head(timestamp='{"signed":1}', snapshot='{"signed":2}', targets='{"signed":"ü\\\\"}', group="{}")

MESSAGE = ControlMessage(envelope='{"signed":1}', targets='{"signed":"ü"}')
# Such as nobody can compress.
KEY_ID, SIGNATURE, JOURNAL = (random.Random(bits).randbytes(bits // 8).hex() for bits in (256, 512, 128))


def read(message: bytes) -> Head:
    return head.decode(message, DEFAULT_LIMITS, "test")


def test_a_dictionary_never_changes() -> None:
    assert zlib.adler32(presets.HEAD) == 0x26E6_0D2A
    assert zlib.adler32(presets.CONTROL) == 0x3B04_316B


def test_a_head_comes_back_and_is_canonical() -> None:
    message = head.encode(HEAD, DEFAULT_LIMITS, "test")
    assert read(message) == HEAD
    assert compression.inflate(message, 1000, "test", presets.HEAD) == codec.encode(HEAD)


def test_what_was_written_without_a_dictionary_is_read() -> None:
    assert read(zlib.compress(codec.encode(HEAD))) == HEAD
    assert control.decode(zlib.compress(codec.encode(MESSAGE)), DEFAULT_LIMITS, "test") == MESSAGE


def test_a_control_message_comes_back_and_is_canonical() -> None:
    message = control.encode(MESSAGE, DEFAULT_LIMITS, "test")
    assert control.decode(message, DEFAULT_LIMITS, "test") == MESSAGE
    assert compression.inflate(message, 1000, "test", presets.CONTROL) == codec.encode(MESSAGE)


def test_an_acknowledgement_takes_less_than_its_digests_and_signature_as_text() -> None:
    signed = f'{{"journal":"{JOURNAL}","node":"shop-1","report":12,"sent_at":"2026-11-23T10:00:00Z","through":40}}'
    text = envelope.text(signed, KEY_ID, SIGNATURE)
    assert len(control.encode_bare(text, DEFAULT_LIMITS, "test")) < len(JOURNAL + KEY_ID + SIGNATURE)


@pytest.mark.parametrize("text", ["", "plain", 'a "quoted" one', "back\\slash", "ü", "\n", "\x7f", "\u2028"])
def test_a_text_is_quoted_as_json_quotes_it(text: str) -> None:
    assert codec.quoted(text).encode() == codec.canonical(text)


@pytest.mark.parametrize("other", [presets.HEAD[1:], b"something else"])
def test_a_message_of_a_dictionary_that_is_not_known_is_refused(other: bytes) -> None:
    with pytest.raises(Rejected, match="made with a preset unknown here") as refused:
        read(compression.deflate(codec.encode(HEAD), other))
    assert refused.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("length", [0, 1, 6000, 6400, 40_000])
def test_text_of_any_length_comes_back(length: int) -> None:
    text = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    packed = compression.deflate(text, presets.HEAD)
    assert compression.inflate(packed, length, "test", presets.HEAD) == text


def test_a_text_with_a_dictionary_is_unpacked_no_further_than_allowed() -> None:
    with pytest.raises(Rejected, match="more than 999 bytes"):
        compression.inflate(compression.deflate(b"x" * 1_000_000, presets.HEAD), 999, "test", presets.HEAD)
