"""What became of each claim, and what follows for the exit code and the final table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from pinnace_sim.demo.story import Claim


class Exit(IntEnum):
    """Exit codes of `pinnace-sim demo`; the last two are those of a shell for signals."""

    OBSERVED = 0
    NOT_OBSERVED = 1
    USAGE = 2
    PART_MISSING = 3
    INTERRUPTED = 130
    NO_READER = 141


class Outcome(StrEnum):
    """Of one claim."""

    OBSERVED = "observed"
    NOT_OBSERVED = "not observed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: whether the claim holds, and what was seen, in words."""

    holds: bool
    says: str


@dataclass(frozen=True, slots=True)
class Record:
    """`says` is what was seen last, or why nobody looked (at the first of several); `took_s` counts from the act."""

    claim: Claim
    outcome: Outcome
    says: str
    took_s: float = 0.0

    def __str__(self) -> str:
        seen = f"; {self.says}" if self.says else ""
        return f"{self.outcome}: {self.claim}{seen} (looked at: {self.claim.sign})"


Row = tuple[str, ...]
HEADER: Row = ("WHERE", "CLAIM", "RESULT", "AFTER", "SEEN")


def rows(records: Sequence[Record]) -> list[Row]:
    """The final table, one row for each claim."""
    return [
        (item.claim.site, item.claim.text, item.outcome, f"{item.took_s:.1f} s" if item.took_s else "", item.says)
        for item in records
    ]


def failed(records: Sequence[Record]) -> tuple[Record, ...]:
    """Those that were not observed, for whatever reason."""
    return tuple(item for item in records if item.outcome is not Outcome.OBSERVED)


def exit_code(records: Sequence[Record]) -> Exit:
    """OBSERVED only if there were claims and every one of them was observed."""
    return Exit.OBSERVED if records and not failed(records) else Exit.NOT_OBSERVED
