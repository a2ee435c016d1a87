"""Patches: what unites, what conflicts, and that nothing given is changed. KubeVela's own cases are in tests/compat."""

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinnace_cloud.render import patching
from pinnace_cloud.render.parts import Origin, Output, Part
from pinnace_cloud.render.patching import Conflicting, Strategy, Tag, json_patch, merge_patch

BY_NAME = {"items": Tag(key="name")}

scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"])
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "items", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
json_maps = st.dictionaries(st.sampled_from(["name", "items", "x"]), json_values, max_size=3)


def conflicts(base: Any, patch: Any, tags: dict[str, Tag] | None = None) -> list[str]:
    with pytest.raises(Conflicting) as raised:
        patching.merge(base, patch, tags)
    return [str(item) for item in raised.value.conflicts]


def patched(base: Any, *operations: dict[str, Any]) -> Any:
    return json_patch.apply(base, operations)


def misfit(base: Any, *operations: dict[str, Any]) -> str:
    with pytest.raises(Conflicting) as raised:
        patched(base, *operations)
    return raised.value.message


@pytest.mark.slow
@given(json_maps, json_maps, st.sampled_from(["", "name", "x"]), st.sampled_from([None, *Strategy]))
def test_a_merge_changes_neither_side(
    base: dict[str, Any], patch: dict[str, Any], key: str, strategy: Strategy | None
) -> None:
    before = copy.deepcopy((base, patch))
    with contextlib.suppress(Conflicting):
        patching.merge(base, patch, {"items": Tag(key, strategy)})
    assert (base, patch) == before


@pytest.mark.slow
@given(json_maps)
def test_a_patch_that_says_what_is_there_changes_nothing(base: dict[str, Any]) -> None:
    assert patching.merge(base, copy.deepcopy(base)) == base


@pytest.mark.slow
@given(json_maps)
def test_a_patch_without_fields_changes_nothing(base: dict[str, Any]) -> None:
    assert patching.merge(base, {}, BY_NAME) == base
    assert merge_patch.apply(base, {}) == base
    assert patched(base) == base


def test_every_conflict_is_named_with_its_place() -> None:
    base = {"a": 1, "b": [{"c": "x"}], "d": {"e": None}}
    assert conflicts(base, {"a": 2, "b": [{"c": "y"}], "d": {"e": {}}}) == [
        "a: the patch has the number 2, but the number 1 is there",
        "b[0].c: the patch has the text 'y', but the text 'x' is there",
        "d.e: the patch has a map, but nothing is there",
    ]


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0, False), ("1", 1), ([], {}), (None, {})])
def test_values_of_different_types_conflict(one: Any, other: Any) -> None:
    assert len(conflicts({"a": one}, {"a": other})) == len(conflicts({"a": other}, {"a": one})) == 1


def test_lists_without_a_key_unite_by_position_and_either_may_be_longer() -> None:
    assert patching.merge({"a": [{"x": 1}, {"x": 2}]}, {"a": [{"y": 3}]}) == {"a": [{"x": 1, "y": 3}, {"x": 2}]}
    assert patching.merge({"a": [{"x": 1}]}, {"a": [{}, {"y": 3}]}) == {"a": [{"x": 1}, {"y": 3}]}


def test_a_closed_list_takes_no_longer_one_unless_entries_are_found_by_key() -> None:
    base = {"items": [{"name": "a"}, {"name": "b"}]}
    found = conflicts(base, {"items": [{"x": 1}]}, {"items": Tag(is_closed=True)})
    assert found == ["items: the patch is for 1 in this list, but 2 are there"]
    keyed = {"items": Tag(key="name", is_closed=True)}
    assert patching.merge(base, {"items": [{"name": "b", "x": 1}]}, keyed)["items"][1] == {"name": "b", "x": 1}
    assert conflicts(base, {"items": [{"x": 1}]}, keyed) == found


def test_of_two_entries_with_one_key_the_last_is_taken() -> None:
    found = patching.merge(
        {"items": [{"name": "a"}]}, {"items": [{"name": "b", "x": 1}, {"name": "b", "x": 2}]}, BY_NAME
    )
    assert found == {"items": [{"name": "a"}, {"name": "b", "x": 2}]}


def test_a_list_that_is_not_there_yet_is_taken_as_it_is() -> None:
    items = [{"name": "b"}, {"name": "b"}, {"x": 1}]
    assert patching.merge({}, {"items": items}, BY_NAME) == {"items": items}


