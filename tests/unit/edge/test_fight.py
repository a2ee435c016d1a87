"""Somebody who undoes our corrections is told once and answered less and less often."""

from pinnace_edge.rules import fight
from pinnace_edge.rules.fight import Fights


def test_a_few_corrections_are_no_fight() -> None:
    fights = Fights()
    assert not any(fights.corrected("web", float(second)) for second in range(fight.CORRECTIONS - 1))
    assert not fights.is_paused("web", 5.0)


def test_many_corrections_in_a_short_time_begin_a_pause() -> None:
    fights = Fights()
    outcomes = [fights.corrected("web", float(second)) for second in range(fight.CORRECTIONS)]
    assert outcomes[-1]
    assert fights.is_paused("web", fight.CORRECTIONS + 30.0)
    assert not fights.is_paused("other", 5.0)


def test_the_same_number_of_corrections_over_a_day_is_no_fight() -> None:
    fights = Fights()
    assert not any(fights.corrected("web", hour * 3600.0) for hour in range(fight.CORRECTIONS * 3))


def test_pauses_double_up_to_the_longest() -> None:
    fights = Fights()
    for _ in range(fight.CORRECTIONS):
        fights.corrected("web", 0.0)
    now = 0.0
    for length in (60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0):
        assert fights.is_paused("web", now + length - 1)
        assert not fights.is_paused("web", now + length)
        now += length
        fights.corrected("web", now)


def test_peace_ends_the_fight() -> None:
    fights = Fights()
    for _ in range(fight.CORRECTIONS):
        fights.corrected("web", 0.0)
    later = fight.FIRST_PAUSE_S + fight.WINDOW_S
    assert not fights.corrected("web", later)
    assert not fights.is_paused("web", later)
