"""One object as it is stored: JSON in two pieces, so that most answers are put together without reading it.

An object that is not in use costs its text only: some hundred of them fit into the memory of one parsed one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pinnace_sim.cluster.kinds import Resource

Object = dict[str, Any]

METADATA_KIND = b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1"'


@dataclass(frozen=True, slots=True)
class Key:
    """Where an object is stored. `resource` is Resource.key; `namespace` is '' for cluster-scoped kinds."""

    resource: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """`metadata` and `body` are JSON texts: the metadata, and the members besides it, without braces.

    apiVersion and kind are not stored: the resource that is asked names them, as kube-apiserver does for custom
    resources without a conversion.
    """

    key: Key
    uid: str
    revision: int
    labels: Mapping[str, str]
    owners: tuple[str, ...]
    is_leaving: bool
    written_at: datetime
    metadata: bytes
    body: bytes

    def whole(self, resource: Resource) -> bytes:
        """The object as JSON."""
        return _head(resource) + self.without_kind()[1:]

    def without_kind(self) -> bytes:
        """As lists of built-in kinds show it."""
        rest = b"," + self.body if self.body else b""
        return b'{"metadata":' + self.metadata + rest + b"}"

    def partial(self) -> bytes:
        """The metadata alone, as PartialObjectMetadata."""
        return METADATA_KIND + b',"metadata":' + self.metadata + b"}"

    def read(self, resource: Resource) -> Object:
        """A copy that the caller may change."""
        found: Object = json.loads(self.whole(resource))
        return found


def pack(resource: Resource, item: Object, revision: int | None, now: datetime) -> Item:
    """The stored form, written now under this resourceVersion; None is for what is not to be stored.

    Changes nothing in `item` but its resourceVersion.
    """
    metadata = item["metadata"]
    metadata.pop("resourceVersion", None)
    if revision is not None:
        metadata["resourceVersion"] = str(revision)
    rest = {name: value for name, value in item.items() if name not in ("apiVersion", "kind", "metadata")}
    namespace = metadata.get("namespace", "") if resource.is_namespaced else ""
    return Item(
        key=Key(resource.key, namespace, metadata["name"]),
        uid=metadata["uid"],
        revision=revision or 0,
        labels=metadata.get("labels") or {},
        owners=tuple({owner["uid"]: None for owner in metadata.get("ownerReferences") or ()}),
        is_leaving="deletionTimestamp" in metadata,
        written_at=now,
        metadata=dump(metadata),
        body=dump(rest)[1:-1],
    )


def dump(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")


def _head(resource: Resource) -> bytes:
    return f'{{"kind":"{resource.kind}","apiVersion":"{resource.api_version}",'.encode()
