"""JSON Merge Patch (RFC 7386): maps merge, null takes away, everything else is replaced."""

from typing import Any


def apply(base: Any, patch: Any) -> Any:
    """The base with the patch, both JSON values; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = apply(merged.get(name), value)
    return merged