def test_keys_of_different_types_are_different() -> None:
    found = patching.merge({"items": [{"name": 1}]}, {"items": [{"name": True}]}, BY_NAME)
    assert found == {"items": [{"name": 1}, {"name": True}]}


def test_entries_whose_key_is_no_scalar_unite_by_position() -> None:
    found = patching.merge({"items": [{"name": {"x": 1}}]}, {"items": [{"name": {"y": 2}}]}, BY_NAME)
    assert found == {"items": [{"name": {"x": 1, "y": 2}}]}


def test_several_keys_count_only_where_the_patch_has_each() -> None:
    tags = {"items": Tag(key="a,b")}
    base = {"items": [{"a": 1}, {"b": 1}]}
    both = patching.merge(base, {"items": [{"b": 1, "x": 1}, {"a": 2}]}, tags)
    assert both == {"items": [{"a": 1}, {"b": 1, "x": 1}, {"a": 2}]}
    assert patching.merge(base, {"items": [{"a": 1, "x": 1}]}, tags) == {"items": [{"a": 1, "x": 1}, {"b": 1}]}
    assert conflicts(base, {"items": [{"a": 2}]}, tags)


def test_an_entry_with_several_of_the_keys_is_added_once() -> None:
    tags = {"items": Tag(key="a,b")}
    assert patching.merge({"items": []}, {"items": [{"a": 2, "b": 2}]}, tags) == {"items": [{"a": 2, "b": 2}]}


def test_lists_in_lists_have_one_length() -> None:
    assert patching.merge({"a": [[1]]}, {"a": [[1], [2]]}) == {"a": [[1], [2]]}
    assert conflicts({"a": [[1, 2]]}, {"a": [[1]]}) == ["a[0]: the patch is for 1 in this list, but 2 are there"]


def test_replace_takes_the_list_of_the_patch() -> None:
    tags = {"items": Tag(key="name", strategy=Strategy.REPLACE)}
    assert patching.merge({"items": [{"name": "a"}]}, {"items": [{"name": "b"}]}, tags) == {"items": [{"name": "b"}]}
    assert patching.merge({"items": [1, 2]}, {"items": []}, tags) == {"items": []}


def test_retained_keys_are_those_of_the_patch() -> None:
    tags = {"items": Tag(key="name", strategy=Strategy.RETAIN_KEYS), "x": Tag(strategy=Strategy.RETAIN_KEYS)}
    base = {"items": [{"name": "a", "old": 1}, {"name": "b", "old": 1}], "x": {"old": 1}}
    found = patching.merge(base, {"items": [{"name": "a", "new": 1}], "x": {"new": 1}}, tags)
    assert found == {"items": [{"name": "a", "new": 1}, {"name": "b", "old": 1}], "x": {"new": 1}}


def test_a_patch_of_the_workload_that_does_not_fit_is_an_error_at_its_place() -> None:
    output = Output((Part({"kind": "Job"}, Origin.WORKLOAD, "task"),))
    assert patching.workload(output, {"spec": {}}).workload == {"kind": "Job", "spec": {}}
    after = patching.workload(output, {"kind": "Deployment"}, path=("properties", "kind"))
    assert after.parts == output.parts
    (found,) = after.diagnostics
    assert found.path == "properties.kind"
    assert found.message == (
        "does not fit here: kind: the patch has the text 'Deployment', but the text 'Job' is there"
    )


