"""Goes through the story: does each act, then looks again and again until its claims hold or their time is over.

Reads nothing and does nothing itself: acts, looks and the clock are passed in. A claim whose time is over does not end
the story; an act that fails does, and what follows is recorded as not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pinnace_sim.demo.record import Finding, Outcome, Record
from pinnace_sim.demo.story import Act, Claim, Step

# On a quiet machine the slowest claim holds after some 6 s.
CLAIM_DEADLINE_S = 45.0
# Once something was not observed, much of what follows cannot be either, and a person waits for the end.
HURRIED_DEADLINE_S = 15.0
LOOK_EVERY_S = 0.1


class ActFailed(Exception):  # noqa: N818 - named as what happened
    """Something that the story needs could not be done; the message says what, and what was answered."""


class Clock(Protocol):
    """Monotonic seconds."""

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Audience(Protocol):
    """Is told what happens, at which site, and why."""

    def act(self, step: Step) -> None: ...

    def observed(self, record: Record) -> None: ...

    def meanwhile(self) -> None:
        """The story waits: there is time to look around."""
        ...


@dataclass(frozen=True, slots=True)
class Troupe:
    """`perform` raises ActFailed; `look` raises it too when a program that everything needs has ended."""

    perform: Callable[[Act], None]
    look: Callable[[Claim], Finding]
    clock: Clock
    audience: Audience
    deadline_s: float = CLAIM_DEADLINE_S


def play(steps: Sequence[Step], troupe: Troupe) -> tuple[Record, ...]:
    """One record for each claim of the story, in its order."""
    decided: dict[Claim, Record] = {}
    try:
        for step in steps:
            _play(step, troupe, decided)
    except ActFailed as failure:
        _leave_out(steps, str(failure), troupe, decided)
    return tuple(decided[claim] for step in steps for claim in step.claims)


def _play(step: Step, troupe: Troupe, decided: dict[Claim, Record]) -> None:
    troupe.audience.act(step)
    began = troupe.clock.monotonic()
    troupe.perform(step.act)
    while not _look_at_all(step.claims, began, troupe, decided):
        troupe.audience.meanwhile()
        troupe.clock.sleep(LOOK_EVERY_S)


def _look_at_all(claims: Sequence[Claim], began: float, troupe: Troupe, decided: dict[Claim, Record]) -> bool:
    """Once; whether all are decided."""
    has_missed = any(record.outcome is Outcome.NOT_OBSERVED for record in decided.values())
    deadline_s = min(troupe.deadline_s, HURRIED_DEADLINE_S) if has_missed else troupe.deadline_s
    for claim in claims:
        if claim not in decided and (record := _look(claim, began, deadline_s, troupe)) is not None:
            decided[claim] = record
            troupe.audience.observed(record)
    return decided.keys() >= set(claims)


def _look(claim: Claim, began: float, deadline_s: float, troupe: Troupe) -> Record | None:
    """None while it may still come to hold."""
    finding = troupe.look(claim)
    took_s = troupe.clock.monotonic() - began
    if finding.holds:
        return Record(claim, Outcome.OBSERVED, finding.says, took_s)
    if took_s > deadline_s:
        return Record(claim, Outcome.NOT_OBSERVED, finding.says, took_s)
    return None


def _leave_out(steps: Sequence[Step], why: str, troupe: Troupe, decided: dict[Claim, Record]) -> None:
    """The reason stands at the first of them."""
    missed = (claim for step in steps for claim in step.claims if claim not in decided)
    for number, claim in enumerate(list(missed)):
        decided[claim] = Record(claim, Outcome.NOT_REACHED, "" if number else why)
        troupe.audience.observed(decided[claim])
