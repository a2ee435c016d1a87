"""Functions of CUE's package `list`."""

from typing import Any

from pinnace_schemas.cue import numerals, operators
from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.numerals import Number
from pinnace_schemas.cue.operators import LONGEST


def total(items: list[Number]) -> Number:
    return numerals.settled(_sum(items))


def _sum(items: list[Number]) -> Number:
    found: Number = 0
    for item in items:
        found = numerals.calculated("+", found, item)
    return found


def average(items: list[Number]) -> Number:
    return numerals.settled(numerals.calculated("/", _sum(_some(items)), len(items)))


def greatest(items: list[Number]) -> Number:
    """The first of those that are greatest."""
    return numerals.settled(max(_some(items)))


def least(items: list[Number]) -> Number:
    return numerals.settled(min(_some(items)))


def _some(items: list[Number]) -> list[Number]:
    if not items:
        raise Bottom("the list is empty", is_final=True)
    return items


def concatenated(items: list[Any]) -> list[Any]:
    if not all(isinstance(item, list) for item in items):
        raise Bottom("an argument of the wrong type", is_final=True)
    return [inner for item in items for inner in item]


def contains(items: list[Any], wanted: Any) -> bool:
    return any(operators.alike(item, wanted) for item in items)


def flattened(items: list[Any], depth: int) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, list) and depth != 0:
            found += flattened(item, depth - 1)
        else:
            found.append(item)
    return found


def ranged(start: Number, end: Number, step: Number) -> list[Number]:
    if step == 0 or (step > 0 and start > end) or (step < 0 and start < end):
        raise Bottom("a range that does not lead to its end", is_final=True)
    found = []
    while start < end if step > 0 else start > end:
        found.append(numerals.settled(start))
        start = numerals.calculated("+", start, step)
        _bound(len(found))
    return found


def repeated(items: list[Any], count: int) -> list[Any]:
    if count < 0:
        raise Bottom("a list cannot be repeated less than 0 times", is_final=True)
    _bound(len(items) * count)
    return items * count


def sliced(items: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(items):
        raise Bottom("a slice beyond the ends of a list", is_final=True)
    return items[start:end]


def taken(items: list[Any], count: int) -> list[Any]:
    return items[: _positive(count)]


def dropped(items: list[Any], count: int) -> list[Any]:
    return items[_positive(count) :]


def _positive(count: int) -> int:
    if count < 0:
        raise Bottom("a count below 0", is_final=True)
    return count


def _bound(length: int) -> None:
    if length > LONGEST:
        raise Abandoned(f"it makes a list of more than {LONGEST} elements")
