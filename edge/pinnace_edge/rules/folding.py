"""Which journal entries give way when the journal is full, and the summary that stands for them.

An entry is passing when the state in every report, or later entries, tell the same; LASTING events are what nothing
else tells. Neighbouring passing entries and earlier summaries become one summary, the oldest first. Numbering keeps no
gap: a summary carries the highest number of its run and how many numbers it stands for. Where lasting entries stand so
dense that folding gains too little, the oldest are folded whatever they are: bounded is bounded, and the summary tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from pinnace_schemas import codec
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.reasons import Reason

MAX_SUMMARY_BYTES = 1024  # 17 events of at most 20 characters with their numbers, and the frame

# STARTED, STOPPED and PRUNED are passing: a power cut an hour and a large removal would otherwise fill the journal.
LASTING = frozenset({Event.JOINED, Event.ASSIGNED, Event.REMOVED, Event.STORE_REBUILT, Event.JOURNAL_BEGUN})


@dataclass(frozen=True, slots=True)
class Line:
    """What folding needs to know of a kept entry. `since` and `at` are the times of the first and last of `count`
    numbers that end with `seq`; `tally` counts their events; `size` is in bytes of JSON."""

    seq: int
    count: int
    event: Event
    since: str
    at: str
    size: int
    tally: Mapping[Event, int]


@dataclass(frozen=True, slots=True)
class Goal:
    """How much room to make; no fold makes the journal larger, so a size of 0 is a goal too."""

    entries: int
    size: int


@dataclass(frozen=True, slots=True)
class Fold:
    """Replace the entries with `first_seq` <= seq <= `summary.seq` by the summary."""

    first_seq: int
    since: str
    tally: Mapping[Event, int]
    summary: Entry
    gained: Goal


def passing(lines: Iterable[Line], goal: Goal) -> tuple[Fold, ...]:
    """Folds of passing neighbours, the oldest first, that reach the goal; () when they cannot. Stops reading there."""
    folds: list[Fold] = []
    for is_lasting, group in groupby(lines, key=lambda line: line.event in LASTING):
        run = [] if is_lasting else _take(group, goal)
        if len(run) > 1:
            folds.append(_fold(run))
            goal = Goal(goal.entries - folds[-1].gained.entries, goal.size - folds[-1].gained.size)
        if goal.entries <= 0 and goal.size <= 0:
            return tuple(folds)
    return ()


def oldest(lines: Iterable[Line], goal: Goal) -> tuple[Fold, ...]:
    """One fold of the oldest lines, lasting or not, that reaches the goal or takes all of them."""
    run = _take(lines, goal)
    return (_fold(run),) if run else ()


def _take(lines: Iterable[Line], goal: Goal) -> list[Line]:
    """As many as make one fold that reaches the goal, or all."""
    run: list[Line] = []
    size = -MAX_SUMMARY_BYTES
    for line in lines:
        run.append(line)
        size += line.size
        if len(run) > goal.entries and size >= goal.size and len(run) > 1:
            break
    return run


def _fold(run: list[Line]) -> Fold:
    tally: dict[Event, int] = {}
    for line in run:
        for event, number in line.tally.items():
            tally[event] = tally.get(event, 0) + number
    summary = _summary(run, tally)
    gained = Goal(len(run) - 1, sum(line.size for line in run) - len(codec.encode(summary)))
    return Fold(run[0].seq, run[0].since, tally, summary, gained)


def _summary(run: list[Line], tally: Mapping[Event, int]) -> Entry:
    counted = ", ".join(f"{event} {tally[event]}" for event in sorted(tally))
    return Entry(
        seq=run[-1].seq,
        at=run[-1].at,
        event=Event.FOLDED,
        reason=Reason.JOURNAL_OVERFLOW,
        message=f"the journal was full; entries since {run[0].since} are only counted: {counted}",
        count=sum(line.count for line in run),
    )
