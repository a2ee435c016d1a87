"""How each phase and mark looks: a shape, a letter for terminals without Unicode, and a colour that says it again.

Nobody needs the colour: shapes differ where colours may not (NO_COLOR, colour-blindness). The bars of a line of time
rise with the way to Converged; what went wrong is no bar.
"""

from dataclasses import dataclass

from pinnace_cloud.cli.output.fleet import sites
from pinnace_cloud.cli.output.fleet.sites import Mark
from pinnace_schemas.api import Verdict
from pinnace_schemas.phases import Phase


@dataclass(frozen=True, slots=True)
class Look:
    """`sign` stands in a cell, `bar` on a line of time, `letter` in both where there is no Unicode."""

    sign: str
    bar: str
    letter: str
    colour: str


PHASES: dict[Phase, Look] = {
    Phase.PENDING: Look("○", "▁", ".", "white"),
    Phase.FETCHING: Look("◔", "▂", ":", "cyan"),
    Phase.STAGED: Look("◑", "▃", "-", "cyan"),
    Phase.APPLYING: Look("◕", "▅", "+", "blue"),
    Phase.PROGRESSING: Look("●", "▆", ">", "yellow"),
    Phase.CONVERGED: Look("✔", "█", "#", "green"),
    Phase.DEGRADED: Look("▲", "▲", "!", "red"),
    Phase.DRIFTED: Look("≈", "≈", "~", "magenta"),
    Phase.FAILED: Look("✖", "✖", "X", "bold red"),
    Phase.REMOVING: Look("◁", "◁", "<", "yellow"),
    Phase.REMOVED: Look("∅", "_", "_", "bright_black"),
}
UNKNOWN = Look("?", " ", " ", "bright_black")

MARKS: dict[Mark, Look] = {
    Mark.REFUSED: Look("✗", "✗", "x", "bold red"),
    Mark.HEALED: Look("✚", "✚", "h", "bold bright_white"),
    Mark.STARTED: Look("↑", "↑", "^", "bright_white"),
}

# A site that is not heard of, and what it told afterwards of such a time.
SILENT = Look("░", "░", "?", "magenta")
TOLD = Look("▒", "▒", "%", "")
RELEASE = Look("▼", "▼", "v", "bold")


def look(phase: Phase | None) -> Look:
    return UNKNOWN if phase is None else PHASES[phase]


def of_verdict(verdict: Verdict) -> Look:
    """As the cells of such sites, of which the silent ones differ."""
    return SILENT if verdict is Verdict.OFFLINE else look(sites.shown_phase(verdict, None))
