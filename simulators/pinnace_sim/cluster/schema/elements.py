"""Steps of a path: how a field, an item of a keyed list and an item of a set are named in fieldsV1 and in messages.

`f:NAME`, `k:{JSON of the keys, sorted}` and `v:JSON` (structured-merge-diff, fieldpath/serialize-pe.go).
"""

from __future__ import annotations

import json
from typing import Any

from pinnace_sim.cluster.schema.types import Items, ListType

Rank = tuple[Any, ...]


def field(name: str) -> str:
    """A member of a map."""
    return f"f:{name}"


def item(items: Items, value: Any) -> str:
    """An item of a list that is not atomic. Raises ValueError, in the KubeAPI's words, if it cannot be told apart."""
    if items.list_type is ListType.SET:
        return f"v:{_text(_scalar(value))}"
    if type(value) is not dict:
        what = "a null element" if value is None else "non-map elements"
        raise ValueError(f"associative list with keys may not have {what}")
    if len(items.keys) == 1 and type(name := value.get(items.keys[0])) is str and name.isalnum() and name.isascii():
        return f'k:{{"{items.keys[0]}":"{name}"}}'  # by far the most frequent, and nothing in it needs an escape
    return f"k:{_text(_keys(items, value))}"


def shown(step: str) -> str:
    """As in a message: `.spec`, `[name="web"]`, `[="x"]`."""
    sort, _, rest = step.partition(":")
    if sort == "f":
        return f".{rest}"
    if sort == "v":
        return f"[={rest}]"
    return f"[{','.join(f'{name}={_text(value)}' for name, value in json.loads(rest).items())}]"


def rank(step: str) -> Rank:
    """The place of a step among its siblings: fields, then items by their keys, then items by their values."""
    sort, _, rest = step.partition(":")
    if sort == "f":
        return 0, rest
    if sort == "v":
        return 2, _value_rank(json.loads(rest))
    return 1, tuple((name, _value_rank(value)) for name, value in json.loads(rest).items())


def _keys(items: Items, value: dict[str, Any]) -> dict[str, Any]:
    members = items.element.members
    defaults = members.defaults if members else {}
    found = {
        key: _whole(value[key]) if key in value else defaults[key]
        for key in sorted(items.keys)
        if key in value or key in defaults
    }
    if not found:
        named = " ".join(f'"{key}"' for key in items.keys)
        omits = f"associative list with keys has an element that omits all key fields [{named}]"
        raise ValueError(f"{omits} (and doesn't have default values for any key fields)")
    return found


def _scalar(value: Any) -> Any:
    if type(value) is dict:
        raise ValueError("associative list without keys has an element that's a map type")
    if type(value) is list:
        raise ValueError("not supported: associative list with lists as elements")
    if value is None:
        raise ValueError("associative list without keys has an element that's an explicit null")
    return _whole(value)


def _whole(value: Any) -> Any:
    """80.0 and 80 name the same item."""
    return int(value) if type(value) is float and value.is_integer() else value


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _value_rank(value: Any) -> Rank:
    """Numbers, strings, booleans: the order of structured-merge-diff's value.Compare."""
    if isinstance(value, bool):
        return 2, value
    return (1, value) if isinstance(value, str) else (0, value)
