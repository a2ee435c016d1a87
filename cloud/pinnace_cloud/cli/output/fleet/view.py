"""Shows a fleet while it changes: a picture on a terminal, elsewhere a log with one line for each change.

The picture has the screen to itself, as with `watch`; when it ends, the last one stays in the terminal. In a log
nothing moves and nothing is coloured, and each line is flushed, so that a pipe has it at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from rich.live import Live

from pinnace_cloud.cli.output import console, failures, outages
from pinnace_cloud.cli.output.fleet import changes, layout
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.changes import NOTHING, Change
from pinnace_cloud.cli.output.fleet.drawing import Picture
from pinnace_cloud.cli.output.fleet.record import Record
from pinnace_cloud.cli.session import Clock
from pinnace_schemas import api


class View(Protocol):
    """What a command that watches a fleet shows to. Call it from one thread."""

    @property
    def picture(self) -> Picture:
        """The last one, also where none is drawn: `svg.of` saves it."""
        ...

    def show(self, answer: Answer) -> None:
        """What was read of the controller just now. Takes away a complaint."""
        ...

    def step(self, text: str) -> None:
        """What is being done to the fleet, above the picture until the next step; a line of the log."""
        ...

    def say(self, text: str, site: str = NOTHING) -> None:
        """Something that happened, at a site or everywhere, and no answer tells; a line of the log."""
        ...

    def wait(self, text: str, notice: str = "") -> None:
        """What is waited for, in the place of the step until the next one, and what stays so meanwhile, below the
        picture. Draws it anew, so that its clock goes on; no line of the log.
        """
        ...

    def complain(self, text: str) -> None:
        """Why there was no answer, beside the last one; in a log once for each new text."""
        ...


class _Watched:
    """What both have: the record, and the lines about it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opened_s = clock.monotonic()
        self._record = Record(clock.now())
        self._last: Answer | None = None
        self._step = ""
        self._waiting = ""
        self._notice = ""
        self._complaint = ""
        self._log: list[Change] = []

    @property
    def is_begun(self) -> bool:
        """There was an answer."""
        return self._last is not None

    @property
    def picture(self) -> Picture:
        heading, foot = self._waiting or self._step, self._complaint or self._notice
        return Picture(self._record.fleet(self._clock.now()), heading, tuple(self._log), foot)

    def show(self, answer: Answer) -> None:
        if self._last is None:
            self._record = Record(self._began(answer))
        self._record.add(answer)
        self._show_outage(answer.outage)
        for change in changes.between(self._last, answer):
            self._add(change)
        self._last = answer
        self._draw()

    def _show_outage(self, outage: api.Outage | None) -> None:
        """How long it lasts is told in a picture only: a log has one line for its beginning."""
        was_down = self._last is not None and self._last.outage is not None
        self._complaint = outages.sentence(outage) if outage else ""
        if outage and not was_down:
            self._warn(self._complaint)

    def _began(self, answer: Answer) -> datetime:
        """By the controller's clock, which is known with its first answer."""
        return answer.at - timedelta(seconds=self._clock.monotonic() - self._opened_s)

    def step(self, text: str) -> None:
        self._step, self._waiting = text, ""
        self.say(text)

    def say(self, text: str, site: str = NOTHING) -> None:
        self._add(Change(self._clock.now(), site, application="", why=text))
        self._draw()

    def wait(self, text: str, notice: str = "") -> None:
        self._waiting, self._notice = text, notice
        self._draw()

    def complain(self, text: str) -> None:
        if text != self._complaint:
            self._complaint = text
            self._warn(text)
        self._draw()

    def _add(self, change: Change) -> None:
        if self._last is not None or not change.what:
            self._log = [*self._log[1 - layout.MAX_LOG :], change]
        self._print(change.line)

    def _draw(self) -> None:
        """Only a terminal does."""

    def _print(self, line: str) -> None:
        """Only a log does."""

    def _warn(self, text: str) -> None:
        """Only a log does."""


class Drawn(_Watched):
    """On a terminal, anew at each answer and each line, and in the size that the terminal has then."""

    live: Live

    def _draw(self) -> None:
        self.live.update(self.picture, refresh=True)


class Logged(_Watched):
    """In a pipe."""

    def _print(self, line: str) -> None:
        encoding = sys.stdout.encoding or "utf-8"
        text = console.clean(line).encode(encoding, "backslashreplace").decode(encoding)
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _warn(self, text: str) -> None:
        failures.warn(text)


def is_terminal() -> bool:
    """Whether pictures can be drawn on stdout. That colours are forced makes no terminal of a pipe."""
    target = console.out()
    return target.is_terminal and sys.stdout.isatty() and not target.is_dumb_terminal


@contextmanager
def opened(clock: Clock) -> Iterator[View]:
    """Whichever fits stdout."""
    if not is_terminal():
        yield Logged(clock)
        return
    target, drawn = console.out(), Drawn(clock)
    drawn.live = Live(console=target, screen=True, auto_refresh=False)
    try:
        with drawn.live:
            yield drawn
    finally:
        if drawn.is_begun:
            target.print(drawn.picture)
