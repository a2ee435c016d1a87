"""Whether an object has to be made anew: the policy resource-update with fields that no cluster changes in place.

Keeps true: a Namespace is never made anew, since objects of others go with it, and nothing for what a cluster has
filled in.
"""

from collections.abc import Iterable
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import once
from pinnace_schemas import field_paths

_NAMESPACE = "Namespace"
# The KubeAPI refuses a value by these words (status 422): one that is wrong, or one that must not change. What a schema
# does not know, a role or a quota does not allow is refused in others, and would be for a new object too.
_BAD_VALUE = " is invalid: "


def changed_field(wanted: KubeObject, live: KubeObject, paths: Iterable[str]) -> str:
    """The first of `paths` at which `live` is not as wanted; '' if there is none.

    What the cluster has filled in besides does not count, or an object with defaults would be made anew for ever: a
    field that is not wanted any more is another only if we have set it.
    """
    if live.get("kind") == _NAMESPACE:
        return ""
    for path in paths:
        parts = field_paths.parse(path)
        item, found = once.value(wanted, parts), once.value(live, parts)
        is_left_out = item is once.MISSING and not once.is_ours(live, parts)
        if not (is_left_out or _is_as_wanted(item, found)):
            return path
    return ""


def may_help(refusal: str) -> bool:
    """Whether a new object may be taken where a change of the old one is refused with these words."""
    return _BAD_VALUE in refusal


def _is_as_wanted(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(live, dict):
        # A field that is null is one that is not set.
        given = {name: item for name, item in wanted.items() if item is not None}
        return all(name in live and _is_as_wanted(item, live[name]) for name, item in given.items())
    if isinstance(wanted, list) and isinstance(live, list):
        return len(wanted) == len(live) and all(map(_is_as_wanted, wanted, live))
    return bool(wanted == live)
