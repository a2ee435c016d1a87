"""Whether an object has to be made anew: the policy resource-update with fields that no cluster changes in place."""

from collections.abc import Iterable
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import once
from pinnace_schemas import field_paths


def changed_field(wanted: KubeObject, live: KubeObject, paths: Iterable[str]) -> str:
    """The first of `paths` at which `live` is not as wanted; '' if there is none.

    What the cluster has filled in besides does not count, or an object with defaults would be made anew for ever.
    """
    for path in paths:
        parts = field_paths.parse(path)
        if not _is_as_wanted(once.value(wanted, parts), once.value(live, parts)):
            return path
    return ""


def _is_as_wanted(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(live, dict):
        return all(name in live and _is_as_wanted(item, live[name]) for name, item in wanted.items())
    if isinstance(wanted, list) and isinstance(live, list):
        return len(wanted) == len(live) and all(map(_is_as_wanted, wanted, live))
    return bool(wanted == live)
