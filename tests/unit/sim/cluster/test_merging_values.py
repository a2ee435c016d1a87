"""When two JSON values are the same."""

from __future__ import annotations

from typing import Any

import pytest

from pinnace_sim.cluster.merging import values

SAME: tuple[tuple[Any, Any], ...] = (
    (1, 1.0),
    ({"a": [1, "x"]}, {"a": [1, "x"]}),
    (None, None),
    ([], []),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
)
OTHER: tuple[tuple[Any, Any], ...] = (
    (1, True),
    (0, False),
    ([1], [True]),
    ({"a": None}, {}),
    ({"a": 1}, {"b": 1}),
    ([1], [1, 2]),
    ("1", 1),
    ([], {}),
)


@pytest.mark.parametrize(("left", "right"), SAME)
def test_equal_values_are_the_same(left: Any, right: Any) -> None:
    assert values.are_same(left, right)


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_other_values_and_other_types_are_not(left: Any, right: Any) -> None:
    assert not values.are_same(left, right)
