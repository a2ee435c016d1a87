"""What of a fleet fits a terminal. Three sites are cells with names; hundreds are dots; thousands are a bar a group.

Whatever the size of the fleet, some that are not as wanted are named; what does not fit is counted. A terminal of ten
lines or more is never overfull.
"""

from dataclasses import dataclass
from enum import Enum, auto

from rich.cells import cell_len

from pinnace_cloud.cli.output.fleet.sites import Fleet, Site

INDENT = 2
CELL_GAP = 1
MAX_NAME = 24
# Sign, name and label, a blank before and after each.
_CELL_FRAME = 5
# Of the lines that are left: what cells may take, then what the list of those that are not as wanted may.
_CELLS_SHARE = 0.45
_LIST_SHARE = 0.3
_MIN_LIST = 2
_MIN_LOG = 3
MAX_LOG = 12
# The title, and a blank line between sections.
_FRAME = 6
_AXIS = 2


class Level(Enum):
    """How a site is drawn."""

    NAMED = auto()
    DOTS = auto()
    BARS = auto()


@dataclass(frozen=True, slots=True)
class Layout:
    """How many of each there is room for."""

    level: Level
    groups: int
    listed: int
    lines: int
    log: int


def fit(fleet: Fleet, width: int, height: int, log: int) -> Layout:
    """`height` is without the foot, `log` how many lines there are. However low the terminal, it gets a group."""
    left = max(height - _FRAME, 1)
    level, cells = _cells(fleet, width, left)
    left -= cells
    worst = len(fleet.worst)
    listed = min(worst, max(_MIN_LIST, int(left * _LIST_SHARE)), max(left - 1, 0))
    left -= listed + (listed < worst)
    wanted_log = min(log, _MIN_LOG)
    lines = max(min(len(fleet.sites), left - _AXIS - wanted_log), 0)
    left -= lines + _AXIS if lines else 0
    return Layout(level, _groups(fleet, level, cells), listed, lines, max(min(log, left, MAX_LOG), 0))


def cell_width(fleet: Fleet) -> int:
    """Of the widest cell; all are as wide, so that they stand in columns."""
    return max((cell_len(site.name) + cell_len(site.label) for site in fleet.sites), default=0) + _CELL_FRAME


def per_line(fleet: Fleet, width: int) -> int:
    """Named cells in a line."""
    return max((width - INDENT + CELL_GAP) // (cell_width(fleet) + CELL_GAP), 1)


def name_width(fleet: Fleet) -> int:
    """Of the column of groups where a group is a line."""
    return min(max(map(cell_len, fleet.groups), default=0), MAX_NAME)


def dots_per_line(names: int, width: int) -> int:
    """Beside the names of groups."""
    return max(width - names - INDENT, 1)


def _cells(fleet: Fleet, width: int, left: int) -> tuple[Level, int]:
    room = max(int(left * _CELLS_SHARE), 1)
    sizes = [len(sites) for sites in fleet.groups.values()]
    cells, beside = per_line(fleet, width), dots_per_line(name_width(fleet), width)
    named, dots = sum(1 + -(-size // cells) for size in sizes), sum(-(-size // beside) for size in sizes)
    for level, needed in ((Level.NAMED, named), (Level.DOTS, dots)):
        if needed <= room:
            return level, needed
    return Level.BARS, min(len(sizes), room)


def _groups(fleet: Fleet, level: Level, cells: int) -> int:
    """One line less where it has to say how many there are more."""
    count = len(fleet.groups)
    return count if level is not Level.BARS or count <= cells else max(cells - 1, 0)


def worst_groups(fleet: Fleet, count: int) -> tuple[tuple[str, tuple[Site, ...]], ...]:
    """Those with most sites that are not as wanted, then by name."""
    groups = fleet.groups
    ranked = sorted(groups.items(), key=lambda item: (-sum(not site.is_as_wanted for site in item[1]), item[0]))
    kept = {name for name, _ in ranked[:count]}
    return tuple((name, sites) for name, sites in groups.items() if name in kept)
