"""What changed from one answer to the next, one value a change: where, from what, to what, and why.

The first answer tells where everything stands; what the journal holds from before it is no news.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pinnace_cloud.cli.output import rows
from pinnace_cloud.cli.output.fleet import course, sites
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_schemas import api, times
from pinnace_schemas.api import Verdict

# What a journal row tells later than this, it tells about a time when the site was away.
_LATE_S = 5

NOTHING = "-"

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is `Pending -> Converged`, or the event of a journal row, whose `at` is the site's clock.

    `word` is where it stands now. Something that is only said has nothing but `why`.
    """

    at: datetime
    site: str = NOTHING
    application: str = NOTHING
    what: str = ""
    why: str = ""
    word: str = ""

    @property
    def line(self) -> str:
        """Time, site, application, what, why; two blanks apart."""
        cells = (times.format_time(self.at), self.site, self.application, self.what, self.why)
        return "  ".join(cell for cell in cells if cell)


@dataclass(frozen=True, slots=True)
class _Stand:
    """What counts as a change when it differs."""

    word: str
    reason: str
    label: str


def between(before: Answer | None, after: Answer) -> Iterator[Change]:
    """The sites' own accounts of what happened, then what the controller concludes."""
    if before is not None:
        yield from _told(after)
    known = _stands(before) if before is not None else {}
    stands = _stands(after)
    for verdict in after.verdicts:
        place = _place(verdict)
        old, new = known.get(place), stands[place]
        if old != new:
            yield _change(after.at, place, old, new, verdict)
    for place in sorted(known.keys() - stands.keys()):
        yield Change(after.at, place[2], f"{place[0]}/{place[1]}", f"{known[place].word} -> {NOTHING}")


def _change(at: datetime, place: Place, old: _Stand | None, new: _Stand, verdict: api.NodeVerdict) -> Change:
    what = f"{old.word if old else NOTHING} -> {new.word}"
    why = ": ".join(text for text in (new.reason, verdict.message) if text)
    told = "  ".join(text for text in (new.label, why) if text)
    return Change(at, place[2], f"{place[0]}/{place[1]}", what, told, new.word)


def _told(answer: Answer) -> Iterator[Change]:
    """The rows that have a mark on the line of time, and are about what is looked at."""
    places = {_place(item) for item in answer.verdicts}
    nodes = {item.node for item in answer.verdicts} | {item.name for item in answer.nodes}
    for row in answer.rows:
        entry = row.entry
        place = (entry.namespace or "", entry.application or "", row.node)
        if entry.event in course.MARKS and (place in places or (not entry.application and row.node in nodes)):
            application = f"{place[0]}/{place[1]}" if entry.application else NOTHING
            yield Change(times.parse_time(entry.at), row.node, application, entry.event.value, _account(row))


def _account(row: api.JournalRow) -> str:
    entry = row.entry
    late_s = (times.parse_time(row.stored_at) - times.parse_time(entry.at)).total_seconds()
    late = f"told {late_s:.0f} s later" if late_s > _LATE_S else ""
    return "  ".join(text for text in (late, entry.object or "", entry.message) if text)


def _stands(answer: Answer) -> Mapping[Place, _Stand]:
    return {_place(item): _stand(item) for item in answer.verdicts}


def _stand(item: api.NodeVerdict) -> _Stand:
    phase = sites.shown_phase(item.verdict, item.phase)
    word = item.verdict if item.verdict is Verdict.OFFLINE or phase is None else phase
    return _Stand(word.value, item.reason.value if item.reason else "", f"r{rows.revision(item)}")


def _place(item: api.NodeVerdict) -> Place:
    return item.namespace, item.application, item.node
