"""Which way to fetch a bundle: the smallest that this node can unpack with what it has."""

from collections.abc import Callable, Iterator, Sequence

from pinnace_schemas.compression import Encoding
from pinnace_schemas.head import Variant

# Below ~16 chunks (1.5 MB) in flight a slow link is full and a small board holds them in memory.
CHUNKS_AT_ONCE = 16


def choose(
    variants: Sequence[Variant], has_bundle: Callable[[str], bool], *, has_zstd: bool, spoilt: frozenset[Variant]
) -> Variant | None:
    """None: no variant can be used. `spoilt` ones were complete and did not give the signed digest."""
    usable = (item for item in variants if item not in spoilt and _is_usable(item, has_bundle, has_zstd))
    return min(usable, key=lambda item: item.length, default=None)


def _is_usable(item: Variant, has_bundle: Callable[[str], bool], has_zstd: bool) -> bool:
    if item.encoding is Encoding.ZLIB:
        return True
    if not has_zstd:
        return False
    return item.encoding is Encoding.ZSTD or (item.base is not None and has_bundle(item.base))


def missing(variant: Variant, held: frozenset[str]) -> Iterator[str]:
    """The chunks still needed, in order, each once."""
    return (digest for digest in dict.fromkeys(variant.chunks) if digest not in held)
