"""What kube-apiserver fills in before it stores an object. Pure; `workloads` has what the OpenAPI does not say.

Nulls of built-in kinds are dropped, as a Go struct drops them.
"""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.schema.types import Members, Object, Type

ZEROS = ("", 0, False)


def blank(kind: Type) -> Object:
    """The object of a built-in kind in which nobody has set anything; `{}` for a custom resource.

    Whoever creates an object owns what differs from this.
    """
    return _blank(kind.members) if kind.members else {}


def filled(kind: Type, value: Object, *, is_built_in: bool) -> Object:
    """A copy with the defaults of the OpenAPI."""
    return _members(kind.members, value, is_built_in) if kind.members else value


def _blank(members: Members) -> Object:
    empty: Object = {}
    for name, kind in members.fields.items():
        if name in members.structs:
            empty[name] = _blank(kind.members) if kind.members else {}
        elif name in members.required and name not in members.defaults:
            empty[name] = None
    return empty


def _members(members: Members, value: Object, is_built_in: bool) -> Object:
    full: Object = {}
    for name, each in value.items():
        if each is not None or not is_built_in:
            kind = members.of(name)
            full[name] = _value(kind, each, is_built_in) if kind else each
    for name in members.structs:
        if name not in full:
            full[name] = filled(members.fields[name], {}, is_built_in=is_built_in)
    for name, default in members.defaults.items():
        if full.get(name) is None and not (is_built_in and default in ZEROS):
            full[name] = _value(members.fields[name], default, is_built_in)
    return full


def _value(kind: Type, value: Any, is_built_in: bool) -> Any:
    if type(value) is dict and kind.members:
        return _members(kind.members, value, is_built_in)
    if type(value) is list and kind.items and (kind.items.element.members or kind.items.element.items):
        return [_value(kind.items.element, each, is_built_in) for each in value]
    return value
