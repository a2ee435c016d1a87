"""Properties as templates declare them, and what several declarations of one property say together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    """One property, or each entry where `is_list`.

    `kind` is `string`, `int` or `bool`, '' for others; `options` are all values that there are, none where there are
    more. `default` is None where there is none. `value` is CUE text where these do not say everything. `fields` are
    what a map holds; None: anything. `is_closed`: it has no other fields, as CUE's own definitions have none.
    """

    name: str
    value: str
    is_needed: bool
    description: str = ""
    fields: "tuple[Declared, ...] | None" = None
    is_list: bool = False
    kind: str = ""
    options: tuple[Any, ...] = ()
    default: Any = None
    is_closed: bool = False


# A map that may have any fields.
OPEN_MAP = Declared("", "a map", is_needed=False)


def map_of(fields: Iterable[Declared], *, is_closed: bool = False) -> Declared:
    """A map without a name."""
    return Declared("", "", is_needed=False, fields=tuple(fields), is_closed=is_closed)


def all_of(maps: Sequence[Declared]) -> Declared:
    """One map with the fields of all; open where one is."""
    if any(item.fields is None for item in maps):
        return OPEN_MAP
    fields = _unified(field for item in maps for field in item.fields or ())
    return map_of(fields, is_closed=any(item.is_closed for item in maps))


def _unified(fields: Iterable[Declared]) -> Iterator[Declared]:
    """Each name once. What differs in two places, such as two branches, may be anything that the evaluation takes."""
    found: dict[str, list[Declared]] = {}
    for item in fields:
        found.setdefault(item.name, []).append(item)
    for items in found.values():
        yield _one(items)


def _one(items: Sequence[Declared]) -> Declared:
    """What one of them has a value for need not be given."""
    first = items[0]
    is_needed = all(item.is_needed for item in items)
    if all(item.fields is not None and not item.is_list for item in items):
        return replace(all_of(items), name=first.name, description=first.description, is_needed=is_needed)
    if all(replace(item, description=first.description, is_needed=first.is_needed) == first for item in items):
        return replace(first, is_needed=is_needed)
    return Declared(first.name, "", is_needed, first.description)
