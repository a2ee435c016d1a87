"""What counts as a change, how often it is told, and in which words."""

from tests.unit.cloud import controllers, fleets

from pinnace_cloud.cli.output.fleet import changes
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason


def told(before: Answer | None, after: Answer) -> list[str]:
    return [change.line for change in changes.between(before, after)]


def test_the_first_answer_tells_where_everything_stands_and_no_history() -> None:
    healed = fleets.told(1, 5, Event.DRIFT_HEALED)
    assert told(None, fleets.answer(30, fleets.verdict(), rows=(healed,))) == [
        "2026-11-23T10:00:30Z  s1  default/shop  - -> Converged  r1"
    ]


def test_what_stays_as_it_is_is_not_told_again() -> None:
    before = fleets.answer(30, fleets.verdict(of=Verdict.PROGRESSING, phase=Phase.APPLYING, ready=0, last_seen=30))
    after = fleets.answer(32, fleets.verdict(of=Verdict.PROGRESSING, phase=Phase.APPLYING, ready=1, last_seen=32))
    assert told(before, after) == []


def test_a_change_tells_from_what_to_what_and_why() -> None:
    bad = fleets.verdict(
        of=Verdict.FAILED, phase=Phase.FAILED, reason=Reason.FORBIDDEN, message="no", revision=1, wanted_revision=2
    )
    assert told(fleets.answer(30, fleets.verdict()), fleets.answer(32, bad)) == [
        "2026-11-23T10:00:32Z  s1  default/shop  Converged -> Failed  r1->2  Forbidden: no"
    ]


def test_another_revision_is_a_change_though_the_phase_is_the_same() -> None:
    after = fleets.answer(32, fleets.verdict(revision=2, wanted_revision=2))
    assert told(fleets.answer(30, fleets.verdict()), after) == [
        "2026-11-23T10:00:32Z  s1  default/shop  Converged -> Converged  r2"
    ]


def test_a_site_that_goes_is_told_once() -> None:
    before, after = fleets.answer(30, fleets.verdict()), fleets.answer(32)
    assert told(before, after) == ["2026-11-23T10:00:32Z  s1  default/shop  Converged -> -"]
    assert told(after, fleets.answer(34)) == []


def test_sites_that_go_together_are_told_of_in_order() -> None:
    names = [f"s{number}" for number in range(9)]
    before = fleets.answer(30, *(fleets.verdict(name) for name in names))
    assert [line.split("  ")[1] for line in told(before, fleets.answer(32))] == names


def test_healed_drift_is_told_with_the_sites_time_and_how_late_it_came() -> None:
    healed = fleets.told(
        7, 10, Event.DRIFT_HEALED, stored=40, object="v1 Service shop/web", message="deleted by someone"
    )
    answer = fleets.answer(41, fleets.verdict(), rows=(healed,))
    assert told(fleets.answer(30, fleets.verdict()), answer) == [
        "2026-11-23T10:00:10Z  s1  default/shop  DriftHealed  told 30 s later  v1 Service shop/web  deleted by someone"
    ]


def test_of_the_journal_only_what_is_looked_at_is_told() -> None:
    rows = (
        fleets.told(1, 31, Event.DRIFT_HEALED, application="till"),
        fleets.told(2, 31, Event.DRIFT_HEALED, "s9"),
        fleets.told(3, 31, Event.APPLIED),
        fleets.told(4, 31, Event.STARTED, namespace=None, application=None),
    )
    answer = fleets.answer(32, fleets.verdict(), rows=rows)
    assert told(fleets.answer(30, fleets.verdict()), answer) == ["2026-11-23T10:00:31Z  s1  -  Started"]


def test_in_the_whole_fleet_each_application_is_told_of_by_itself() -> None:
    till = fleets.verdict(application="till")
    worse = fleets.verdict(of=Verdict.DEGRADED, application="till", phase=Phase.DEGRADED, reason=Reason.UNHEALTHY)
    nodes = (controllers.node().summary,)
    before = Answer(fleets.at(30), (), (fleets.verdict(), till), nodes)
    after = Answer(fleets.at(32), (), (fleets.verdict(), worse), nodes)
    assert told(before, after) == ["2026-11-23T10:00:32Z  s1  default/till  Converged -> Degraded  r1  Unhealthy"]
