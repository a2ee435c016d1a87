"""Encodes bundles for the broker: looks up what is encoded already, encodes what is missing, once for all groups."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pinnace_cloud.rules import chunks
from pinnace_cloud.rules.chunks import Encoded
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AppKey, Placement, VariantRow
from pinnace_schemas.compression import Encoding
from pinnace_schemas.head import HeadEntry, Variant
from pinnace_schemas.limits import Limits


@dataclass(slots=True)
class Packing:
    """What a release adds to the store: `fresh` encodings, and `lengths` of plain bundles (bytes)."""

    variants: dict[tuple[str, str], tuple[VariantRow, ...]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    fresh: list[Encoded] = field(default_factory=list)
    _released: dict[tuple[AppKey, int, str, str], ReleasedBundle] = field(default_factory=dict)

    def of(self, placement: Placement) -> tuple[VariantRow, ...]:
        """Its encodings, the whole one first."""
        return self.variants[(placement.bundle, placement.base)]

    def released(self, placement: Placement) -> ReleasedBundle:
        """What a head says about it; groups that get the same share it."""
        kind = (placement.key, placement.revision, placement.bundle, placement.base)
        if kind not in self._released:
            self._released[kind] = ReleasedBundle(
                self._entry(placement), placement.bundle, self.lengths[placement.bundle]
            )
        return self._released[kind]

    def _entry(self, placement: Placement) -> HeadEntry:
        variants = tuple(
            Variant(encoding=Encoding(row.encoding), length=row.length, chunks=row.chunks, base=row.base or None)
            for row in self.of(placement)
        )
        key = placement.key
        return HeadEntry(namespace=key.namespace, application=key.name, revision=placement.revision, variants=variants)

    def has(self, placement: Placement) -> bool:
        return (placement.bundle, placement.base) in self.variants

    def chunk_digests(self, placements: Iterable[Placement]) -> frozenset[str]:
        return frozenset(digest for item in placements for row in self.of(item) for digest in row.chunks)

    def fresh_chunks(self) -> dict[str, bytes]:
        return {digest: data for item in self.fresh for digest, data in item.chunks.items()}


def pack(tx: Transaction, placements: Collection[Placement], bundles: Mapping[str, bytes], limits: Limits) -> Packing:
    """Encodings of every placement. `bundles` holds plain bytes that may not be stored yet.

    Raises Rejected(TOO_LARGE), naming the application.
    """
    packing = Packing()
    stored = tx.deliveries.bundle_lengths({item.bundle for item in placements})
    packing.lengths = {**stored, **{digest: len(plain) for digest, plain in bundles.items()}}
    whole: dict[str, VariantRow] = {}
    for item in placements:
        if (item.bundle, item.base) not in packing.variants:
            packing.variants[(item.bundle, item.base)] = _variants(tx, item, bundles, limits, packing, whole)
    return packing


def _variants(
    tx: Transaction,
    item: Placement,
    bundles: Mapping[str, bytes],
    limits: Limits,
    packing: Packing,
    whole: dict[str, VariantRow],
) -> tuple[VariantRow, ...]:
    known = {row.base: row for row in tx.deliveries.variants(item.bundle, item.base)}
    plain = bundles.get(item.bundle)
    if "" not in known and item.bundle not in whole:
        assert plain is not None, "a stored placement has its encodings stored"
        encoded = chunks.whole(item.bundle, plain, limits, f"application {item.key} in group {item.group}")
        packing.fresh.append(encoded)
        whole[item.bundle] = encoded.row
    first = known.get("") or whole[item.bundle]
    delta = known.get(item.base) if item.base else None
    if delta is None and item.base and plain is not None:
        delta = _delta(tx, item, plain, limits, packing, first.length)
    return (first, delta) if delta else (first,)


def _delta(
    tx: Transaction, item: Placement, plain: bytes, limits: Limits, packing: Packing, below: int
) -> VariantRow | None:
    base_plain = tx.deliveries.bundle(item.base)
    if base_plain is None or not chunks.HAS_ZSTD:
        return None
    encoded = chunks.delta(item.bundle, plain, item.base, base_plain, limits, below)
    if encoded is None:
        return None
    packing.fresh.append(encoded)
    return encoded.row
