"""Which objects applications claim at the sites of a group, and which of them two cannot both have. Pure.

As sites decide (`pinnace_edge.rules.plan`): an object belongs to the application that applies it first. Another one may
look at it (`read-only`), or hold it too where both say `shared-resource`; `take-over` takes nothing from another one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pinnace_cloud.render.kinds import Identity
from pinnace_cloud.storage.rows import AppKey, Placement
from pinnace_schemas.handling import USUAL, Handling


@dataclass(frozen=True, slots=True)
class Claims:
    """What a bundle brings: alone, and together with others that say the same."""

    alone: frozenset[Identity]
    shared: frozenset[Identity] = frozenset()

    def __iter__(self) -> Iterator[Identity]:
        return chain(self.alone, self.shared)

    def contested(self, other: "Claims") -> frozenset[Identity]:
        """What a site takes from one of the two only."""
        return (self.alone & other.alone) | (self.alone & other.shared) | (self.shared & other.alone)


def of(objects: Iterable[Identity], handling: Mapping[int, Handling]) -> Claims:
    """`handling` of those that are not handled as usual, by their places."""
    alone, shared = set[Identity](), set[Identity]()
    for at, item in enumerate(objects):
        treated = handling.get(at, USUAL)
        if not treated.observe:
            (shared if treated.shared else alone).add(item)
    return Claims(frozenset(alone), frozenset(shared))


@dataclass(frozen=True, slots=True)
class Contest:
    """Objects that two applications bring to a group. `is_new`: before the change they did not."""

    one: Placement
    other: Placement
    objects: frozenset[Identity]
    is_new: bool


# By the digest of a bundle.
ClaimsOf = Callable[[str], Claims]
_Place = tuple[AppKey, str]


def contests(
    changed: Collection[Placement], everything: Iterable[Placement], before: Iterable[Placement], claims: ClaimsOf
) -> Iterator[Contest]:
    """Of what has another bundle in its group than before: each pair of applications once in each group.

    Args:
        changed: all placements of some applications, as they will be.
        everything: of all applications, as it will be.
        before: of all applications, as it was.
    """
    keys = {item.key for item in changed}
    old = {(item.key, item.group): item.bundle for item in before if item.key in keys}
    fresh = {_place(item): item for item in changed if old.get(_place(item)) != item.bundle}
    yield from _Contesting(claims, keys, old, fresh).found(everything) if fresh else ()


def _place(item: Placement) -> _Place:
    return item.key, item.group


@dataclass(frozen=True, slots=True)
class _Contesting:
    claims: ClaimsOf
    keys: Collection[AppKey]
    old: Mapping[_Place, str]
    fresh: Mapping[_Place, Placement]

    def found(self, everything: Iterable[Placement]) -> Iterator[Contest]:
        beside: dict[str, list[Placement]] = defaultdict(list)
        groups = {group for _, group in self.fresh}
        for item in everything:
            if item.group in groups:
                beside[item.group].append(item)
        seen: dict[tuple[str, str], frozenset[Identity]] = {}
        for one, other in self._pairs(beside):
            pair = one.bundle, other.bundle
            if pair not in seen:
                seen[pair] = self.claims(one.bundle).contested(self.claims(other.bundle))
            if seen[pair]:
                yield from self._told(one, other, seen[pair])

    def _pairs(self, beside: Mapping[str, Sequence[Placement]]) -> Iterator[tuple[Placement, Placement]]:
        """Those that have an object in common: a request may bring thousands of applications to one group."""
        bringing: dict[tuple[str, Identity], list[Placement]] = defaultdict(list)
        for one in self.fresh.values():
            for identity in self.claims(one.bundle) if len(beside[one.group]) > 1 else ():
                bringing[one.group, identity].append(one)
        for other in chain.from_iterable(beside.values()) if bringing else ():
            objects = ((other.group, identity) for identity in self.claims(other.bundle))
            met = {_place(one): one for at in objects for one in bringing.get(at, ())}
            for one in sorted(met.values(), key=lambda item: item.bundle):
                is_turned = _place(other) in self.fresh and other.key < one.key
                if other.key != one.key and not is_turned:
                    yield one, other

    def _told(self, one: Placement, other: Placement, objects: frozenset[Identity]) -> Iterator[Contest]:
        known = self._before(one, other)
        if fresh := objects - known:
            yield Contest(one, other, fresh, is_new=True)
        if stale := objects & known:
            yield Contest(one, other, stale, is_new=False)

    def _before(self, one: Placement, other: Placement) -> frozenset[Identity]:
        first = self.old.get(_place(one))
        second = self.old.get(_place(other)) if other.key in self.keys else other.bundle
        if first is None or second is None:
            return frozenset()
        return self.claims(first).contested(self.claims(second))
