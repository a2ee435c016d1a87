"""When two JSON values are the same. Python takes True for 1; JSON does not."""

from __future__ import annotations

from typing import Any


def are_same(left: Any, right: Any) -> bool:
    """Whether two values are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if left is right:
        return True
    sort = type(left)
    if sort is not type(right):
        return bool not in (sort, type(right)) and bool(left == right)
    if sort is dict:
        return len(left) == len(right) and all(
            name in right and are_same(each, right[name]) for name, each in left.items()
        )
    if sort is list:
        return len(left) == len(right) and all(map(are_same, left, right))
    return bool(left == right)
