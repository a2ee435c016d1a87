"""Custom resources merge and check by the schema of their definition."""

from __future__ import annotations

from typing import Any

import pytest

from pinnace_sim.cluster.merging import fieldsets
from pinnace_sim.cluster.schema import checking, custom, defaults, strict
from pinnace_sim.cluster.schema.types import Object, Type

ANYTHING = {"list": [{"a": 1}], "map": {"b": {"c": True}}}
GADGET = ("example.com", "v1", "Gadget")


def with_spec(**properties: Any) -> Type:
    spec = {"type": "object", "properties": properties}
    return custom.structural({"type": "object", "properties": {"spec": spec}})


def spec_fields(kind: Type, **spec: Any) -> Any:
    return fieldsets.of(kind, {"spec": spec}).get("f:spec")


def test_list_is_atomic_unless_it_says_otherwise() -> None:
    strings = {"type": "array", "items": {"type": "string"}}
    kind = with_spec(plain=strings, unique=strings | {"x-kubernetes-list-type": "set"})
    assert spec_fields(kind, plain=["a"], unique=["a"]) == {"f:plain": {}, "f:unique": {'v:"a"': {}}}


def test_keys_are_sorted_by_name_and_keep_their_types() -> None:
    part = {"type": "object", "properties": {"zone": {"type": "string"}, "id": {"type": "integer"}}}
    keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["zone", "id"]}
    kind = with_spec(parts={"type": "array", "items": part} | keys)
    item: Object = {".": {}, "f:id": {}, "f:zone": {}}
    assert spec_fields(kind, parts=[{"zone": 'a"b', "id": 1.0}]) == {"f:parts": {'k:{"id":1,"zone":"a\\"b"}': item}}


@pytest.mark.parametrize("schema", [None, {"type": "object", "x-kubernetes-preserve-unknown-fields": True}])
def test_without_a_schema_maps_are_taken_apart_and_lists_are_not(schema: Any) -> None:
    kind = custom.structural(schema)
    assert checking.problems(kind, ANYTHING) == ()
    assert fieldsets.of(kind, ANYTHING) == {
        "f:list": {},
        "f:map": {".": {}, "f:b": {".": {}, "f:c": {}}},
    }


def test_metadata_is_that_of_every_object() -> None:
    (problem,) = checking.problems(with_spec(), {"metadata": {"labels": {"a": 1}}})
    assert problem.path == ".metadata.labels.a"


def test_int_or_string_takes_both() -> None:
    kind = with_spec(port={"x-kubernetes-int-or-string": True})
    assert not checking.problems(kind, {"spec": {"port": 80}})
    assert not checking.problems(kind, {"spec": {"port": "http"}})


def test_undeclared_field_is_refused() -> None:
    kind = with_spec(size={"type": "integer"})
    assert strict.unknown_fields(kind, {"spec": {"siz": 1}}) == ('unknown field "spec.siz"',)


def test_defaults_are_filled_in_also_zeros_and_inside_of_defaults() -> None:
    inner = {"type": "object", "default": {}, "properties": {"deep": {"type": "string", "default": ""}}}
    kind = with_spec(size={"type": "integer", "default": 0}, inner=inner)
    assert defaults.defaulted(kind, {"spec": {}}, GADGET)["spec"] == {"size": 0, "inner": {"deep": ""}}


def test_null_is_dropped_unless_it_is_a_value() -> None:
    kind = with_spec(size={"type": "integer"}, maybe={"type": "integer", "nullable": True})
    assert defaults.defaulted(kind, {"spec": {"size": None, "maybe": None}}, GADGET)["spec"] == {"maybe": None}


def test_required_field_may_be_empty_and_not_absent() -> None:
    spec = {"type": "object", "required": ["name", "zone"], "properties": {"name": {"type": "string"}, "zone": {}}}
    kind = custom.structural({"type": "object", "properties": {"spec": spec}})
    assert strict.missing_fields(kind, {"spec": {"name": ""}}) == ("spec.zone",)


def test_embedded_object_is_checked_as_one() -> None:
    embedded = {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
    kind = with_spec(template=embedded)
    (problem,) = checking.problems(kind, {"spec": {"template": {"metadata": {"name": 5}, "data": {}}}})
    assert problem.path == ".spec.template.metadata.name"
