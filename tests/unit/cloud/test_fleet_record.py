"""From answers to what is drawn: cells, lines of time, silences, and where the lines begin."""

from datetime import timedelta

import pytest
from tests.unit.cloud import controllers, fleets
from tests.unit.cloud.fleets import BEGAN, at

from pinnace_cloud.cli.output.fleet import record, timeline
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.sites import Course, Fleet, Mark, Marked, Silence, Turn
from pinnace_cloud.cli.output.fleet.timeline import Column
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

CONVERGED, PENDING = Phase.CONVERGED, Phase.PENDING


def course(fleet: Fleet, name: str = "s1") -> Course:
    return next(site.course for site in fleet.sites if site.name == name)


def test_an_offline_site_keeps_the_phase_that_it_said_last() -> None:
    fleet = fleets.seen(fleets.answer(30, fleets.offline()))
    site = fleet.sites[0]
    assert (site.shown, site.is_silent, site.is_as_wanted) == (CONVERGED, True, False)
    assert site.course.silences == (Silence(at(20)),)


def test_a_site_that_has_not_seen_its_head_is_pending_whatever_it_says() -> None:
    late = fleets.verdict(of=Verdict.PENDING, reason=Reason.OUT_OF_DATE, phase=CONVERGED, wanted_revision=2)
    site = fleets.seen(fleets.answer(30, late)).sites[0]
    assert (site.shown, site.label) == (PENDING, "r1->2")


@pytest.mark.parametrize("phase", [Phase.FETCHING, Phase.STAGED, Phase.APPLYING, Phase.PROGRESSING])
def test_a_site_that_is_at_it_shows_how_far_it_is(phase: Phase) -> None:
    site = fleets.seen(fleets.answer(30, fleets.verdict(of=Verdict.PROGRESSING, phase=phase))).sites[0]
    assert site.shown is phase


def test_a_line_is_the_sites_own_account_in_the_order_of_its_journal() -> None:
    rows = (fleets.turned(1, 5, PENDING), fleets.turned(2, 5, Phase.APPLYING), fleets.turned(3, 9, CONVERGED))
    fleet = fleets.seen(fleets.answer(30, fleets.verdict(since=9), rows=rows))
    assert course(fleet).turns == ((Turn(at(5), PENDING), Turn(at(5), Phase.APPLYING), Turn(at(9), CONVERGED)),)


def test_without_a_journal_a_line_begins_with_the_phase_that_was_reported() -> None:
    fleet = fleets.seen(fleets.answer(30, fleets.verdict(since=9, last_seen=30)))
    assert course(fleet).turns == ((Turn(at(9), CONVERGED),),)


def test_a_clock_that_is_ahead_writes_nothing_into_the_future() -> None:
    row = fleets.turned(1, 500, CONVERGED, stored=12)
    assert course(fleets.seen(fleets.answer(30, fleets.verdict(), rows=(row,)))).turns == ((Turn(at(12), CONVERGED),),)


def test_a_clock_that_was_put_back_does_not_turn_a_line_back() -> None:
    rows = (fleets.turned(1, 10, PENDING), fleets.turned(2, -9000, CONVERGED, stored=11))
    fleet = fleets.seen(fleets.answer(30, fleets.verdict(), rows=rows))
    assert course(fleet).turns == ((Turn(at(10), PENDING), Turn(at(10), CONVERGED)),)


def test_what_happened_while_a_site_was_away_comes_into_its_line_and_the_silence_stays() -> None:
    healed = fleets.told(1, 25, Event.DRIFT_HEALED, stored=40)
    fleet = fleets.seen(
        fleets.answer(30, fleets.offline()),
        fleets.answer(35, fleets.offline()),
        fleets.answer(41, fleets.verdict(last_seen=40, since=5), rows=(healed,)),
    )
    assert course(fleet).silences == (Silence(at(20), at(40)),)
    assert course(fleet).marks == (Marked(at(25), Mark.HEALED),)


def test_another_applications_marks_are_not_on_the_line() -> None:
    other = fleets.told(1, 5, Event.DRIFT_HEALED, application="till")
    started = fleets.told(2, 6, Event.STARTED, namespace=None, application=None)
    fleet = fleets.seen(fleets.answer(30, fleets.verdict(), rows=(other, started)))
    assert course(fleet).marks == (Marked(at(6), Mark.STARTED),)


