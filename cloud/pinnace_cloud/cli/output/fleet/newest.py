"""The newest changes beneath the picture, in columns; what is only said stands in the columns' place."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from pinnace_cloud.cli.output.fleet import looks
from pinnace_cloud.cli.output.fleet.changes import NOTHING, Change
from pinnace_cloud.cli.output.fleet.ink import Ink
from pinnace_schemas import times
from pinnace_schemas.api import Verdict
from pinnace_schemas.phases import Phase

_MAX_WORDS = 28
_STYLES = {**{phase.value: looks.look(phase).colour for phase in Phase}, Verdict.OFFLINE.value: looks.SILENT.colour}


def draw(shown: Sequence[Change], ink: Ink) -> Iterator[Text]:
    """Oldest first."""
    sites = min(max((len(change.site) for change in shown), default=0), _MAX_WORDS)
    words = min(max((len(change.what) for change in shown), default=0), _MAX_WORDS)
    is_one = len({change.application for change in shown if change.what}) < 2
    for change in shown:
        clock = (f"{times.format_time(change.at)[11:]}  ", "dim")
        site = (f"{ink.padded(change.site if change.site != NOTHING else '', sites)}  ", "")
        if not change.what:
            yield ink.line(clock, site, (change.why, "cyan"))
            continue
        application = "" if is_one else f"{change.application}  "
        what = (f"{ink.padded(change.what, words)}  ", _STYLES.get(change.word, ""))
        yield ink.line(clock, site, (application, ""), what, (change.why, ""))
