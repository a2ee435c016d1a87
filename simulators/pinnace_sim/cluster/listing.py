"""Lists objects, page by page. A list that is continued goes on behind the last name, as of its first page's version.

Unlike etcd, the store keeps no old versions: later pages show objects as they are now, with what came and went since.
A continuation is refused (410) once so much was written that a watch could not be resumed either.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from pinnace_sim.cluster import errors, views
from pinnace_sim.cluster.item import Item
from pinnace_sim.cluster.store import Store
from pinnace_sim.cluster.watching import Scope

EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You must start a new list without "
    "the continue parameter."
)


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` 0 is no limit; `token` is that of the page before, '' for the first one."""

    limit: int = 0
    token: str = ""


def page(store: Store, scope: Scope, wanted: Page) -> bytes:
    """A list document. Raises Refused (400, 410)."""
    revision, after = _read(wanted.token) if wanted.token else (store.revision, ("", ""))
    if wanted.token and revision < store.oldest:
        raise errors.expired(EXPIRED)
    found = [item for item in store.all(scope.resource.key, scope.namespace) if scope.has(item)]
    found = [item for item in found if _place(item) > after] if wanted.token else found
    shown = found[: wanted.limit] if wanted.limit else found
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    if len(shown) < len(found):
        metadata["continue"] = _write(revision, shown[-1])
        if not scope.selection.labels and not scope.selection.fields:
            metadata["remainingItemCount"] = len(found) - len(shown)
    return views.listed(scope.view, scope.resource, shown, metadata)


def _place(item: Item) -> tuple[str, str]:
    return item.key.namespace, item.key.name


def _write(revision: int, last: Item) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": _place(last)})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(token: str) -> tuple[int, tuple[str, str]]:
    try:
        found = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, name = found["start"]
        return int(found["rv"]), (namespace, name)
    except (binascii.Error, ValueError, TypeError, KeyError) as exc:
        raise errors.bad_request(f"invalid continue token: continue key is not valid: {exc}") from exc
