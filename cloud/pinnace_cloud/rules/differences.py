"""What would change at the sites: unified diffs of rendered objects, as a person reads them. Pure."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pinnace_schemas.bundle import KubeObject


def unified(before: bytes | None, after: bytes | None, name: str) -> str:
    """Diff of two bundles (None: there is none). Objects are matched by kind and name, fields in order of keys."""
    old, new = _lines(before), _lines(after)
    return "\n".join(difflib.unified_diff(old, new, f"{name} (released)", f"{name} (after apply)", lineterm="", n=3))


def _lines(plain: bytes | None) -> list[str]:
    if plain is None:
        return []
    objects: list[KubeObject] = json.loads(plain)["objects"]
    return [line for item in sorted(objects, key=_name) for line in (f"# {_name(item)}", *_plain(item))]


def _name(item: Mapping[str, Any]) -> str:
    metadata = item["metadata"]
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{item['apiVersion']} {item['kind']} {namespace}{metadata['name']}"


def _plain(item: KubeObject) -> list[str]:
    return json.dumps(item, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
