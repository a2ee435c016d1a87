"""What is sent of an object whose fields are partly left to others: the policy apply-once, with paths.

A field that we still own is sent as it is now; one that we no longer own is not sent, so that it stays with whoever
took it. Changes nothing that it was given.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import managed_fields
from pinnace_edge.rules.managed_fields import NO_FIELDS, Fields
from pinnace_schemas import field_paths
from pinnace_schemas.field_paths import Parts

# What stands at a path that leads nowhere.
MISSING = object()


def adapted(body: KubeObject, live: KubeObject, paths: Iterable[str]) -> KubeObject:
    """`body` with what stands at `paths` in `live`. A path that leads through what `body` lacks changes nothing."""
    found = copy.deepcopy(body)
    for path in paths:
        parts = field_paths.parse(path)
        there = place(body, live, parts)
        if there is not None:
            _set(found, parts, value(live, there) if is_ours(live, there) else MISSING)
    return found


def is_ours(live: KubeObject, parts: Parts) -> bool:
    """Whether we own what stands there, or something in it."""
    entry = managed_fields.ours(live)
    return entry is not None and _is_owned(entry.fields, live, parts)


def place(body: Any, live: Any, parts: Parts) -> Parts | None:
    """The same path in `live`, where items of a list may stand elsewhere: webhooks put containers before ours. None for
    what is in an item that is new."""
    entry = managed_fields.ours(live)
    fields, there = entry.fields if entry else None, list[str | int]()
    for part in parts:
        found = _number(value(body, (part,)), part, live, fields or NO_FIELDS) if isinstance(part, int) else part
        if found is None:
            return None
        body, live = value(body, (part,)), value(live, (found,))
        fields = _child(fields, live, found) if fields else None
        there.append(found)
    return tuple(there)


def _number(item: Any, number: int, live: Any, fields: Fields) -> int | None:
    """Where an item of the body stands in `live`; None if it does not. A list that is one value has no order but its
    own."""
    names = next((tuple(key) for key in managed_fields.item_keys(fields)), ())
    if not (names and isinstance(item, Mapping) and isinstance(live, list)):
        return number
    key = {name: item[name] for name in names if name in item}
    return next((at for at, each in enumerate(live) if managed_fields.has_keys(each, key)), None)


def value(item: Any, parts: Parts) -> Any:
    """What stands there; MISSING where nothing does."""
    for part in parts:
        if isinstance(part, int):
            item = item[part] if isinstance(item, list) and part < len(item) else MISSING
        else:
            item = item.get(part, MISSING) if isinstance(item, Mapping) else MISSING
    return item


def _is_owned(fields: Fields | None, live: Any, parts: Parts) -> bool:
    """Whether our entry names the field, something in it, or the list that it is part of as one value."""
    for part in parts:
        if not fields:
            break
        live = value(live, (part,))
        fields = _child(fields, live, part)
    return fields is not None


def _child(fields: Fields, item: Any, part: str | int) -> Fields | None:
    return managed_fields.item_of(fields, item) if isinstance(part, int) else managed_fields.child(fields, f"f:{part}")


def _set(body: KubeObject, parts: Parts, wanted: Any) -> None:
    *parents, last = parts
    parent = value(body, tuple(parents))
    if isinstance(parent, dict) and isinstance(last, str):
        if wanted is MISSING:
            parent.pop(last, None)
        else:
            parent[last] = wanted
    elif isinstance(parent, list) and isinstance(last, int) and last < len(parent) and wanted is not MISSING:
        parent[last] = wanted
