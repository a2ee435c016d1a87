"""Writes the value of an input into the properties of a component or of one of its traits.

What is missing on the way is created, as in KubeVela; a list is filled up with empty maps to the entry that is written
as a whole. A reference can stand only where a container takes one: in the value of an environment variable.
"""

from dataclasses import replace
from typing import Any

from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.flow.errors import PassingError
from pinnace_cloud.render.flow.values import Known, Later
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.diagnostics import Parts

# Of a list that a mistyped index would fill up.
MAX_ENTRIES = 1000


def filled(draft: Draft, key: Parts, value: Known | Later) -> Draft:
    """A draft with the value at `key`, which begins with `properties` or `traits`. Raises PassingError."""
    match key:
        case ("properties", *rest) if rest:
            properties = _filled(draft.component.properties, tuple(rest), value)
            return replace(draft, component=draft.component.model_copy(update={"properties": properties}))
        case ("traits", int(index), "properties", *rest) if rest and index < len(draft.traits):
            return _with_trait(draft, index, tuple(rest), value)
    raise PassingError(f"there is no '{diagnostics.join_path(key)}' here that could be filled")


def _with_trait(draft: Draft, index: int, path: Parts, value: Known | Later) -> Draft:
    old = draft.traits[index]
    trait = old.trait.model_copy(update={"properties": _filled(old.trait.properties, path, value)})
    return draft.with_traits((*draft.traits[:index], replace(old, trait=trait), *draft.traits[index + 1 :]))


def _filled(properties: dict[str, Any], path: Parts, value: Known | Later) -> Any:
    if isinstance(value, Known):
        return _put(properties, path, value.value, ())
    match path:
        case (*parents, "env", int(index), "value"):
            return _referring(properties, (*parents, "env", index), value)
    message = "the value exists only at a site, as a key of a Secret; it can be the value of an environment variable"
    raise PassingError(f"{message}, such as env[0].value")


def _referring(properties: dict[str, Any], path: Parts, value: Later) -> Any:
    """The variable at `path` gets its value from the Secret."""
    marked = _put(properties, (*path, "valueFrom"), {"secretKeyRef": {"name": value.secret, "key": value.key}}, ())
    variable = marked
    for part in path:
        variable = variable[part]
    return _put(marked, path, {name: item for name, item in variable.items() if name != "value"}, ())


def _put(base: Any, path: Parts, value: Any, done: Parts) -> Any:
    """A copy of `base`, which stands at `done`, with another value at `path` below it."""
    if not path:
        return value
    head, rest, here = path[0], path[1:], (*done, path[0])
    if isinstance(head, int):
        items = _entries(base, head, bool(rest), done)
        return [*items[:head], _put(items[head], rest, value, here), *items[head + 1 :]]
    if base is not None and not isinstance(base, dict):
        raise PassingError(f"'{diagnostics.join_path(done)}' must be a map, got {fields.describe(base)}")
    return {**(base or {}), head: _put((base or {}).get(head), rest, value, here)}


def _entries(base: Any, index: int, is_inside: bool, done: Parts) -> list[Any]:
    """The list with an entry at `index`; one that something is written into must be there."""
    if base is not None and not isinstance(base, list):
        raise PassingError(f"'{diagnostics.join_path(done)}' must be a list, got {fields.describe(base)}")
    items = list(base or ())
    if index >= (len(items) if is_inside else max(len(items), MAX_ENTRIES)):
        raise PassingError(f"'{diagnostics.join_path(done)}' has no entry {index}; it has {len(items)}")
    return items + [{} for _ in range(index + 1 - len(items))]
