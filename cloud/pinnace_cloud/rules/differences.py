"""What would change at the sites: unified diffs of rendered objects, as a person reads them. Pure."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pinnace_schemas.bundle import Bundle, KubeObject
from pinnace_schemas.handling import Handling


def unified(before: bytes | None, after: bytes | None, name: str) -> str:
    """Diff of two bundles (None: there is none). Objects are matched by kind and name, fields in order of keys.

    What policies ask of an object stands above it.
    """
    old, new = _lines(before), _lines(after)
    return "\n".join(difflib.unified_diff(old, new, f"{name} (released)", f"{name} (after apply)", lineterm="", n=3))


def _lines(plain: bytes | None) -> list[str]:
    if plain is None:
        return []
    found = Bundle.model_validate_json(plain)
    handling = found.policy.by_object
    legacy = ["# what earlier revisions named stays until the application goes"] if found.policy.keep_legacy else []
    blocks = [(_name(item), _handled(handling.get(index)), item) for index, item in enumerate(found.objects)]
    blocks.sort(key=lambda block: block[0])
    return [*legacy, *(line for name, handled, item in blocks for line in (f"# {name}", *handled, *_plain(item)))]


def _handled(handling: Handling | None) -> tuple[str, ...]:
    return (f"# handled: {handling.text}",) if handling is not None else ()


def _name(item: Mapping[str, Any]) -> str:
    metadata = item["metadata"]
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{item['apiVersion']} {item['kind']} {namespace}{metadata['name']}"


def _plain(item: KubeObject) -> list[str]:
    return json.dumps(item, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
