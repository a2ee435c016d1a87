"""What kube-apiserver fills in before it stores an object. Pure; `workloads` has what the OpenAPI does not say.

What a Go struct cannot tell from nothing is dropped from built-in kinds: nulls, empty lists and maps.
"""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.schema import quantities, table, workloads
from pinnace_sim.cluster.schema.types import DEDUCED, Members, Object, Scalar, Type

ZEROS = ("", 0, False)
EMPTY: tuple[Any, ...] = (*ZEROS, [], {})
# Frequent fields that are no pointers: their zero is not stored. The OpenAPI does not tell them from the others.
PLAIN = frozenset(
    {
        "hostIP",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostPort",
        "initialDelaySeconds",
        "key",
        "minReadySeconds",
        "name",
        "nodeName",
        "paused",
        "priorityClassName",
        "publishNotReadyAddresses",
        "readOnly",
        "serviceAccountName",
        "stdin",
        "stdinOnce",
        "subPath",
        "tty",
        "unschedulable",
        "value",
        "workingDir",
    }
)


def blank(kind: Type) -> Object:
    """The object of a built-in kind in which nobody has set anything; `{}` for a custom resource.

    Whoever creates an object owns what differs from this.
    """
    return _blank(kind.members) if kind.members else {}


def defaulted(kind: Type, value: Object, named: tuple[str, str, str]) -> Object:
    """A copy with the server's defaults. `named` is group, version and kind: built-in kinds have some of their own."""
    if kind.members is None:
        return value
    is_built_in = table.of(*named) is not None
    full = _members(kind.members, value, is_built_in)
    if is_built_in:
        workloads.complete(full, named[0], named[2])
    elif "metadata" in full:
        full["metadata"] = _value(kind.members.fields["metadata"], full["metadata"], True)
    return full


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
        kind = members.of(name)
        if not _is_left_out(members, name, each) and not (is_built_in and _is_nothing(members, name, kind, each)):
            full[name] = _value(kind, each, is_built_in) if kind else each
    for name in members.structs:
        if name not in full:
            full[name] = _value(members.fields[name], {}, is_built_in)
    for name, default in members.defaults.items():
        if name not in full and not (is_built_in and default in ZEROS):
            full[name] = _value(members.fields[name], default, is_built_in)
    return full


def _is_left_out(members: Members, name: str, value: Any) -> bool:
    return value is None and name in members.fields and name not in members.nullable


def _is_nothing(members: Members, name: str, kind: Type | None, value: Any) -> bool:
    """Whether a Go struct has no way to tell this value from none (`omitempty`)."""
    if kind is None or name not in members.fields or name in members.required or value not in EMPTY:
        return False
    if type(value) is dict:
        return kind.members is not None and not kind.members.fields and kind.members.element is not DEDUCED
    return type(value) is list or name in PLAIN


def _value(kind: Type, value: Any, is_built_in: bool) -> Any:
    if type(value) is dict and kind.members:
        return _members(kind.members, value, is_built_in)
    if type(value) is list and kind.items and (kind.items.element.members or kind.items.element.items):
        # A Go list of structs has no nulls.
        items = ({} if each is None and is_built_in else each for each in value)
        return [_value(kind.items.element, each, is_built_in) for each in items]
    if kind.scalar is Scalar.QUANTITY and is_built_in and quantities.is_quantity(value):
        return quantities.canonical(value)
    return value
