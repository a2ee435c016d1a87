"""When two JSON values are the same. Python takes True for 1; JSON does not."""

from __future__ import annotations

from typing import Any


def are_same(left: Any, right: Any) -> bool:
    """Whether two values are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if left is right:
        return True
    if left != right:
        return False
    sort = type(left)
    if sort is str:
        return True
    if sort is dict:
        return all(are_same(each, right[name]) for name, each in left.items())
    if sort is list:
        return all(are_same(a, b) for a, b in zip(left, right, strict=True))
    return (sort is bool) == (type(right) is bool)
