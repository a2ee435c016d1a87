"""The picture as rich draws it: fitted to the terminal of the moment, so that a resized one is soon right again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from pinnace_cloud.cli.output.fleet import cells, layout, legend, lines, newest
from pinnace_cloud.cli.output.fleet.changes import Change
from pinnace_cloud.cli.output.fleet.ink import Ink
from pinnace_cloud.cli.output.fleet.sites import Fleet
from pinnace_schemas import times

# A line of the terminal is left for what comes after the picture.
_PROMPT = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A moment of the fleet with what is said about it: the step that goes on, the newest change last, a complaint."""

    fleet: Fleet
    step: str = ""
    log: tuple[Change, ...] = ()
    complaint: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.height - _PROMPT
        ink = Ink(width, is_ascii=options.ascii_only)
        yield Group(*_joined(self._sections(ink, height)))

    def _sections(self, ink: Ink, height: int) -> Iterator[Sequence[Text]]:
        foot = tuple(self._foot(ink))
        plan = layout.fit(self.fleet, ink.width, height - len(foot) - bool(self.step), len(self.log))
        yield tuple(self._heading(ink))
        yield tuple(cells.draw(self.fleet, plan, ink))
        yield tuple(cells.listed(self.fleet, plan, ink))
        yield tuple(lines.draw(self.fleet, plan, ink))
        yield tuple(newest.draw(self.log[len(self.log) - plan.log :], ink))
        yield foot

    def _heading(self, ink: Ink) -> Iterator[Text]:
        clock = times.format_time(self.fleet.at)[11:]
        title = ink.line((f"{self.fleet.title}  ", "bold"), *cells.counts(self.fleet.sites, ink, is_brief=True))
        title.truncate(max(ink.width - len(clock) - 1, 0), pad=True)
        yield title.append(f" {clock}", "dim")
        if self.step:
            yield ink.line((ink.arrow, "bold cyan"), (self.step, "bold cyan"))

    def _foot(self, ink: Ink) -> Iterator[Text]:
        if self.complaint:
            yield ink.line((self.complaint, "red"))
        yield from legend.draw(self.fleet, ink)


def _joined(sections: Iterator[Sequence[Text]]) -> Iterator[Text]:
    """A blank line between those that say something."""
    is_first = True
    for section in sections:
        if section and not is_first:
            yield Text()
        yield from section
        is_first = is_first and not section
