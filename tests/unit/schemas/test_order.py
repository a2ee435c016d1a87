"""What a bundle says about the order of its objects: of objects that are there, without circles, and in few bytes."""

import time
from typing import Any

import pytest

from pinnace_schemas import bundle, codec, order
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.order import Order
from pinnace_schemas.reasons import Reason

OBJECTS = tuple({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in "abcd")


def decoded(entries: list[Any]) -> Bundle:
    plain = codec.canonical({"objects": OBJECTS, "policy": {"order": entries}, "v": 1})
    return bundle.decode(plain, DEFAULT_LIMITS, "test")


def test_an_order_is_written_for_whole_components_and_read_back_for_each_object() -> None:
    policy = ApplyPolicy(order=(Order(objects=(2, 3), after=(0, 1)),))
    plain = bundle.encode(Bundle(objects=OBJECTS, policy=policy), DEFAULT_LIMITS, "test")
    assert b'"order":[{"after":[0,1],"objects":[2,3]}]' in plain
    assert bundle.decode(plain, DEFAULT_LIMITS, "test").policy.after == {2: (0, 1), 3: (0, 1)}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([{"objects": [4], "after": [0]}], "there is no object 4"),
        ([{"objects": [0], "after": [4]}], "there is no object 4"),
        ([{"objects": [-1], "after": [0]}], "order"),
        ([{"objects": [0], "after": []}], "after"),
        ([{"objects": [0], "after": [1]}, {"objects": [0], "after": [2]}], "object 0 has two orders"),
        ([{"objects": [0], "after": [0]}], "objects wait for each other: 0"),
        ([{"objects": [0], "after": [1]}, {"objects": [1], "after": [0]}], "objects wait for each other: "),
        (
            [{"objects": [0, 3], "after": [1]}, {"objects": [1], "after": [2]}, {"objects": [2], "after": [3]}],
            "objects wait for each other: ",
        ),
        ([{"objects": [0], "after": [1], "of_a_later_version": True}], "of_a_later_version"),
        ([], "order"),
    ],
)
def test_an_order_that_cannot_be_kept_is_refused(entries: list[Any], words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        decoded(entries)
    assert caught.value.reason is Reason.MALFORMED


def test_a_large_order_costs_no_more_than_its_bytes() -> None:
    """Each entry waits for all that stand before it: pairs of objects would be 100 times as many."""
    entries = [Order(objects=tuple(range(at * 20, at * 20 + 20)), after=tuple(range(at * 20))) for at in range(1, 100)]
    began = time.perf_counter()
    found = order.by_object(entries)
    assert len(found) == 1980
    assert time.perf_counter() - began < 1
