"""Texts of every length come back, and a short one is no longer for the small window that it is given."""

import random
import zlib

import pytest

from pinnace_schemas import compression

LONGEST = 4096


def text(length: int) -> bytes:
    """Half of it repeats, as the keys of JSON do."""
    random_source = random.Random(length)
    return b"".join(random_source.choice((b'"node":', b'"tenant":', b"%d," % length)) for _ in range(length))[:length]


@pytest.mark.parametrize("length", [0, 1, 261, 262, 699, 700, 701, 762, 1023, 1024, 1025, LONGEST])
def test_text_of_any_length_comes_back(length: int) -> None:
    assert compression.inflate(compression.deflate(text(length)), LONGEST, "test") == text(length)


@pytest.mark.parametrize("length", [100, 450, 700])
def test_small_window_costs_no_bytes(length: int) -> None:
    assert len(compression.deflate(text(length))) <= len(zlib.compress(text(length), 9)) + 2
