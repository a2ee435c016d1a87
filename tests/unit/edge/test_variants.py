"""A bundle is fetched in the smallest way that this node can unpack with what it has."""

from pinnace_edge.rules import variants
from pinnace_schemas.compression import Encoding
from pinnace_schemas.head import Variant

WHOLE = Variant(encoding=Encoding.ZSTD, length=1000, chunks=("a" * 64, "b" * 64))
DELTA = Variant(encoding=Encoding.ZSTD_DELTA, length=60, chunks=("c" * 64,), base="d" * 64)
PLAIN = Variant(encoding=Encoding.ZLIB, length=1200, chunks=("e" * 64,))


def choose(*held: str, has_zstd: bool = True, spoilt: frozenset[Variant] = frozenset()) -> Variant | None:
    return variants.choose((WHOLE, DELTA, PLAIN), lambda digest: digest in held, has_zstd=has_zstd, spoilt=spoilt)


def test_a_delta_is_taken_when_its_base_is_here() -> None:
    assert choose("d" * 64) == DELTA


def test_without_the_base_the_smallest_whole_one_is_taken() -> None:
    assert choose() == WHOLE


def test_without_zstandard_only_zlib_is_left() -> None:
    assert choose("d" * 64, has_zstd=False) == PLAIN


def test_what_gave_the_wrong_digest_is_not_taken_again() -> None:
    assert choose("d" * 64, spoilt=frozenset({DELTA})) == WHOLE
    assert choose(spoilt=frozenset({WHOLE, PLAIN})) is None


def test_missing_chunks_come_in_order_and_once() -> None:
    repeated = Variant(encoding=Encoding.ZLIB, length=9, chunks=("a" * 64, "b" * 64, "a" * 64))
    assert list(variants.missing(repeated, frozenset())) == ["a" * 64, "b" * 64]
    assert list(variants.missing(repeated, frozenset({"a" * 64}))) == ["b" * 64]
