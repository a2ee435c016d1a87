"""Maps that are put together from several places of a document: what they come to, and where each value was written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_schemas.diagnostics import Parts


@dataclass(frozen=True, slots=True)
class Layer:
    """A map as it stands at one place of the document."""

    path: Parts
    value: Mapping[str, Any]


def merge(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Maps merge, everything else is replaced: lists as a whole, and also by null, zero, false and empty values.

    KubeVela's rule for override policies. Changes neither of the two.
    """
    merged = dict(base)
    for key, value in patch.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def place(layers: Iterable[Layer], path: Parts) -> Parts:
    """Where in the document the value at `path` below the merged map was written.

    That is the layer that wrote the longest part of `path`, of several the last. What none wrote any part of, such as a
    field that is missing, belongs to the first.
    """
    first, *more = layers
    best, reach = first, _reach(first.value, path)
    for layer in more:
        depth = _reach(layer.value, path)
        if depth and depth >= reach:
            best, reach = layer, depth
    return (*best.path, *path)


def _reach(value: Any, path: Parts) -> int:
    """How many parts of `path` the value has. Below a list or a scalar it has all: those are never merged."""
    for depth, part in enumerate(path):
        if not isinstance(value, Mapping):
            return len(path)
        if part not in value:
            return depth
        value = value[part]
    return len(path)
