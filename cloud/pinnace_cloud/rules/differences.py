"""What would change at the sites: unified diffs of rendered objects, as a person reads them. Pure."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pinnace_cloud.render import remarks
from pinnace_schemas import labels
from pinnace_schemas.bundle import Bundle, KubeObject


def unified(before: bytes | None, after: bytes | None, name: str) -> str:
    """Diff of two bundles (None: there is none). Objects are matched by kind and name, fields in order of keys.

    What policies ask of an object stands above it, and how definitions judge above all.
    """
    old, new = _lines(before), _lines(after)
    return "\n".join(difflib.unified_diff(old, new, f"{name} (released)", f"{name} (after apply)", lineterm="", n=3))


def _lines(plain: bytes | None) -> list[str]:
    if plain is None:
        return []
    found = Bundle.model_validate_json(plain)
    comments = remarks.of(found.policy, tuple(map(_component, found.objects)), found.health)
    legacy = ["what earlier revisions named stays until the application goes"] if found.policy.keep_legacy else []
    health = found.health.lines() if found.health else ()
    blocks = [((_name(item), *comments.get(index, ())), item) for index, item in enumerate(found.objects)]
    blocks.sort(key=lambda block: block[0][0])
    above_all = [f"# {text}" for text in (*legacy, *health)]
    return [*above_all, *(line for above, item in blocks for line in (*(f"# {text}" for text in above), *_plain(item)))]


def _component(item: KubeObject) -> str:
    """Its own name where it belongs to none."""
    return str((item["metadata"].get("labels") or {}).get(labels.COMPONENT) or _name(item))


def _name(item: Mapping[str, Any]) -> str:
    metadata = item["metadata"]
    namespace = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{item['apiVersion']} {item['kind']} {namespace}{metadata['name']}"


def _plain(item: KubeObject) -> list[str]:
    return json.dumps(item, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