def test_a_site_with_several_applications_is_what_the_worst_of_them_is() -> None:
    bad = fleets.verdict(
        of=Verdict.FAILED, application="till", reason=Reason.FORBIDDEN, message="no", phase=Phase.FAILED
    )
    nodes = (controllers.node("s1").summary, controllers.node("s2").summary)
    answer = Answer(at(30), (), (fleets.verdict(), bad), nodes)
    first, second = fleets.seen(answer).sites
    assert (first.verdict, first.label, first.message) == (Verdict.FAILED, "1/2", "till: no")
    assert (second.name, second.verdict) == ("s2", Verdict.CONVERGED)


def test_a_site_whose_applications_are_all_as_wanted_has_nothing_to_say() -> None:
    both = (fleets.verdict(message="screen: shows offers"), fleets.verdict(application="till"))
    (site,) = fleets.seen(Answer(at(30), (), both, (controllers.node("s1").summary,))).sites
    assert (site.label, site.message) == ("2/2", "")


def test_a_node_that_never_joined_is_a_cell_too() -> None:
    node = controllers.node("s9", verdict=Verdict.PENDING, reason=Reason.NOT_JOINED, groups=(), last_seen=None).summary
    site = fleets.seen(Answer(at(30), nodes=(node,))).sites[0]
    assert (site.group, site.verdict, site.reason) == ("no group", Verdict.PENDING, Reason.NOT_JOINED)


@pytest.mark.parametrize(
    ("now", "releases", "first", "span"),
    [
        (10, (), None, timedelta(seconds=20)),
        (45, (), 0, timedelta(seconds=60)),
        (45, (), 40, timedelta(seconds=20)),
        (100, (-130,), -200, timedelta(seconds=240)),
        (300, (), 0, timedelta(minutes=8)),
        (300, (-7200,), 0, timedelta(minutes=8)),
        (9000, (), 0, timedelta(hours=1)),
    ],
)
def test_lines_begin_with_the_watch_or_the_newest_release_where_there_is_something_to_see(
    now: int, releases: tuple[int, ...], first: int | None, span: timedelta
) -> None:
    begin = record.begin(at(now), BEGAN, [at(item) for item in releases], None if first is None else at(first))
    assert at(now) - begin == span


def test_a_controller_whose_clock_is_ahead_has_its_newest_news_on_the_line() -> None:
    fleet = fleets.seen(fleets.answer(30, fleets.verdict(since=88, last_seen=90)))
    assert fleet.at == at(90)


def test_a_column_shows_the_worst_of_its_time_so_that_nothing_short_is_lost() -> None:
    turns = (Turn(at(0), CONVERGED), Turn(at(12), Phase.FAILED), Turn(at(13), PENDING), Turn(at(14), CONVERGED))
    shown = timeline.columns(Course((turns,)), at(0), at(40), 4)
    assert [column.phase for column in shown] == [CONVERGED, Phase.FAILED, CONVERGED, CONVERGED]


def test_before_the_first_word_of_a_site_its_line_is_empty() -> None:
    shown = timeline.columns(Course(((Turn(at(20), CONVERGED),),)), at(0), at(40), 4)
    assert [column.phase for column in shown] == [None, None, CONVERGED, CONVERGED]


def test_a_silent_time_is_marked_and_what_was_told_of_it_later_otherwise() -> None:
    silences = (Silence(at(10), at(20)), Silence(at(30)))
    shown = timeline.columns(Course(((Turn(at(0), CONVERGED),),), silences), at(0), at(40), 4)
    assert [(column.is_told, column.is_silent) for column in shown] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]


def test_the_last_column_has_what_happens_now() -> None:
    marks = (Marked(at(40), Mark.HEALED), Marked(at(-1), Mark.STARTED))
    turns = (Turn(at(40), Phase.APPLYING),)
    shown = timeline.columns(Course((turns,), (), marks), at(0), at(40), 2)
    assert shown == (Column(), Column(Phase.APPLYING, mark=Mark.HEALED))
