"""Cuts an object of the KubeAPI down to what the daemon keeps of it."""

from collections.abc import Mapping
from typing import Any

from pinnace_edge.model import AppKey, Health, Kind, KubeObject, Live, Ref, Status
from pinnace_edge.rules import health, managed_fields
from pinnace_schemas import labels

NOT_SEEN = Health(Status.UNKNOWN)


def live(kind: Kind, item: KubeObject, *, metadata_only: bool = False) -> Live:
    """`kind` is given because items of a list do not name their own."""
    metadata = item["metadata"]
    if not metadata_only:
        # Health rules go by kind; a list leaves it out of its items.
        item = item | {"apiVersion": kind.api_version, "kind": kind.kind}
    return Live(
        ref=Ref(kind, metadata.get("namespace", ""), metadata["name"]),
        uid=metadata.get("uid", ""),
        resource_version=metadata.get("resourceVersion", ""),
        labels=_our_labels(metadata),
        our_fields=managed_fields.our_digest(item),
        health=NOT_SEEN if metadata_only else health.health(item),
        deleting="deletionTimestamp" in metadata,
    )


def app_key(item: KubeObject) -> AppKey | None:
    """The application that the labels name."""
    found = _our_labels(item.get("metadata") or {})
    if labels.APPLICATION not in found or labels.NAMESPACE not in found:
        return None
    return AppKey(found[labels.NAMESPACE], found[labels.APPLICATION])


def _our_labels(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Only ours: planning asks for nothing else, and foreign ones can be long."""
    found = metadata.get("labels") or {}
    return {name: found[name] for name in labels.WRITTEN_AT_SITES if name in found}
