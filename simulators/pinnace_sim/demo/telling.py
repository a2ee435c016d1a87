"""Tells a person what happens, at which site, and why, as lines with the seconds since the beginning."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from pinnace_cloud.cli.output import console, tables
from pinnace_sim.demo import record
from pinnace_sim.demo.record import Outcome, Record
from pinnace_sim.demo.story import Step

_MARKS = {Outcome.OBSERVED: "ok", Outcome.NOT_OBSERVED: "NOT OBSERVED", Outcome.NOT_REACHED: "NOT REACHED"}


class Lines:
    """For a pipe, a file, and a terminal that draws nothing."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, where: str, text: str) -> None:
        """One line."""
        elapsed = time.monotonic() - self._began
        console.say(f"{elapsed:5.1f} s  {where:<9}  {text}")
        sys.stdout.flush()

    def act(self, step: Step) -> None:
        """What is done next."""
        self.say(step.where, f"> {step.says}")

    def observed(self, record: Record) -> None:
        """What came of a claim."""
        self.say(record.claim.site, f"  {_MARKS[record.outcome]}: {record.claim.text}; {record.says}")


def table(records: Sequence[Record]) -> None:
    """What was claimed, where, what was observed, and after how long."""
    console.say("")
    tables.show(record.HEADER, record.rows(records))
    sys.stdout.flush()
