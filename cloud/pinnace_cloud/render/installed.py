"""The types of the packages that are installed here, read from their entry points once for each process.

The groups are `pinnace.components`, `pinnace.traits`, `pinnace.policies` and `pinnace.steps`; an entry point gives one
type or a tuple of types. Pinnace's own come through the same door, before those of others.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from importlib.metadata import EntryPoint
from typing import NoReturn

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.render import registry as knowing
from pinnace_cloud.render.registry import Known, Loaded, Offer, Registry, Sort

_OWN = "pinnace"
_GROUPS: Mapping[Sort, str] = {
    Sort.COMPONENT: "pinnace.components",
    Sort.TRAIT: "pinnace.traits",
    Sort.POLICY: "pinnace.policies",
    Sort.STEP: "pinnace.steps",
}


@cache
def registry() -> Registry:
    """All types, by name. Raises InvalidSources as `types` does."""
    types()
    return loaded().registry


def types() -> tuple[Known, ...]:
    """All types. Raises InvalidSources where anything is wrong: what is missing here would be missing at sites."""
    found = loaded()
    if found.problems:
        refuse(found)
    return found.known


def refuse(found: Loaded) -> NoReturn:
    """Raises InvalidSources, naming all that is wrong."""
    from pinnace_schemas import api

    raise InvalidSources([api.DiagnosticBody(**item.to_dict()) for item in found.problems])


@cache
def loaded() -> Loaded:
    """What is known, and what is wrong beside it."""
    found = knowing.load(_offers())
    if any(item.distribution == _OWN for item in found.known) or found.problems:
        return found
    return Loaded(found.known, (knowing.problem(_OWN, "names no types of its own; install it again"),))


def _offers() -> Iterator[Offer]:
    """In an order that does not depend on the folders where packages lie."""
    points = metadata.entry_points()
    for sort, group in _GROUPS.items():
        offers = [_offer(sort, point) for point in points.select(group=group)]
        yield from sorted(offers, key=lambda item: (item.distribution != _OWN, item.distribution, item.value))


def _offer(sort: Sort, point: EntryPoint) -> Offer:
    return Offer(sort, point.dist.name if point.dist else "an unnamed distribution", point.value, point.load)
