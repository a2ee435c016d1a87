"""The whole object that is written besides the apply where the policy resource-update asks for `op: replace`.

Keeps true: what others have added goes, but for what the cluster itself keeps in an object, and for fields that a
policy leaves to others. Changes nothing that it was given.
"""

import copy
from collections.abc import Iterable
from typing import Any

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import once
from pinnace_schemas import field_paths
from pinnace_schemas.field_paths import Parts

# By the first two nothing is written over that was not seen; without the others the cluster would lose who still has
# to clean up, and what the object goes with.
_KEPT = ("uid", "resourceVersion", "finalizers", "ownerReferences")


def whole(body: KubeObject, leave: Iterable[str], live: KubeObject) -> KubeObject:
    """`body` as the only content of `live`, with what stands there at the paths `leave`, whoever wrote it.

    Finalizers are those of `live`: which of them are ours only an apply knows.
    """
    found = copy.deepcopy(body)
    found["metadata"] |= {name: live["metadata"][name] for name in _KEPT if name in live["metadata"]}
    if "status" in live:  # of a kind without a subresource it would be written over
        found["status"] = live["status"]
    for path in leave:
        parts = field_paths.parse(path)
        place = once.place(body, live, parts)
        value = once.MISSING if place is None else once.value(live, place)
        if value is not once.MISSING:
            _set(found, parts, value)
    return found


def _set(body: KubeObject, parts: Parts, wanted: Any) -> None:
    """Makes the maps on the way there; what leads through an item of a list that is not wanted is left out."""
    place: Any = body
    *parents, last = parts
    for part in parents:
        place = place.setdefault(part, {}) if isinstance(place, dict) else once.value(place, (part,))
    is_item = isinstance(place, list) and isinstance(last, int) and last < len(place)
    if is_item or isinstance(place, dict):
        place[last] = copy.deepcopy(wanted)
