"""A picture as an SVG file that needs nothing else: no font, script or style of any other host."""

import io

from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme

# Colours that differ for most colour-blind people (Okabe and Ito, 2008), on the dark ground of a terminal.
_GROUND, _TEXT = (22, 27, 34), (201, 209, 217)
_BLACK, _RED, _GREEN, _YELLOW = (13, 17, 23), (213, 94, 0), (0, 158, 115), (240, 228, 66)
_BLUE, _MAGENTA, _CYAN, _WHITE = (58, 134, 220), (204, 121, 167), (86, 180, 233), (201, 209, 217)
_GREY, _BRIGHT_WHITE = (110, 118, 129), (255, 255, 255)
_COLOURS = [_BLACK, _RED, _GREEN, _YELLOW, _BLUE, _MAGENTA, _CYAN, _WHITE]
_THEME = TerminalTheme(_GROUND, _TEXT, _COLOURS, [_GREY, *_COLOURS[1:7], _BRIGHT_WHITE])

# As rich's own, without the fonts that it has fetched from a network.
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
    font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
    font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def of(drawn: RenderableType, title: str, *, width: int = 100, height: int = 36) -> str:
    """The text of the file; `width` and `height` in characters of the terminal that is drawn."""
    target = Console(file=io.StringIO(), record=True, width=width, height=height, force_terminal=True, _environ={})
    target.print(drawn)
    return target.export_svg(title=title, theme=_THEME, code_format=_FORMAT, unique_id="pinnace")
