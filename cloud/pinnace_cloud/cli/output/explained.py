"""An explanation as text: a head, a description, and two lines for each field."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pinnace_cloud.explaining.explanation import Explanation
from pinnace_cloud.explaining.fields import Field

_INDENT = "  "
# A default of nothing is what a field that is left out means anyway.
_NO_DEFAULTS: tuple[Any, ...] = (None, "", [], {})


def lines(found: Explanation, *, is_deep: bool) -> Iterator[str]:
    """`is_deep`: with the fields within fields."""
    yield f"{found.sort.upper()}  {found.name} ({found.distribution})"
    if found.path:
        yield f"FIELD  {found.path} <{found.type}>"
    if found.replacement:
        yield f"DEPRECATED  use {found.replacement}"
    if found.description:
        yield from ("", found.description)
    if found.fields:
        yield from ("", "FIELDS")
        yield from _fields(found.fields, _INDENT, is_deep=is_deep)
    elif not found.path:
        yield from ("", "It takes no properties." if found.type == "map" else f"PROPERTIES  <{found.type}>")


def _fields(fields: Iterable[Field], indent: str, *, is_deep: bool) -> Iterator[str]:
    for field in fields:
        yield f"{indent}{field.name} <{field.type}>{_more(field)}"
        if field.description:
            yield f"{indent}{_INDENT * 2}{field.description}"
        if is_deep:
            yield from _fields(field.fields, indent + _INDENT, is_deep=True)


def _more(field: Field) -> str:
    if field.required:
        return ", required"
    return "" if field.default in _NO_DEFAULTS else f", default {json.dumps(field.default)}"
