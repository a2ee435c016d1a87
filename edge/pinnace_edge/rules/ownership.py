"""What is ours in a cluster: exactly what carries our labels for our application. Nothing else is ever touched."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from pinnace_edge.model import AppKey, Kind, KubeObject, Ref
from pinnace_schemas import codec, labels
from pinnace_schemas.handling import USUAL, Handling, Prune

_SECRET = Kind("v1", "Secret")
_YES = "true"
# Only policies of the bundle give these; the ownership labels are overwritten anyway.
_POLICY_LABELS = frozenset({labels.PRUNE, labels.SHARED})
# What only a KubeAPI writes, and what comes along when an object was copied out of another cluster. An old
# resourceVersion or uid would make each apply a conflict, for ever. The namespace is set anew.
_NOT_SENT = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "namespace"}
)


@dataclass(frozen=True, slots=True)
class Desired:
    """An object as it will be sent: with our labels and its namespace. `digest` is that of its canonical JSON.

    `handling` is what is otherwise with it than usual; its `objects` mean nothing here. `after` are the objects that
    must be ready before it is applied. `place` is that in the bundle.
    """

    ref: Ref
    body: KubeObject
    digest: str
    handling: Handling = USUAL
    after: tuple[Ref, ...] = ()
    place: int = 0


def kind_of(item: KubeObject) -> Kind:
    """The kind of a checked bundle object."""
    return Kind(item["apiVersion"], item["kind"])


def desired(item: KubeObject, key: AppKey, group: str, namespace: str, handling: Handling = USUAL) -> Desired:
    """The object to send. `namespace` is '' for a cluster-scoped kind. The bundle's own object is not changed, but what
    is below its `metadata` is shared; its `metadata.labels` are a map or not there."""
    metadata = {name: value for name, value in item["metadata"].items() if name not in _NOT_SENT}
    body = {**item, "metadata": metadata}
    if namespace:
        metadata["namespace"] = namespace
    given = {name: value for name, value in (metadata.get("labels") or {}).items() if name not in _POLICY_LABELS}
    metadata["labels"] = {**given, **_labels(key, group), **_handling_labels(handling)}
    if kind_of(item) == _SECRET:
        _encode_texts(body)
    ref = Ref(kind_of(item), namespace, metadata["name"])
    return Desired(ref, body, codec.sha256(codec.canonical(body)), handling)


def owner(found: Mapping[str, str]) -> AppKey | None:
    """The application whose labels these are, or None when it is not ours at all."""
    name = found.get(labels.APPLICATION)
    return AppKey(found.get(labels.NAMESPACE, ""), name) if name else None


def is_shared(found: Mapping[str, str]) -> bool:
    """Whether the application whose labels these are lets others hold the object too."""
    return found.get(labels.SHARED) == _YES


def is_marked(item: Desired, found: Mapping[str, str]) -> bool:
    """Whether the labels of an object say of its handling what is asked for now."""
    wanted = _handling_labels(item.handling)
    return all(found.get(name) == wanted.get(name) for name in _POLICY_LABELS)


def prune_of(found: Mapping[str, str]) -> Prune | None:
    """What was asked of pruning when the object was applied last; None where nothing was, or nothing that we know."""
    asked = found.get(labels.PRUNE, "")
    return Prune(asked) if asked in Prune.__members__.values() else None


def _encode_texts(secret: KubeObject) -> None:
    """The KubeAPI moves `stringData` to `data` and then counts us the owner of neither: what somebody edits there would
    never be seen, and what is left out of the next revision would stay. So it is sent as `data`."""
    texts, data = secret.get("stringData"), secret.get("data") or {}
    if not isinstance(texts, dict) or not isinstance(data, dict):
        return  # the KubeAPI says what is wrong
    if all(isinstance(text, str) for text in texts.values()):
        del secret["stringData"]
        secret["data"] = data | {name: base64.b64encode(text.encode()).decode() for name, text in texts.items()}


def _labels(key: AppKey, group: str) -> dict[str, str]:
    return {labels.APPLICATION: key.name, labels.NAMESPACE: key.namespace, labels.GROUP: group}


def _handling_labels(handling: Handling) -> dict[str, str]:
    """What must be known of an object when no bundle names it any more, also where the store was lost."""
    found = {labels.PRUNE: str(handling.prune)} if handling.prune else {}
    return found | ({labels.SHARED: _YES} if handling.shared else {})
