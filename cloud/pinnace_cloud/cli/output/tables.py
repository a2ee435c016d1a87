"""Tables: on a terminal fitted to its width, in a pipe aligned columns that no width cuts; two blanks between columns.

An empty cell is '-', so that a column is never missing. A verdict has a colour on a terminal.
"""

import sys
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pinnace_cloud.cli.output import console
from pinnace_schemas.api import Verdict

_GAP = 2
_INDENT = 4
_NOTHING = "-"

COLOURS: dict[str, str] = {
    Verdict.CONVERGED: "green",
    Verdict.PENDING: "yellow",
    Verdict.PROGRESSING: "yellow",
    Verdict.REMOVING: "yellow",
    Verdict.REMOVED: "dim",
    Verdict.DEGRADED: "red",
    Verdict.FAILED: "bold red",
    Verdict.OFFLINE: "magenta",
}


def show(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints to stdout."""
    target = console.out()
    cells = [[console.clean(cell) or _NOTHING for cell in row] for row in rows]
    if target.is_terminal:
        target.print(fitted(header, cells), soft_wrap=False)
    else:
        sys.stdout.write(plain(header, cells))


def show_long(header: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> None:
    """As `show`; on a terminal of fewer than `wide` columns the message of a row is below it."""
    target = console.out()
    if target.is_terminal and target.width < wide:
        below(target, rows)
    else:
        show(header, rows)


def below(target: Console, rows: Sequence[Sequence[str]]) -> None:
    """Without a header; the last cell of a row has lines of its own, indented."""
    cells = [[console.clean(cell) or _NOTHING for cell in row] for row in rows]
    for *row, message in zip(*_columns(cells), strict=True):
        target.print(Text((" " * _GAP).join(row).rstrip()))
        target.print(Padding(Text(message.rstrip(), style="dim"), (0, 0, 0, _INDENT)), soft_wrap=False)


def _columns(cells: Sequence[Sequence[str]]) -> list[list[str]]:
    columns = [list(column) for column in zip(*cells, strict=True)]
    widths = [max(map(cell_len, column)) for column in columns]
    return [
        [cell + " " * (width - cell_len(cell)) for cell in column]
        for column, width in zip(columns, widths, strict=True)
    ]


def fitted(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """For a terminal: only the last column, the message, may take several lines."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for title in header[:-1]:
        table.add_column(title, no_wrap=True)
    table.add_column(header[-1], overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in row))
    return table


def plain(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """For programs: the width of a column is that of its longest cell."""
    lines = [header, *rows]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(header))]
    return "".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell) + _GAP) for cell, width in zip(cells, widths, strict=True))
    return "".join(padded).rstrip() + "\n"


def coloured(target: Console, text: str, style: str) -> None:
    """One line in one colour, where there are colours."""
    target.print(Text(text, style=style))
