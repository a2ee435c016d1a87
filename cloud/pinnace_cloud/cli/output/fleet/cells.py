"""Sites as cells, group by group, and the list of those that are not as wanted."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from pinnace_cloud.cli.output.fleet import layout, looks
from pinnace_cloud.cli.output.fleet.ink import Ink, Part
from pinnace_cloud.cli.output.fleet.layout import Layout, Level
from pinnace_cloud.cli.output.fleet.looks import Look
from pinnace_cloud.cli.output.fleet.sites import Fleet, Site
from pinnace_cloud.rules import convergence
from pinnace_schemas.api import Verdict

_INDENT = " " * layout.INDENT
# Of the width of the terminal.
_BAR_SHARE = 3


def draw(fleet: Fleet, plan: Layout, ink: Ink) -> Iterator[Text]:
    """A heading for each group, its cells beneath; with very many, one bar."""
    shown = layout.worst_groups(fleet, plan.groups)
    names = layout.name_width(fleet)
    for name, members in shown:
        if plan.level is Level.BARS:
            yield _bar(name, members, names, ink)
        elif plan.level is Level.DOTS:
            yield from _dots(name, members, names, ink)
        else:
            yield ink.line((f"{name}  ", "bold"), *counts(members, ink))
            yield from _named(fleet, members, ink)
    more = len(fleet.groups) - len(shown)
    if more:
        yield ink.line((f"and {more} more groups", "dim"))


def listed(fleet: Fleet, plan: Layout, ink: Ink) -> Iterator[Text]:
    """Worst first: site, verdict, reason, message."""
    worst = fleet.worst
    shown = worst[: plan.listed]
    widths = [max((len(text) for text in column), default=0) for column in zip(*map(_words, shown), strict=True)]
    for site in shown:
        look = looks.of_verdict(site.verdict)
        words = [
            f"{ink.padded(text, min(width, layout.MAX_NAME))}  "
            for text, width in zip(_words(site), widths, strict=True)
        ]
        yield ink.line(
            (f"{ink.sign(look)} ", look.colour),
            (words[0], "bold"),
            ("".join(words[1:]), look.colour),
            (site.message, ""),
        )
    if len(worst) > len(shown):
        yield ink.line((f"and {len(worst) - len(shown)} more that are not as wanted", "dim"))


def _words(site: Site) -> tuple[str, str, str]:
    return site.name, site.verdict.value, site.reason.value if site.reason else ""


def _named(fleet: Fleet, members: Sequence[Site], ink: Ink) -> Iterator[Text]:
    count, width = layout.per_line(fleet, ink.width), layout.cell_width(fleet)
    for first in range(0, len(members), count):
        parts: list[Part] = [(_INDENT, "")]
        for site in members[first : first + count]:
            parts += [_cell(site, width, ink), (" " * layout.CELL_GAP, "")]
        yield ink.line(*parts[:-1])


def _cell(site: Site, width: int, ink: Ink) -> Part:
    """A silent site is hollow and hatched at its edges, and keeps the sign of what it said last."""
    look = looks.look(site.shown)
    if not site.is_silent:
        return ink.padded(f" {ink.sign(look)} {site.name} {site.label}", width), ink.filled(look)
    hatch = ink.sign(looks.SILENT)
    text = f"{hatch}{ink.sign(look)} {site.name} {site.label}"
    return ink.padded(text, width - 1).rstrip().ljust(width, hatch), look.colour


def _dots(name: str, members: Sequence[Site], names: int, ink: Ink) -> Iterator[Text]:
    """The numbers follow the last dot where there is room for them."""
    width = layout.dots_per_line(names, ink.width)
    for first in range(0, len(members), width):
        heading = f"{ink.padded(name if first == 0 else '', names)}{' ' * layout.INDENT}"
        dots = [_dot(site, ink) for site in members[first : first + width]]
        numbers = [("  ", ""), *counts(members, ink, is_brief=True)] if first + width >= len(members) else []
        yield ink.line((heading, "bold"), *dots, *numbers)


def _dot(site: Site, ink: Ink) -> Part:
    look = looks.look(site.shown)
    return (ink.sign(looks.SILENT), look.colour) if site.is_silent else (ink.sign(look), ink.filled(look))


def _bar(name: str, members: Sequence[Site], names: int, ink: Ink) -> Text:
    """A bar in which each verdict has its part, and the numbers."""
    width = max(ink.width // _BAR_SHARE, 1)
    parts = [(ink.sign(look) * length, ink.filled(look)) for look, length in shares(members, width)]
    heading = f"{ink.padded(name, names)}{' ' * layout.INDENT}"
    return ink.line((heading, "bold"), *parts, ("  ", ""), *counts(members, ink, is_brief=True))


def shares(members: Sequence[Site], width: int) -> tuple[tuple[Look, int], ...]:
    """Columns of each verdict, worst first. One bad site of a thousand still has a column."""
    counted = _by_verdict(members)
    lengths = {verdict: max(count * width // len(members), 1) for verdict, count in counted.items()}
    largest = max(lengths, key=lambda verdict: lengths[verdict])
    lengths[largest] += width - sum(lengths.values())
    return tuple((looks.of_verdict(verdict), length) for verdict, length in lengths.items())


def counts(members: Sequence[Site], ink: Ink, *, is_brief: bool = False) -> Iterator[Part]:
    """`2 Failed  1 Offline  7 Converged` with the signs of the verdicts, or the signs alone."""
    for verdict, count in _by_verdict(members).items():
        look = looks.of_verdict(verdict)
        words = f"{count}" if is_brief else f"{count} {verdict}"
        yield f"{ink.sign(look)} {words}  ", look.colour


def _by_verdict(members: Sequence[Site]) -> dict[Verdict, int]:
    """Worst first."""
    counted = Counter(site.verdict for site in members)
    return {verdict: counted[verdict] for verdict in convergence.SEVERITY if counted[verdict]}
