"""When the cloud is told that an application waits for something else now: soon, never for numbers, never all day."""

import random
from dataclasses import replace

import pytest
from tests.unit.edge.clocks import NOW

from pinnace_edge.model import AppKey, Deployment
from pinnace_edge.rules import telling
from pinnace_edge.rules.telling import Telling
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

NEVER = float("inf")
INTERVAL_S = 300.0
WAITS = Deployment(
    AppKey("default", "shop"),
    "stores",
    Phase.PROGRESSING,
    NOW,
    wanted_bundle="a",
    ready=1,
    total=3,
    reason=Reason.PROGRESSING,
    message="v1 ConfigMap default/web-1: 1 of 5 replicas since 12s",
)
SETTLED = replace(WAITS, phase=Phase.DEGRADED, reason=Reason.UNHEALTHY)
LONGEST_GAP_S = 1.25 * telling.GAP_S


def told(item: Deployment, at: float = 0.0) -> Telling:
    found = Telling(INTERVAL_S, random.Random(1))
    found.told([item], at)
    return found


def blocked_by(item: Deployment, name: str) -> Deployment:
    return replace(item, message=f"v1 ConfigMap default/{name}: starting")


@pytest.mark.parametrize(
    "message",
    [
        "v1 ConfigMap default/web-1: 2 of 5 replicas since 12s",
        "v1 ConfigMap default/web-1: 1 of 50 replicas since 1h5m30.5s",
    ],
)
def test_numbers_that_change_are_no_news(message: str) -> None:
    assert told(WAITS).due_at([replace(WAITS, message=message)], 100.0) == NEVER
    assert told(SETTLED).due_at([replace(SETTLED, message=message)], 100.0) == NEVER


@pytest.mark.parametrize(
    "after",
    [
        blocked_by(WAITS, "web-2"),
        replace(WAITS, ready=2),
        replace(WAITS, message="v1 ConfigMap default/web-1: cannot pull its image"),
    ],
)
def test_another_object_another_cause_and_another_ready_count_are_news(after: Deployment) -> None:
    assert told(WAITS).due_at([WAITS], 1.0) == NEVER
    assert 0.75 * telling.GAP_S <= told(WAITS).due_at([after], 1.0) <= LONGEST_GAP_S


def test_what_definitions_say_of_what_is_converged_is_no_news() -> None:
    item = replace(WAITS, phase=Phase.CONVERGED, reason=None, ready=3)
    assert told(item).due_at([replace(item, message="shows another offer")], 100.0) == NEVER


def test_what_has_settled_is_told_of_at_once_with_what_follows_and_then_no_sooner_than_the_rest() -> None:
    found = told(WAITS)
    found.told([SETTLED], 50.0)
    assert found.due_at([replace(SETTLED, ready=2)], 51.0) == 51.0 + telling.GATHER_S
    assert found.due_at([replace(SETTLED, ready=0)], 52.0) == 51.0 + telling.GATHER_S
    found.told([replace(SETTLED, ready=0)], 53.0)
    assert found.due_at([SETTLED], 54.0) >= 53.0 + 0.75 * telling.GAP_S


def test_what_was_taken_back_before_it_was_told_is_not_told() -> None:
    found = told(WAITS)
    assert found.due_at([blocked_by(WAITS, "web-2")], 1.0) < NEVER
    assert found.due_at([WAITS], 2.0) == NEVER


def test_what_no_report_had_yet_waits_for_the_one_that_is_sent_at_each_connect() -> None:
    assert Telling(INTERVAL_S, random.Random(1)).due_at([WAITS], 0.0) == NEVER


@pytest.mark.slow
@pytest.mark.parametrize("item", [WAITS, SETTLED])
def test_words_that_change_all_day_are_told_no_more_often_than_full_reports_in_the_long_run(item: Deployment) -> None:
    found, sent, hours = told(item), 0, 10
    for second in range(hours * 3600):
        now = [blocked_by(item, f"web-{second % 7}")]
        if found.due_at(now, float(second)) <= second:
            found.told(now, float(second))
            sent += 1
    assert telling.MOST < sent <= telling.MOST + hours * 3600 / INTERVAL_S


def test_a_new_revision_may_be_told_of_as_often_as_the_one_before() -> None:
    found = told(WAITS)
    at = 0.0
    for number in range(telling.MOST + 5):
        at = found.due_at([blocked_by(WAITS, f"web-{number}")], at)
        found.told([blocked_by(WAITS, f"web-{number}")], at)
    assert found.due_at([WAITS], at) > at + LONGEST_GAP_S
    found.told([replace(WAITS, wanted_bundle="b")], at)
    assert found.due_at([blocked_by(replace(WAITS, wanted_bundle="b"), "web-2")], at) <= at + LONGEST_GAP_S


@pytest.mark.slow
def test_many_applications_together_make_no_more_reports_than_one() -> None:
    """Each changes seldom enough to be told of; a report on a metered link has the states of all."""
    rng, hours = random.Random(1), 4
    items = [replace(SETTLED, key=AppKey("default", f"app-{number}")) for number in range(50)]
    found, sent = Telling(INTERVAL_S, rng), 0
    found.told(items, 0.0)
    for second in range(0, hours * 3600, 5):
        number = rng.randrange(len(items))
        items[number] = blocked_by(items[number], f"web-{second % 7}")
        if found.due_at(items, float(second)) <= second:
            found.told(items, float(second))
            sent += 1
    assert telling.MOST < sent <= telling.MOST + hours * 3600 / INTERVAL_S


def test_a_new_revision_of_one_may_be_told_of_also_where_others_have_said_too_much() -> None:
    other = replace(SETTLED, key=AppKey("default", "other"))
    found, at = told(WAITS), 0.0
    found.told([WAITS, other], at)
    for number in range(telling.MOST + 5):
        at = found.due_at([WAITS, blocked_by(other, f"web-{number}")], at)
        found.told([WAITS, blocked_by(other, f"web-{number}")], at)
    fresh = replace(WAITS, wanted_bundle="b")
    found.told([fresh, other], at)
    assert found.due_at([replace(fresh, ready=2), other], at) <= at + LONGEST_GAP_S
