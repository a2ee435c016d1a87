"""What is ours in a cluster: exactly what carries our labels for our application. Nothing else is ever touched."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from pinnace_edge.model import AppKey, Kind, KubeObject, Ref
from pinnace_schemas import codec, labels


@dataclass(frozen=True, slots=True)
class Desired:
    """An object as it will be sent: with our labels and its namespace. `digest` is that of its canonical JSON."""

    ref: Ref
    body: KubeObject
    digest: str


def kind_of(item: KubeObject) -> Kind:
    """The kind of a checked bundle object."""
    return Kind(item["apiVersion"], item["kind"])


def desired(item: KubeObject, key: AppKey, group: str, namespace: str) -> Desired:
    """The object to send. `namespace` is '' for a cluster-scoped kind. The bundle's own object is not changed."""
    body = copy.deepcopy(item)
    metadata = body["metadata"]
    metadata.pop("namespace", None)
    if namespace:
        metadata["namespace"] = namespace
    metadata["labels"] = {**(metadata.get("labels") or {}), **_labels(key, group)}
    return Desired(Ref(kind_of(item), namespace, metadata["name"]), body, codec.sha256(codec.canonical(body)))


def owner(found: Mapping[str, str]) -> AppKey | None:
    """The application whose labels these are, or None when it is not ours at all."""
    name = found.get(labels.APPLICATION)
    return AppKey(found.get(labels.NAMESPACE, ""), name) if name else None


def _labels(key: AppKey, group: str) -> dict[str, str]:
    return {labels.APPLICATION: key.name, labels.NAMESPACE: key.namespace, labels.GROUP: group}
