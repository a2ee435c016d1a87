"""A table that is watched: redrawn in place on a terminal, only the changed rows in a pipe."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Group
from rich.live import Live
from rich.text import Text

from pinnace_cloud.cli.output import console, failures, tables


class View(Protocol):
    """What a watching command shows to."""

    def show(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None: ...

    def complain(self, message: str) -> None: ...


class Redrawn:
    """On a terminal. The last table stays beside a complaint."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._seen = Group()

    def show(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        cells = [[console.clean(cell) or "-" for cell in row] for row in rows]
        self._seen = Group(Text(console.clean(title), style="bold"), tables.fitted(header, cells))
        self._live.update(self._seen, refresh=True)

    def complain(self, message: str) -> None:
        self._live.update(Group(self._seen, Text(console.clean(message), style="red")), refresh=True)


class Lines:
    """In a pipe: a row is printed when any of its cells but the age has changed."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, ...]] = {}

    def show(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:  # noqa: ARG002
        for row in rows:
            kept = tuple(cell for name, cell in zip(header, row, strict=True) if name != "LAST-SEEN")
            if self._last.get(row[0]) != kept:
                self._last[row[0]] = kept
                sys.stdout.write("  ".join(console.clean(cell) or "-" for cell in kept) + "\n")
                sys.stdout.flush()

    def complain(self, message: str) -> None:
        failures.warn(message)


@contextmanager
def changes() -> Iterator[View]:
    """Whichever fits stdout."""
    target = console.out()
    if not target.is_terminal:
        yield Lines()
        return
    with Live(console=target, auto_refresh=False) as live:
        yield Redrawn(live)
