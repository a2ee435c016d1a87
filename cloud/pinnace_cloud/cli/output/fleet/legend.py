"""What the shapes and colours of a picture mean."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from pinnace_cloud.cli.output.fleet import looks
from pinnace_cloud.cli.output.fleet.ink import Ink, Part
from pinnace_cloud.cli.output.fleet.looks import Look
from pinnace_cloud.cli.output.fleet.sites import Fleet, Mark
from pinnace_schemas.phases import Phase

_GAP = 2


def draw(fleet: Fleet, ink: Ink) -> Iterator[Text]:
    """Of what a site is or was, not of all that could be, so that it stays short."""
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
        if line and sum(cell_len(text) for text, _ in (*line, word)) + _GAP > ink.width:
            yield ink.line(*line)
            line = []
        line += [(" " * _GAP, ""), word] if line else [word]
    yield ink.line(*line)
