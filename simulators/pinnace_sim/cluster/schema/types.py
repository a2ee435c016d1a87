"""What may stand at one place of an object, as the KubeAPI's merging sees it.

A `Type` says what is allowed there: a scalar, a list, a map, or several of them (a field whose type nobody declared
takes all three). The words are those of structured-merge-diff (sigs.k8s.io/structured-merge-diff, schema/elements.go)
and of OpenAPI's `x-kubernetes-*` extensions. Values only; types may contain themselves, so they are never compared or
printed as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Object = dict[str, Any]


class Scalar(Enum):
    """A single value. ANY takes every scalar: times, int-or-string."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    QUANTITY = "quantity"
    ANY = "any"


class ListType(Enum):
    """How the items of a list are told apart (`x-kubernetes-list-type`)."""

    ATOMIC = "atomic"
    SET = "set"
    MAP = "map"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Items:
    """A list. `keys` name an item of a MAP. `merge_key` is for strategic merge patches: "" replaces the list, unless it
    is merged by value (`is_merged` without a key)."""

    element: Type
    list_type: ListType = ListType.ATOMIC
    keys: tuple[str, ...] = ()
    is_merged: bool = False
    merge_key: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Members:
    """A map or a struct.

    `fields` are the declared ones. `element` is the type of every other member; None refuses undeclared names.
    `required` and `defaults` are OpenAPI's. `structs` are fields that are always there in kube-apiserver's own
    form of a built-in kind, `{}` if nobody sets them. `nullable` fields of
    a custom resource may be null; elsewhere null is nothing. `is_replaced`: a strategic merge patch does
    not merge it. An atomic map has one owner as a whole.
    """

    fields: Mapping[str, Type]
    element: Type | None = None
    is_atomic: bool = False
    required: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    structs: tuple[str, ...] = ()
    nullable: tuple[str, ...] = ()
    is_replaced: bool = False

    def of(self, name: str) -> Type | None:
        """The type of one member; None if there can be none of this name."""
        return self.fields.get(name) or self.element


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Type:
    """At least one of the three is there."""

    scalar: Scalar | None = None
    items: Items | None = None
    members: Members | None = None


def _undeclared(*, is_atomic: bool) -> Type:
    """Anything. Its members are of this very type, which no constructor can say."""
    made = Type.__new__(Type)
    inner = made if is_atomic else UNTYPED
    for name, value in (
        ("scalar", Scalar.ANY),
        ("items", Items(inner)),
        ("members", Members({}, made, is_atomic=is_atomic)),
    ):
        object.__setattr__(made, name, value)
    return made


# Owned as a whole, wherever it is (`__untyped_atomic_` of structured-merge-diff).
UNTYPED = _undeclared(is_atomic=True)
# Taken apart map by map, with lists as a whole: a field whose type nobody declared (`__untyped_deduced_`).
DEDUCED = _undeclared(is_atomic=False)
