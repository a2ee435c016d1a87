"""When an application is looked at: at once when wanted changes, soon on a hint, never in a tight loop."""

from pinnace_edge.model import AppKey
from pinnace_edge.rules import schedule
from pinnace_edge.rules.schedule import Schedule

KEY = AppKey("default", "shop")


def test_an_unknown_application_is_due_at_once() -> None:
    assert Schedule().is_due(KEY, 0.0)


def test_after_a_pass_it_waits_for_its_interval() -> None:
    plan = Schedule()
    plan.done(KEY, 10.0, 60.0)
    assert not plan.is_due(KEY, 69.9)
    assert plan.is_due(KEY, 70.0)
    assert plan.next_at() == 70.0


def test_a_hint_brings_it_forward_but_not_below_the_shortest_gap() -> None:
    plan = Schedule()
    plan.done(KEY, 10.0, 60.0)
    plan.hint(KEY, 10.1)
    assert plan.next_at() == 10.0 + schedule.SHORTEST_GAP_S
    plan.done(KEY, 20.0, 60.0)
    plan.hint(KEY, 50.0)
    assert plan.next_at() == 50.0 + schedule.DEBOUNCE_S


def test_a_later_hint_does_not_postpone_an_earlier_one() -> None:
    plan = Schedule()
    plan.done(KEY, 0.0, 60.0)
    plan.hint(KEY, 30.0)
    plan.hint(KEY, 30.1)
    assert plan.next_at() == 30.0 + schedule.DEBOUNCE_S


def test_what_is_gone_is_forgotten() -> None:
    plan = Schedule()
    plan.done(KEY, 0.0, 60.0)
    plan.keep(set())
    assert plan.next_at() is None
