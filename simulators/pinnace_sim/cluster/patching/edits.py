"""Which patch a request carries, by its content type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.merging import strategic
from pinnace_sim.cluster.patching import json_patch, merge_patch

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def edit(resource: Resource, content_type: str, patch: Any) -> Callable[[Object], Object]:
    """What the patch does to an object. Raises Refused (415; 400 and 422 also later)."""
    if content_type == JSON:
        return lambda live: _object(json_patch.applied(live, patch))
    if content_type not in (MERGE, STRATEGIC) or (content_type == STRATEGIC and resource.is_custom):
        raise errors.unsupported_patch()
    if not isinstance(patch, dict):
        raise errors.bad_request("error decoding patch: it is no object")
    if content_type == MERGE:
        return lambda live: _object(merge_patch.applied(live, patch))
    return lambda live: _strategic(resource, live, patch)


def _strategic(resource: Resource, live: Object, patch: Object) -> Object:
    """The server answers 500 to a patch that makes no sense."""
    try:
        return strategic.merge(resource.fields(), live, patch)
    except ValueError as exc:
        raise errors.mistyped(str(exc)) from exc


def _object(patched: Any) -> Object:
    if not isinstance(patched, dict):
        raise errors.bad_patch()
    return patched
