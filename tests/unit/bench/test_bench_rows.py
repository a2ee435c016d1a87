"""A row is held to its goal by its ratio where it has a reference, unless the goal is of the value itself."""

import pytest
from bench.row import Limit, Row


@pytest.mark.parametrize(
    ("limit", "number", "holds"),
    [
        (Limit(most=4), 4, True),
        (Limit(most=4), 4.1, False),
        (Limit(least=3000), 3000, True),
        (Limit(least=3000), 2999, False),
        (Limit(), 1e9, True),
    ],
)
def test_a_limit_holds_up_to_its_number(limit: Limit, number: float, holds: bool) -> None:
    assert limit.holds(number) is holds


def test_a_goal_is_held_against_the_ratio_where_there_is_a_reference() -> None:
    row = Row("apply", 8.0, "s", "", reference=4.0, goal=Limit(most=2))
    assert (row.ratio, row.holds) == (2.0, True)
    assert not Row("apply", 8.1, "s", "", reference=4.0, goal=Limit(most=2)).holds


def test_a_goal_of_the_value_leaves_the_ratio_to_be_shown() -> None:
    row = Row("intake", 2000.0, "reports/s", "", reference=1000.0, goal=Limit(least=3000), goal_is_of_value=True)
    assert (row.ratio, row.holds) == (2.0, False)


def test_a_row_without_a_goal_holds() -> None:
    row = Row("update", 1655.0, "bytes", "")
    assert (row.ratio, row.holds, str(row.goal)) == (None, True, "-")
