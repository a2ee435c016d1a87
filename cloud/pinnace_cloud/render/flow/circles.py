"""Finds who waits for each other in a circle, all of them at once. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


def circles(waits: Mapping[int, Collection[int]]) -> Iterator[Sequence[int]]:
    """Each place is waited for by the next one; the first stands at the end again. Of circles that share a place one is
    found: the others show once that is mended.
    """
    left = dict(waits)
    while found := _one(left):
        yield found
        left = {at: [other for other in others if other not in found] for at, others in left.items() if at not in found}


def _one(waits: Mapping[int, Collection[int]]) -> Sequence[int]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as exc:
        places: Sequence[int] = exc.args[1]
        return places
    return ()
