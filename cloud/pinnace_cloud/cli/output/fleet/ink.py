"""What a terminal can show: how wide it is, and shapes or letters. Cleans and cuts every text of the picture."""

from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pinnace_cloud.cli.output import console
from pinnace_cloud.cli.output.fleet.looks import Look

Part = tuple[str, str]

_BRIGHT_TEXT = frozenset({"red", "blue", "magenta", "bright_black"})


@dataclass(frozen=True, slots=True)
class Ink:
    """`is_ascii`: the terminal's encoding is no Unicode one."""

    width: int
    is_ascii: bool = False

    @property
    def arrow(self) -> str:
        return "> " if self.is_ascii else "▶ "

    def sign(self, look: Look) -> str:
        return look.letter if self.is_ascii else look.sign

    def bar(self, look: Look) -> str:
        return look.letter if self.is_ascii else look.bar

    def filled(self, look: Look) -> str:
        """The style of a cell: its colour is the ground."""
        colour = look.colour.split()[-1]
        return f"{'bold bright_white' if colour in _BRIGHT_TEXT else 'black'} on {colour}"

    def plain(self, text: str) -> str:
        """What the terminal can show of a text that comes from anywhere."""
        shown = console.clean(text)
        return shown.encode("ascii", "backslashreplace").decode("ascii") if self.is_ascii else shown

    def cut(self, text: str, width: int) -> str:
        """At most `width` columns; what is cut off is shown to be."""
        shown = self.plain(text)
        if cell_len(shown) <= width:
            return shown
        dots = ".." if self.is_ascii else "…"
        return (set_cell_size(shown, max(width - len(dots), 0)).rstrip() + dots)[: max(width, 0)]

    def padded(self, text: str, width: int) -> str:
        return set_cell_size(self.cut(text, width), max(width, 0))

    def line(self, *parts: Part) -> Text:
        """One line, cut at the width of the terminal; each part has a style."""
        line, left = Text(no_wrap=True, overflow="crop"), self.width
        for style, neighbours in groupby(parts, key=lambda part: part[1]):
            shown = self.cut("".join(text for text, _ in neighbours), left)
            line.append(shown, style=style)
            left -= cell_len(shown)
        return line