# Among them those of RFC 7386, appendix A.
@pytest.mark.parametrize(
    ("base", "patch", "result"),
    [
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "b"}, ["c"], ["c"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_merges_maps_and_null_takes_away(base: Any, patch: Any, result: Any) -> None:
    assert merge_patch.apply(base, patch) == result


@pytest.mark.parametrize(
    ("base", "operation", "result"),
    [
        ({"a": 1}, {"op": "add", "path": "/b", "value": None}, {"a": 1, "b": None}),
        ({"a": 1}, {"op": "add", "path": "/a", "value": 2}, {"a": 2}),
        ({"a": [1, 3]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2, 3]}),
        ({"a": [1]}, {"op": "add", "path": "/a/-", "value": 2}, {"a": [1, 2]}),
        ({"a": [1, 2]}, {"op": "add", "path": "/a/-1", "value": 3}, {"a": [1, 2, 3]}),
        ({"a": 1}, {"op": "add", "path": "", "value": [1]}, [1]),
        ({"a": 1, "b": 2}, {"op": "remove", "path": "/a"}, {"b": 2}),
        ({"a": [1, 2, 3]}, {"op": "remove", "path": "/a/1"}, {"a": [1, 3]}),
        ({"a": [1, 2, 3]}, {"op": "remove", "path": "/a/-1"}, {"a": [1, 2]}),
        ({"a": {"b": 1}}, {"op": "replace", "path": "/a/b", "value": 2}, {"a": {"b": 2}}),
        ({"a": [1, 2]}, {"op": "replace", "path": "/a/0", "value": 3}, {"a": [3, 2]}),
        ({"a": 1}, {"op": "replace", "path": "", "value": {}}, {}),
        ({"a": {"x": 1}, "b": {}}, {"op": "move", "from": "/a/x", "path": "/b/y"}, {"a": {}, "b": {"y": 1}}),
        ({"a": [1, 2, 3]}, {"op": "move", "from": "/a/0", "path": "/a/2"}, {"a": [2, 3, 1]}),
        ({"a": 1}, {"op": "copy", "from": "/a", "path": "/b"}, {"a": 1, "b": 1}),
        ({"a/b": 1, "m~n": 2}, {"op": "remove", "path": "/a~1b"}, {"m~n": 2}),
        ({"a/b": 1, "m~n": 2}, {"op": "remove", "path": "/m~0n"}, {"a/b": 1}),
        ({"~1": 1}, {"op": "remove", "path": "/~01"}, {}),
        ({"a": {"b": [1, None]}}, {"op": "test", "path": "/a", "value": {"b": [1.0, None]}}, {"a": {"b": [1, None]}}),
    ],
)
def test_an_operation_changes_what_its_pointer_names(base: Any, operation: dict[str, Any], result: Any) -> None:
    before = copy.deepcopy(base)
    assert patched(base, operation) == result
    assert base == before


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"op": "add", "path": "/x/y", "value": 1}, "there is no /x/y: 'x' is missing"),
        ({"op": "add", "path": "/list/3", "value": 1}, "there is no /list/3: 3 is outside the list"),
        ({"op": "add", "path": "/text/y", "value": 1}, "there is no /text/y: a value on the way holds nothing"),
        ({"op": "add", "path": "/a"}, "needs 'value'"),
        ({"op": "add", "path": "a", "value": 1}, "'a' is no JSON pointer: it begins with '/'"),
        ({"op": "add", "value": 1}, "needs 'path'"),
        ({"op": "remove", "path": "/x"}, "there is no /x: 'x' is missing"),
        ({"op": "remove", "path": "/list/-"}, "there is no /list/-: '-' is no place in a list"),
        ({"op": "remove", "path": ""}, "the whole object cannot be removed"),
        ({"op": "replace", "path": "/x", "value": 1}, "there is no /x: 'x' is missing"),
        ({"op": "move", "path": "/x"}, "needs 'from'"),
        ({"op": "move", "from": "/map", "path": "/map/x"}, "there is no /map/x: 'map' is missing"),
        ({"op": "copy", "from": "/x", "path": "/y"}, "there is no /x: 'x' is missing"),
        ({"op": "test", "path": "/one", "value": True}, "/one has another value than the test wants"),
        ({"op": "tset", "path": "/one"}, "'tset' is none of add, remove, replace, move, copy, test"),
    ],
)
def test_an_operation_that_does_not_fit_is_named(operation: dict[str, Any], message: str) -> None:
    base = {"one": 1, "list": [1, 2], "map": {"a": 1}, "text": "t"}
    fits = {"op": "test", "path": "/one", "value": 1}
    assert misfit(base, fits, operation) == f"operations[1]: {message}"


def test_operations_are_done_one_after_the_other() -> None:
    add = {"op": "add", "path": "/a", "value": {}}
    assert patched({}, add, {"op": "add", "path": "/a/b", "value": 1}) == {"a": {"b": 1}}


def test_an_operation_does_not_change_what_an_earlier_one_brought() -> None:
    value: dict[str, Any] = {}
    assert patched({}, {"op": "add", "path": "/a", "value": value}, {"op": "add", "path": "/a/b", "value": 1})
    assert value == {}
