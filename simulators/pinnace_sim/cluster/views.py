"""The forms in which an object can be asked for (the Accept header). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from pinnace_sim.cluster import item
from pinnace_sim.cluster.item import Item
from pinnace_sim.cluster.kinds import Resource


class View(Enum):
    """WHOLE is the object itself; METADATA its metadata alone."""

    WHOLE = "whole"
    METADATA = "metadata"


def of(accept: str) -> View:
    """The first form in an Accept header that can be served; what asks for something else gets whole objects."""
    for part in accept.split(","):
        words = [word.strip() for word in part.split(";")]
        if words[0] != "application/json":
            continue
        if "as=PartialObjectMetadata" in words or "as=PartialObjectMetadataList" in words:
            return View.METADATA
        if not any(word.startswith("as=") for word in words):
            return View.WHOLE
    return View.WHOLE


def shown(view: View, resource: Resource, found: Item) -> bytes:
    """One object."""
    return found.whole(resource) if view is View.WHOLE else found.partial()


def listed(view: View, resource: Resource, found: Iterable[Item], metadata: dict[str, Any]) -> bytes:
    """A list. Items of built-in kinds do not name their own kind."""
    if view is View.METADATA:
        kind, version = "PartialObjectMetadataList", "meta.k8s.io/v1"
        told = [each.partial() for each in found]
    else:
        kind, version = f"{resource.kind}List", resource.api_version
        told = [each.whole(resource) if resource.is_custom else each.without_kind() for each in found]
    head = item.dump({"kind": kind, "apiVersion": version, "metadata": metadata})
    return head[:-1] + b',"items":[' + b",".join(told) + b"]}"
