"""Order: which objects of a bundle wait until others are ready, as `dependsOn` of components asks for.

Left out where nothing waits, so that a bundle without an order keeps its bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Annotated

from pydantic import Field

from pinnace_schemas.codec import Wire

Places = tuple[Annotated[int, Field(ge=0)], ...]


class Order(Wire):
    """The objects at the places `objects` (from 0) are applied once all those at the places `after` are ready."""

    objects: Places = Field(min_length=1)
    after: Places = Field(min_length=1)


def by_object(order: Sequence[Order]) -> Mapping[int, tuple[int, ...]]:
    """The places that each object waits for, by its own. Raises ValueError if one is named twice, or in a circle."""
    found: dict[int, int] = {}
    for number, item in enumerate(order):
        for index in item.objects:
            if found.setdefault(index, number) != number:
                raise ValueError(f"object {index} has two orders")
    _check_circles(order, found)
    return {index: order[number].after for index, number in found.items()}


def places(order: Sequence[Order]) -> set[int]:
    """All that are named. Raises ValueError as `by_object` does."""
    by_object(order)
    return {index for item in order for index in (*item.objects, *item.after)}


def _check_circles(order: Sequence[Order], number_of: Mapping[int, int]) -> None:
    """All objects of an entry wait for the same, so a circle of entries is one of objects: no pairs are counted."""
    before = {number: _before(item.after, number_of) for number, item in enumerate(order)}
    try:
        TopologicalSorter(before).prepare()
    except CycleError as exc:
        places = ", ".join(str(order[number].objects[0]) for number in exc.args[1][:-1])
        raise ValueError(f"objects wait for each other: {places}") from exc


def _before(after: Iterable[int], number_of: Mapping[int, int]) -> set[int]:
    """The entries with objects that are waited for."""
    return {number_of[index] for index in after if index in number_of}
