"""What `status.details` of a definition says: a map of fields, each with a value of its own.

As in KubeVela: a field without a value is shown as CUE's own word for that; what begins with `$`, or has the attribute
`@local` or `@private`, is for other texts or for nobody; a name of 32 signs or more is left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pinnace_cloud.definitions import brackets, sources

_LONGEST_NAME = 32
_UNSEEN = ("local", "private")


@dataclass(frozen=True, slots=True)
class Details:
    """`values` are what other texts find as `context.status.details`; `shown` are for people."""

    values: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


def read(text: str, found: Mapping[str, str]) -> Details:
    """`found` is what `sources.with_fields` gives for the text."""
    unseen = _unseen(text)
    own = {name: value for name, value in found.items() if len(name) < _LONGEST_NAME and name not in unseen}
    values = {name: json.loads(value) for name, value in own.items() if value != sources.ABSENT}
    shown = {name: _shown(values[name]) if name in values else sources.ABSENT for name in own if name[0] != "$"}
    return Details(values, shown)


def _unseen(text: str) -> frozenset[str]:
    """Fields with an attribute that hides them."""
    try:
        elements = tuple(brackets.elements(brackets.read(text)))
    except ValueError:
        return frozenset()
    return frozenset(str(element[0]).strip('"') for element in elements if _is_unseen(element))


def _is_unseen(element: brackets.Items) -> bool:
    return any(sign == "@" and name in _UNSEEN for sign, name in pairwise(element))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
