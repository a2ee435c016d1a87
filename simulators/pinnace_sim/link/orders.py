"""What a person may tell a running link, one order on a line. Pure: from a line to a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pinnace_sim.link.shape import Shape

MILLISECONDS = 1000


class Word(StrEnum):
    """The first word of a line; LATENCY and RATE take a number."""

    UP = "up"
    CUT = "cut"
    BLACK_HOLE = "black-hole"
    HALF_CLOSE = "half-close"
    RESET = "reset"
    LATENCY = "latency"
    RATE = "rate"
    STATUS = "status"


HELP = "up | cut | black-hole | half-close | reset | latency MILLISECONDS | rate BYTES_PER_SECOND | status"
_WITH_NUMBER = frozenset({Word.LATENCY, Word.RATE})


@dataclass(frozen=True, slots=True)
class Order:
    """`number` is 0 where the word takes none."""

    word: Word
    number: float = 0


def parse(line: str) -> Order:
    """Raises ValueError that says what may be written."""
    first, *rest = line.split() or [""]
    if first not in set(Word) or len(rest) != (first in _WITH_NUMBER):
        raise ValueError(f"{line.strip()!r} is no order; write one of: {HELP}")
    try:
        return Order(Word(first), float(rest[0]) if rest else 0)
    except ValueError as exc:
        raise ValueError(f"{rest[0]!r} is no number; write one of: {HELP}") from exc


def reshaped(shape: Shape, order: Order) -> Shape:
    """After a LATENCY or a RATE; other orders leave the shape as it is. Raises ValueError for a negative number."""
    if order.word is Word.LATENCY:
        return replace(shape, latency_s=order.number / MILLISECONDS)
    if order.word is Word.RATE:
        return replace(shape, rate=int(order.number))
    return shape
