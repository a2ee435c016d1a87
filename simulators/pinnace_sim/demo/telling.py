"""Tells a person what happens, at which site, and why: a picture of the fleet on a terminal, elsewhere lines.

Both are called from one thread only, and read the controller for themselves while the story waits.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pinnace_cloud.cli.output import console, tables
from pinnace_cloud.cli.output.fleet import changes, svg, view
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.drawing import Picture
from pinnace_cloud.cli.output.fleet.record import Record as Seen
from pinnace_cloud.cli.output.fleet.view import View
from pinnace_cloud.cli.session import Clock
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_sim.demo import record
from pinnace_sim.demo.cast import CUT_OFF
from pinnace_sim.demo.record import Outcome, Record
from pinnace_sim.demo.story import OFFLINE, Act, Claim, Step

# Often enough to see a phase that lasts a second, seldom enough to leave the machine to the story.
LOOK_EVERY_S = 0.4
# A picture whose clock stands still looks hung.
TICK_S = 0.5
# On a terminal the site that is Offline stays on the screen for as long before its link is back.
HOLD_S = 1.5
NOTICES = {Act.CUT: f"{CUT_OFF.name} is cut off: nothing gets through its link", Act.RECONNECT: ""}
# Claims that a person waits for without knowing why it takes so long.
AWAITED = {OFFLINE: "the cloud to see it as Offline (after some seconds of silence)"}
# Below this width what was seen would be folded into a few letters a line.
WIDE = 120
MARKS = {Outcome.OBSERVED: "ok", Outcome.NOT_OBSERVED: "NOT OBSERVED", Outcome.NOT_REACHED: "NOT REACHED"}


class Fleet(Protocol):
    """What can be looked at."""

    def read(self) -> Answer:
        """The fleet now. Raises Rejected or Unavailable."""
        ...


class Teller(Protocol):
    """An Audience that can also be told what is not part of the story."""

    @property
    def picture(self) -> Picture:
        """The fleet as it was seen last."""
        ...

    def say(self, where: str, text: str) -> None: ...

    def watch(self, fleet: Fleet) -> None:
        """From now on there is a controller to look at."""
        ...

    def act(self, step: Step) -> None: ...

    def observed(self, record: Record) -> None: ...

    def meanwhile(self) -> None: ...


class Reading:
    """The controller's answers, not more often than a person can follow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._fleet: Fleet | None = None
        self._due = 0.0

    def watch(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def answer(self) -> Answer | None:
        """None while it is too early, or nobody answers: the claims tell of that."""
        return None if self._clock.monotonic() < self._due else self.newest()

    def newest(self) -> Answer | None:
        """At any time: what a claim was observed of may be over soon, and belongs into the picture."""
        if self._fleet is None:
            return None
        self._due = self._clock.monotonic() + LOOK_EVERY_S
        try:
            return self._fleet.read()
        except (Rejected, Unavailable):
            return None


class Lines:
    """For a pipe and a file: seconds since the beginning, where, what."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._reading = Reading(clock)
        self._seen = Seen(clock.now())
        self._last: Answer | None = None
        self.watch = self._reading.watch

    @property
    def picture(self) -> Picture:
        return Picture(self._seen.fleet(self._clock.now()))

    def say(self, where: str, text: str) -> None:
        elapsed_s = self._clock.monotonic() - self._began
        console.say(f"{elapsed_s:5.1f} s  {where:<9}  {text}")
        sys.stdout.flush()

    def act(self, step: Step) -> None:
        self.say(step.where, f"> {step.says}")

    def observed(self, record: Record) -> None:
        self._show(self._reading.newest())
        told = "; ".join(part for part in (record.claim.text, record.says) if part)
        self.say(record.claim.site, f"  {MARKS[record.outcome]}: {told}")

    def meanwhile(self) -> None:
        self._show(self._reading.answer())

    def _show(self, answer: Answer | None) -> None:
        if answer is None:
            return
        self._seen.add(answer)
        for change in changes.between(self._last, answer):
            self.say(change.site, f"  {change.what}  {change.why}".rstrip())
        self._last = answer


class Screen:
    """For a terminal: the picture, with what is waited for above and what happened below."""

    def __init__(self, shown: View, clock: Clock) -> None:
        self._view = shown
        self._clock = clock
        self._reading = Reading(clock)
        self._drawn_s = clock.monotonic()
        self._open: list[Claim] = []
        self._notice = ""
        self.watch = self._reading.watch

    @property
    def picture(self) -> Picture:
        return self._view.picture

    def say(self, where: str, text: str) -> None:
        self._view.say(text, where)

    def act(self, step: Step) -> None:
        if step.act is Act.RECONNECT:
            self._clock.sleep(HOLD_S)  # a person sees the site as the cloud saw it
        self._notice = NOTICES.get(step.act, self._notice)
        self._open = list(step.claims)
        self._view.step(f"{step.where}: {step.says}")
        self._wait("")

    def observed(self, record: Record) -> None:
        self._show(self._reading.newest())
        self._view.say(f"{MARKS[record.outcome]}: {record.claim.text}", record.claim.site)
        if record.claim in self._open:
            self._open.remove(record.claim)
            self._wait(waiting(self._open))

    def meanwhile(self) -> None:
        self._show(self._reading.answer())
        if self._clock.monotonic() - self._drawn_s >= TICK_S:
            self._wait(waiting(self._open))

    def _wait(self, text: str) -> None:
        self._drawn_s = self._clock.monotonic()
        self._view.wait(text, self._notice)

    def _show(self, answer: Answer | None) -> None:
        if answer is not None:
            self._view.show(answer)


def waiting(claims: Sequence[Claim]) -> str:
    """The headline while these are not decided; empty without any."""
    where = {claim.text: ", ".join(each.site for each in claims if each.text == claim.text) for claim in claims}
    told = "; ".join(f"{sites}: {AWAITED.get(text, text)}" for text, sites in where.items())
    return f"waiting for {told}" if told else ""


@contextmanager
def opened(clock: Clock) -> Iterator[Teller]:
    """Whichever fits stdout."""
    if not view.is_terminal():
        yield Lines(clock)
        return
    with view.opened(clock) as shown:
        yield Screen(shown, clock)


def table(records: Sequence[Record]) -> None:
    """What was claimed, where, what was observed, and after how long."""
    console.say("")
    tables.show_long(record.HEADER, record.rows(records), WIDE)
    sys.stdout.flush()


def save(picture: Picture, path: Path) -> None:
    """As an SVG file. Raises OSError."""
    path.write_text(svg.of(picture, "pinnace-sim demo"), encoding="utf-8")
