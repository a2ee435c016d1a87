"""From answers to the picture's values: which sites there are, where each stands, what it went through."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pinnace_cloud.cli.output import rows
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.course import Courses
from pinnace_cloud.cli.output.fleet.sites import AS_WANTED, Fleet, Release, Site
from pinnace_cloud.rules import convergence
from pinnace_schemas import amounts, api, times

# A line of time begins with the watch, or with the newest release before it; a person who watches looks at what goes
# on, and a rollout of yesterday would leave no column for it.
MAX_SPAN = timedelta(hours=1)
# A quarter of each is whole seconds, and whole minutes.
SHORT_STEP = timedelta(seconds=20)
LONG_STEP = timedelta(minutes=4)

_NO_GROUP = "no group"


class Record:
    """`began` is when the watch began."""

    def __init__(self, began: datetime) -> None:
        self._began = began
        self._courses = Courses()
        self._releases: dict[tuple[str, str, int], Release] = {}
        self._latest = began
        self._last = Answer(began)

    def add(self, answer: Answer) -> None:
        self._courses.add(answer)
        for item in answer.applications:
            release = Release(times.parse_time(item.changed_at), f"r{item.revision}")
            self._releases.setdefault((item.namespace, item.name, item.revision), release)
        self._latest = max(self._latest, _controllers_time(answer))
        self._last = answer

    def fleet(self, now: datetime) -> Fleet:
        """What is known at `now`, or at the controller's time where its clock is ahead of ours."""
        now = max(now, self._latest)
        releases = tuple(sorted(self._releases.values(), key=lambda item: item.at))
        sites = self._sites()
        since = begin(now, self._began, [item.at for item in releases], _first(sites))
        recent = tuple(item for item in releases if item.at >= since)
        return Fleet(title(self._last.applications, sites), now, since, sites, recent)

    def _sites(self) -> tuple[Site, ...]:
        by_node: dict[str, list[api.NodeVerdict]] = {}
        for verdict in self._last.verdicts:
            by_node.setdefault(verdict.node, []).append(verdict)
        nodes = {item.name: item for item in self._last.nodes}
        empty = (_empty(node) for name, node in nodes.items() if name not in by_node)
        running = (self._site(name, nodes.get(name), verdicts) for name, verdicts in by_node.items())
        return tuple(sorted((*running, *empty), key=lambda site: (site.group, site.name)))

    def _site(self, name: str, node: api.NodeSummary | None, verdicts: Sequence[api.NodeVerdict]) -> Site:
        worst = min(verdicts, key=lambda item: convergence.SEVERITY.index(item.verdict))
        return Site(
            name=name,
            group=_group(node) if node else worst.group,
            verdict=worst.verdict,
            phase=worst.phase,
            reason=worst.reason,
            message=_message(worst, is_one=len(verdicts) == 1),
            label=label(verdicts),
            course=self._courses.of(name, [(item.namespace, item.application) for item in verdicts]),
        )


def begin(now: datetime, began: datetime, releases: Sequence[datetime], first: datetime | None) -> datetime:
    """Where lines of time begin: with the watch or the newest release before it, but not long before `first`, the
    earliest that there is to see. In steps, so that they stand still for a while."""
    recent = [at for at in releases if now - at < MAX_SPAN]
    earliest = min(began, recent[-1] if recent else began)
    span = now - (earliest if first is None else max(earliest, first))
    step = SHORT_STEP if span <= LONG_STEP else LONG_STEP
    return now - min(max(-(-span // step), 1) * step, MAX_SPAN)


def title(applications: Sequence[api.ApplicationSummary], sites: Sequence[Site]) -> str:
    """`default/shop revision 3 on 3 sites`, or `2 applications on 3 sites`; `3 sites` while nothing runs there."""
    where = f"{len(sites)} site{'' if len(sites) == 1 else 's'}"
    if len(applications) == 1:
        one = applications[0]
        return f"{one.namespace}/{one.name} revision {one.revision} on {where}"
    if not applications:
        return where if sites else "no sites yet"
    return f"{amounts.count(len(applications), 'application')} on {where}"


def label(verdicts: Sequence[api.NodeVerdict]) -> str:
    """`r2`, `r1->2` of one application; of several, how many run as wanted."""
    if len(verdicts) == 1:
        return f"r{rows.revision(verdicts[0])}"
    return f"{convergence.converged(verdicts)}/{len(verdicts)}"


def _controllers_time(answer: Answer) -> datetime:
    """The latest time that the controller's own clock has given; texts of times sort by time."""
    of_verdicts = (item.last_seen for item in answer.verdicts)
    of_nodes = (item.last_seen for item in answer.nodes)
    of_rows = (row.stored_at for row in answer.rows[-1:])
    given = [text for text in (*of_verdicts, *of_nodes, *of_rows) if text is not None]
    return times.parse_time(max(given)) if given else answer.at


def _first(sites: Sequence[Site]) -> datetime | None:
    """The earliest turn or mark of any site."""
    firsts = (turns[0].at for site in sites for turns in site.course.turns if turns)
    marks = (marked.at for site in sites for marked in site.course.marks[:1])
    return min((*firsts, *marks), default=None)


def _message(worst: api.NodeVerdict, *, is_one: bool) -> str:
    """Which of several applications it is about, where there is something to say."""
    if is_one:
        return worst.message
    if worst.verdict in AS_WANTED:
        return ""
    return f"{worst.application}: {worst.message}".rstrip(": ")


def _group(node: api.NodeSummary) -> str:
    """A site has one cell: in the first of its groups, whichever application is the worst."""
    return min(node.groups, default=_NO_GROUP)


def _empty(node: api.NodeSummary) -> Site:
    """A site that runs nothing still has to join and to be heard of."""
    return Site(node.name, _group(node), node.verdict, reason=node.reason)
