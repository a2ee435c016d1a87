"""Sets of fields in their wire form."""

from __future__ import annotations

from pinnace_sim.cluster.merging import fields
from pinnace_sim.cluster.merging.fields import Fields

LEAF: Fields = {}
BOTH: Fields = {"f:a": {".": {}, "f:b": {}}}  # a and what is in it
INNER: Fields = {"f:a": {"f:b": {}}}  # only what is in it
OUTER: Fields = {"f:a": {}}


def test_union_has_both() -> None:
    assert fields.union(INNER, OUTER) == fields.union(OUTER, INNER) == BOTH


def test_difference_of_a_field_leaves_what_is_below() -> None:
    assert fields.difference(BOTH, OUTER) == INNER


def test_difference_of_what_is_below_leaves_the_field() -> None:
    assert fields.difference(BOTH, INNER) == OUTER


def test_difference_leaves_no_empty_branches() -> None:
    assert fields.difference(INNER, INNER) == {}
    assert fields.difference(INNER, {"f:a": {"f:b": {}, "f:c": {}}}) == {}


def test_branches_go_with_all_below() -> None:
    assert fields.without_branches(BOTH, OUTER) == {}
    assert fields.without_branches(BOTH, INNER) == OUTER


def test_intersection_has_what_is_in_both() -> None:
    assert fields.intersection(BOTH, INNER) == INNER
    assert fields.intersection(OUTER, INNER) == {}


def test_paths_come_level_by_level() -> None:
    tree: Fields = {"f:b": LEAF, "f:a": {"f:c": LEAF}, 'k:{"port":443}': LEAF, 'k:{"port":80}': LEAF}
    assert list(fields.paths(tree)) == [("f:b",), ('k:{"port":80}',), ('k:{"port":443}',), ("f:a", "f:c")]


def test_set_of_paths_is_what_the_paths_say() -> None:
    assert fields.of_paths([("f:a",), ("f:a", "f:b")]) == BOTH
