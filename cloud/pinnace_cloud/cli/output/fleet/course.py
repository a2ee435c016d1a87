"""What sites went through, out of journal rows and verdicts. A line of time is the site's own account of itself.

Times are those of the site's clock, but never later than when the controller stored the row, and never going back.
Silences are what the controller saw: they stay on the line when the journal of that time has arrived.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime

from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.sites import Course, Mark, Marked, Silence, Turn
from pinnace_schemas import api, times
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase

Application = tuple[str, str]

MARKS = {
    Event.DRIFT_HEALED: Mark.HEALED,
    Event.OBJECT_REFUSED: Mark.REFUSED,
    Event.PRUNE_FAILED: Mark.REFUSED,
    Event.STARTED: Mark.STARTED,
}

# More than any line has columns; what is older is forgotten.
_KEPT = 300


def _last_ones() -> deque[Turn]:
    return deque(maxlen=_KEPT)


class Courses:
    """Grows with each answer."""

    def __init__(self) -> None:
        self._turns: dict[str, dict[Application, deque[Turn]]] = defaultdict(lambda: defaultdict(_last_ones))
        self._marks: dict[str, deque[tuple[Application | None, Marked]]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._silences: dict[str, tuple[Silence, ...]] = {}

    def add(self, answer: Answer) -> None:
        for row in answer.rows:
            self._add_row(row)
        for verdict in answer.verdicts:
            self._add_verdict(verdict)
        for node, last_seen, is_silent in _contacts(answer):
            self._silences[node] = listened(self._silences.get(node, ()), last_seen, is_silent)

    def of(self, node: str, applications: Iterable[Application]) -> Course:
        """Of a node, as far as it concerns these applications."""
        looked_at = tuple(applications)
        turns = tuple(tuple(self._turns[node][key]) for key in looked_at)
        marks = tuple(marked for key, marked in self._marks[node] if key is None or key in looked_at)
        return Course(turns, self._silences.get(node, ()), marks)

    def _add_row(self, row: api.JournalRow) -> None:
        entry = row.entry
        at = times.parse_time(min(entry.at, row.stored_at))
        key = (entry.namespace, entry.application) if entry.namespace and entry.application else None
        if entry.event in MARKS:
            self._marks[row.node].append((key, Marked(at, MARKS[entry.event])))
        elif key is not None and entry.event is Event.PHASE_CHANGED and entry.phase in set(Phase):
            _turn(self._turns[row.node][key], Turn(at, Phase(entry.phase)))

    def _add_verdict(self, verdict: api.NodeVerdict) -> None:
        """What a report says and no row has told: the rows before the newest thousand, or folded ones."""
        if verdict.phase is not None and verdict.since is not None:
            turns = self._turns[verdict.node][verdict.namespace, verdict.application]
            at = times.parse_time(min(verdict.since, verdict.last_seen or verdict.since))
            _turn(turns, Turn(at, verdict.phase))


def listened(silences: tuple[Silence, ...], last_seen: datetime, is_silent: bool) -> tuple[Silence, ...]:
    """A silence begins where the node was last heard, and ends where it was heard again."""
    is_open = bool(silences) and silences[-1].end is None
    if is_silent and not is_open:
        return (*silences, Silence(last_seen))[-_KEPT:]
    if is_open and not is_silent:
        return (*silences[:-1], Silence(silences[-1].begin, last_seen))
    return silences


def _turn(turns: deque[Turn], turn: Turn) -> None:
    """The same phase again is no turn."""
    if not turns:
        turns.append(turn)
    elif turns[-1].phase is not turn.phase:
        turns.append(Turn(max(turn.at, turns[-1].at), turn.phase))


def _contacts(answer: Answer) -> Iterable[tuple[str, datetime, bool]]:
    """Node, when it was last heard of, and whether it counts as offline; a node that never spoke has no silence."""
    of_nodes = {item.name: (item.last_seen, item.verdict) for item in answer.nodes}
    of_verdicts = {item.node: (item.last_seen, item.verdict) for item in answer.verdicts}
    for node, (last_seen, verdict) in (of_nodes or of_verdicts).items():
        if last_seen is not None:
            yield node, times.parse_time(last_seen), verdict is Verdict.OFFLINE
