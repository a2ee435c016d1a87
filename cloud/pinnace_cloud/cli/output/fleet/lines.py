"""A line of time per site, and above them the axis and where revisions were released."""

from collections.abc import Iterator
from datetime import timedelta

from rich.cells import cell_len
from rich.text import Text

from pinnace_cloud.cli.output.fleet import looks, sites, timeline
from pinnace_cloud.cli.output.fleet.ink import Ink, Part
from pinnace_cloud.cli.output.fleet.layout import Layout
from pinnace_cloud.cli.output.fleet.sites import Fleet
from pinnace_cloud.cli.output.fleet.timeline import Column
from pinnace_schemas.api import Verdict

_MAX_NAME = 20
_MAX_TICKS = 4
# A label and a blank, the longest of them.
_TICK_WIDTH = 8
_LONGEST_VERDICT = max(len(verdict) for verdict in Verdict)
_NOW = "now"
_MINUTE_S = 60
# Longer spans are told in minutes and seconds, and those in which a tick is many minutes in minutes.
_IN_SECONDS = timedelta(minutes=2)
_IN_MINUTES = timedelta(minutes=20)


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
    text, ticks = "", max(min(_MAX_TICKS, width // _TICK_WIDTH), 1)
    for index in range(ticks):
        text = text.ljust(index * width // ticks) + f"-{_ago(span * (ticks - index) / ticks, span)}"
    return text[: width - len(_NOW)].ljust(width - len(_NOW)) + _NOW


def _ago(ago: timedelta, span: timedelta) -> str:
    """`45s`, `2m30s`, `7m`: as exact as it takes to tell the labels of this span apart."""
    seconds = round(ago.total_seconds())
    if span <= _IN_SECONDS:
        return f"{seconds}s"
    if span > _IN_MINUTES:
        return f"{ago.total_seconds() / _MINUTE_S:.0f}m"
    return f"{seconds // _MINUTE_S}m{seconds % _MINUTE_S:02}s" if seconds % _MINUTE_S else f"{seconds // _MINUTE_S}m"


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
