"""A line of time per site, the axis above them, and the legend of everything that is drawn."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from rich.cells import cell_len
from rich.text import Text

from pinnace_cloud.cli.output.fleet import looks, sites, timeline
from pinnace_cloud.cli.output.fleet.ink import Ink, Part
from pinnace_cloud.cli.output.fleet.layout import Layout
from pinnace_cloud.cli.output.fleet.looks import Look
from pinnace_cloud.cli.output.fleet.sites import Fleet, Mark
from pinnace_cloud.cli.output.fleet.timeline import Column
from pinnace_schemas.api import Verdict
from pinnace_schemas.phases import Phase

_MAX_NAME = 20
_TICKS = 4
_LONGEST_VERDICT = max(len(verdict) for verdict in Verdict)
_NOW = "now"
# Longer spans are told in minutes.
_IN_SECONDS = 240


def draw(fleet: Fleet, plan: Layout, ink: Ink) -> Iterator[Text]:
    """All sites in the order of their cells, or as many as fit, the worst first."""
    if not plan.lines:
        return
    shown = fleet.sites if plan.lines >= len(fleet.sites) else sites.worst_first(fleet.sites)[: plan.lines]
    names = min(max(cell_len(site.name) for site in shown), _MAX_NAME)
    width = max(ink.width - names - _LONGEST_VERDICT - 2, 1)
    if fleet.releases:
        yield ink.line((" " * (names + 1), ""), *_releases(fleet, width, ink))
    yield ink.line((" " * (names + 1), ""), (axis(fleet.at - fleet.since, width), "dim"))
    for site in shown:
        columns = timeline.columns(site.course, fleet.since, fleet.at, width)
        colour = looks.of_verdict(site.verdict).colour
        yield ink.line(
            (f"{ink.padded(site.name, names)} ", ""),
            *(_drawn(column, ink) for column in columns),
            (" ", ""),
            (site.verdict.value, colour),
        )


def axis(span: timedelta, width: int) -> str:
    """`-60s      -45s      -30s      -15s      now`: each label begins at its time, the last one ends there."""
    text = ""
    for index in range(_TICKS):
        text = text.ljust(index * width // _TICKS) + _ago(span * (_TICKS - index) / _TICKS)
    return text[: width - len(_NOW)].ljust(width - len(_NOW)) + _NOW


def legend(fleet: Fleet, ink: Ink) -> Iterator[Text]:
    """Of what is drawn, so that it stays short; at most two lines."""
    words = [_word(phase.value, looks.look(phase), ink) for phase in Phase if phase in _phases(fleet)]
    marks = {marked.mark for site in fleet.sites for marked in site.course.marks if marked.at >= fleet.since}
    words += [_word(mark.value, looks.MARKS[mark], ink) for mark in Mark if mark in marks]
    silences = [item for site in fleet.sites for item in site.course.silences]
    if any(item.end is None for item in silences):
        words.append(_word("not heard of", looks.SILENT, ink))
    if any(item.end is not None and item.end >= fleet.since for item in silences):
        words.append(_word("told later", looks.TOLD, ink))
    yield from _filled(words, ink)


def _phases(fleet: Fleet) -> set[Phase | None]:
    turned = {turn.phase for site in fleet.sites for turns in site.course.turns for turn in turns}
    return {site.shown for site in fleet.sites} | turned


def _word(name: str, look: Look, ink: Ink) -> Part:
    shapes = ink.sign(look) if ink.sign(look) == ink.bar(look) else f"{ink.bar(look)}{ink.sign(look)}"
    return f"{shapes} {name}", look.colour


def _filled(words: Sequence[Part], ink: Ink) -> Iterator[Text]:
    """Words that go on in the next line where one is full."""
    line: list[Part] = []
    for word in words:
        if line and sum(cell_len(text) for text, _ in (*line, word)) > ink.width:
            yield ink.line(*line)
            line = []
        line += [word, ("  ", "")]
    yield ink.line(*line)


def _releases(fleet: Fleet, width: int, ink: Ink) -> Iterator[Part]:
    """Where a revision was released; of two that do not fit beside each other, the later one."""
    text = ""
    for release in fleet.releases:
        at = timeline.place(release.at, fleet.since, fleet.at, width)
        label = f"{ink.sign(looks.RELEASE)}{release.label}"
        text = text[:at].ljust(min(at, width - len(label))) + label
    yield text[:width], looks.RELEASE.colour


def _drawn(column: Column, ink: Ink) -> Part:
    look = looks.look(column.phase)
    if column.mark is not None:
        return ink.bar(looks.MARKS[column.mark]), looks.MARKS[column.mark].colour
    if column.is_silent:
        return ink.bar(looks.SILENT), look.colour
    return ink.bar(looks.TOLD if column.is_told else look), look.colour


def _ago(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"-{seconds}s" if seconds <= _IN_SECONDS else f"-{seconds // 60}m"
