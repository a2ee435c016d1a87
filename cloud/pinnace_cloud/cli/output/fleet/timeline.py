"""A course as columns: each stands for an equal part of the time, and shows the worst of it, so that nothing short is
lost. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pinnace_cloud.cli.output.fleet.sites import Course, Mark, Silence, Turn
from pinnace_schemas.phases import Phase

# The worst first; of what goes well, what is farthest from Converged.
_WORST = (
    Phase.FAILED,
    Phase.DEGRADED,
    Phase.DRIFTED,
    Phase.PENDING,
    Phase.FETCHING,
    Phase.STAGED,
    Phase.APPLYING,
    Phase.PROGRESSING,
    Phase.REMOVING,
    Phase.CONVERGED,
    Phase.REMOVED,
)
_MARKS = (Mark.REFUSED, Mark.HEALED, Mark.STARTED)


@dataclass(frozen=True, slots=True)
class Column:
    """`phase` None: nothing is known. `is_told`: known of a silent time, from what arrived afterwards."""

    phase: Phase | None = None
    is_silent: bool = False
    is_told: bool = False
    mark: Mark | None = None


def columns(course: Course, since: datetime, until: datetime, width: int) -> tuple[Column, ...]:
    """`width` columns from `since` to `until`; a moment on a border belongs to the later one, `until` to the last."""
    step = (until - since) / width
    edges = [*(since + step * index for index in range(width)), until + timedelta.resolution]
    times = [[turn.at for turn in turns] for turns in course.turns]
    return tuple(_column(course, times, begin, end) for begin, end in pairwise(edges))


def place(at: datetime, since: datetime, until: datetime, width: int) -> int:
    """The column of a moment; the last one for `until`."""
    return min(int((at - since) / (until - since) * width), width - 1)


def _column(course: Course, times: Sequence[Sequence[datetime]], begin: datetime, end: datetime) -> Column:
    phases = [phase for turns, at in zip(course.turns, times, strict=True) for phase in _phases(turns, at, begin, end)]
    marks = [marked.mark for marked in course.marks if begin <= marked.at < end]
    silence = _silence(course.silences, begin + (end - begin) / 2)
    return Column(
        min(phases, key=_WORST.index, default=None),
        is_silent=silence is not None and silence.end is None,
        is_told=silence is not None and silence.end is not None,
        mark=min(marks, key=_MARKS.index, default=None),
    )


def _phases(turns: Sequence[Turn], times: Sequence[datetime], begin: datetime, end: datetime) -> Iterator[Phase]:
    """The one in force when the column begins, and those that begin in it."""
    first, after = bisect_right(times, begin), bisect_right(times, end)
    if after and (first or times[0] < end):
        yield from (turn.phase for turn in turns[max(first - 1, 0) : after] if turn.at < end)


def _silence(silences: Sequence[Silence], at: datetime) -> Silence | None:
    covering = (item for item in silences if item.begin <= at and (item.end is None or at < item.end))
    return next(covering, None)
