"""Turns OpenAPI schemas, as kube-apiserver publishes them or as a CRD carries them, into types. Pure.

The rules are kube-openapi's (pkg/schemaconv/openapi.go): no type means anything, no `items` means untyped, no
declared properties and no `additionalProperties` mean a free-form map, and `x-kubernetes-preserve-unknown-fields` goes
down to all that is inside. Validation rules (pattern, enum, minimum) are not read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pinnace_sim.cluster.schema.types import DEDUCED, UNTYPED, Items, ListType, Members, Scalar, Type

Schema = Mapping[str, Any]
Resolve = Callable[[str], Type]

PRESERVES = "x-kubernetes-preserve-unknown-fields"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
# Named types that are told apart by nothing but their name.
SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": Type(Scalar.QUANTITY),
    "io.k8s.apimachinery.pkg.runtime.RawExtension": UNTYPED,
}
SCALARS = {name: Type(Scalar(name)) for name in ("string", "integer", "number", "boolean")}
FORMATTED = Type(Scalar.ANY)
STRING_FORMATS = ("", "byte")


def reference(schema: Schema) -> str:
    """The name that a schema refers to, '' if it stands for itself."""
    target = schema.get("$ref") or next((part.get("$ref", "") for part in schema.get("allOf", ())[:1]), "")
    return str(target).rpartition("/")[2]


class Reader:
    """Reads schemas that refer to each other. `is_built_in`: a default of `{}` means a struct, not a pointer."""

    def __init__(self, resolve: Resolve, *, is_built_in: bool) -> None:
        self._resolve = resolve
        self._is_built_in = is_built_in

    def read(self, schema: Schema, *, preserves: bool = False) -> Type:
        """The type of a schema or of a reference to one."""
        if name := reference(schema):
            return _for_place(self._resolve(name), schema)
        kind = schema.get("type", "")
        if kind in SCALARS:
            return FORMATTED if kind == "string" and schema.get("format", "") not in STRING_FORMATS else SCALARS[kind]
        preserves = preserves or schema.get(PRESERVES) is True
        items = self._items(schema, preserves) if kind in ("array", "") else None
        members = self._members(schema, preserves) if kind in ("object", "") else None
        return Type(None if kind else Scalar.ANY, items, members)

    def fill(self, fields: dict[str, Type], schema: Schema, *, preserves: bool = False) -> None:
        """Add the declared fields of a struct: separately, because a type may contain itself."""
        preserves = preserves or schema.get(PRESERVES) is True
        for name, each in schema.get("properties", {}).items():
            fields[sys.intern(name)] = self.read(each, preserves=preserves)

    def struct(self, schema: Schema, fields: dict[str, Type]) -> Members:
        """A named struct whose `fields` are filled later."""
        return self._shape(schema, fields, schema.get(PRESERVES) is True)

    def _members(self, schema: Schema, preserves: bool) -> Members:
        fields: dict[str, Type] = {}
        self.fill(fields, schema, preserves=preserves)
        if schema.get("x-kubernetes-embedded-resource"):
            fields |= {"apiVersion": SCALARS["string"], "kind": SCALARS["string"]}
            fields["metadata"] = self._resolve(OBJECT_META)
        return self._shape(schema, fields, preserves)

    def _shape(self, schema: Schema, fields: dict[str, Type], preserves: bool) -> Members:
        declared = schema.get("properties", {})
        defaults = {sys.intern(name): each["default"] for name, each in declared.items() if "default" in each}
        structs = tuple(name for name, value in defaults.items() if value == {}) if self._is_built_in else ()
        return Members(
            fields,
            self._element(schema, preserves),
            schema.get("x-kubernetes-map-type") == "atomic",
            tuple(sys.intern(name) for name in schema.get("required", ())),
            {name: value for name, value in defaults.items() if name not in structs},
            structs,
            tuple(name for name, each in declared.items() if each.get("nullable") is True),
        )

    def _element(self, schema: Schema, preserves: bool) -> Type | None:
        others = schema.get("additionalProperties")
        if others is None:
            return DEDUCED if preserves or not schema.get("properties") else None
        if isinstance(others, Mapping):
            return self.read(others, preserves=preserves)
        return DEDUCED if others else None

    def _items(self, schema: Schema, preserves: bool) -> Items:
        element = self.read(schema["items"], preserves=preserves) if "items" in schema else UNTYPED
        strategy = schema.get("x-kubernetes-patch-strategy", "")
        is_merged = "merge" in strategy.split(",")
        merge_key = schema.get("x-kubernetes-patch-merge-key", "") if is_merged else ""
        list_type, keys = _list_type(schema, is_merged, merge_key)
        return Items(element, list_type, keys, is_merged, sys.intern(merge_key))


def _list_type(schema: Schema, is_merged: bool, merge_key: str) -> tuple[ListType, tuple[str, ...]]:
    """Older types tell it by their patch strategy only."""
    if "x-kubernetes-list-type" in schema:
        keys = tuple(sys.intern(key) for key in schema.get("x-kubernetes-list-map-keys", ()))
        return ListType(schema["x-kubernetes-list-type"]), keys
    if not is_merged:
        return ListType.ATOMIC, ()
    return (ListType.MAP, (sys.intern(merge_key),)) if merge_key else (ListType.SET, ())


def _for_place(kind: Type, schema: Schema) -> Type:
    """A reference may say for its own place that the map is atomic, or how it is patched."""
    if kind.members is None:
        return kind
    is_atomic = schema.get("x-kubernetes-map-type", "atomic" if kind.members.is_atomic else "") == "atomic"
    is_replaced = schema.get("x-kubernetes-patch-strategy") == "replace"
    if (is_atomic, is_replaced) == (kind.members.is_atomic, kind.members.is_replaced):
        return kind
    return replace(kind, members=replace(kind.members, is_atomic=is_atomic, is_replaced=is_replaced))
