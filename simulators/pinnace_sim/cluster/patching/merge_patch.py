"""JSON Merge Patch (RFC 7386)."""

from __future__ import annotations

from typing import Any


def applied(target: Any, patch: Any) -> Any:
    """The target with the patch in it; the target itself is left alone."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = applied(merged.get(name), value)
    return merged
