"""Maps that are put together from several places of a document: what they come to, and where each value was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pinnace_schemas.diagnostics import Parts


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A map as it stands at one place of the document, and the layer that it was merged into.

    A chain, so that each of thousands of overrides adds one layer and copies none.
    """

    path: Parts
    value: Mapping[str, Any]
    below: "Layer | None" = field(default=None, repr=False)

    @property
    def downwards(self) -> Iterator["Layer"]:
        """This one, and all below."""
        layer: Layer | None = self
        while layer is not None:
            yield layer
            layer = layer.below


def merge(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Maps merge, everything else is replaced: lists as a whole, and also by null, zero, false and empty values.

    KubeVela's rule for override policies. Changes neither of the two.
    """
    merged = dict(base)
    for key, value in patch.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def place(top: Layer, path: Parts) -> Parts:
    """Where in the document the value at `path` below the merged map was written.

    That is the layer that wrote the longest part of `path`, of several the last. What none wrote any part of, such as a
    field that is missing, belongs to the first.
    """
    best, reach = top, 0
    for layer in top.downwards:
        depth = _reach(layer.value, path)
        if depth > reach or (not reach and layer.below is None):
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
