"""Name, namespace, labels and annotations of rendered objects, by KubeVela's rules.

Labels and annotations of the Application win over those of the object. Nothing is written that changes with the
revision: it would restart every pod at each revision.
"""

from collections.abc import Collection, Iterable
from typing import Any

from pinnace_cloud.render import kinds
from pinnace_cloud.render.kinds import Kind
from pinnace_schemas import labels
from pinnace_schemas.application import Application
from pinnace_schemas.bundle import KubeObject

# Selectors of Services and Deployments rest on these.
APPLICATION = "app.oam.dev/name"
COMPONENT = labels.COMPONENT

_FILTER_LABELS = "filter.oam.dev/label-keys"
_FILTER_ANNOTATIONS = "filter.oam.dev/annotation-keys"
# These steer a controller and say nothing about an object.
_CONTROL = ("app.oam.dev/", "filter.oam.dev/", "pinnace.dev/", "kubectl.kubernetes.io/last-applied-configuration")
_OURS = ("pinnace.dev/",)


def named(item: KubeObject, name: str) -> KubeObject:
    """The same with `name` where it has none."""
    metadata = item.get("metadata") or {}
    return item if metadata.get("name") else {**item, "metadata": {**metadata, "name": name}}


def dressed(
    item: KubeObject, application: Application, component: str, namespace: str, crds: Collection[Kind]
) -> KubeObject:
    """The object as it is applied; `status` is left to the cluster.

    `namespace` is the one it gets if it has none; `crds` are the kinds without namespace that are delivered along.
    """
    found = {key: value for key, value in item.items() if key != "status"}
    found["metadata"] = _metadata(found.get("metadata") or {}, application, component)
    if kinds.is_global(item) or kinds.kind_of(item) in crds:
        found["metadata"].pop("namespace", None)
    elif not found["metadata"].get("namespace"):
        found["metadata"]["namespace"] = namespace
    return found


def _metadata(metadata: dict[str, Any], application: Application, component: str) -> dict[str, Any]:
    found = {key: value for key, value in metadata.items() if key not in ("labels", "annotations")}
    if found.get("creationTimestamp", ...) is None:
        del found["creationTimestamp"]
    found["labels"] = _labels(metadata, application) | {APPLICATION: application.name, COMPONENT: component}
    annotations = _annotations(metadata, application)
    return found | ({"annotations": annotations} if annotations else {})


def _labels(metadata: dict[str, Any], application: Application) -> dict[str, Any]:
    merged = {**(metadata.get("labels") or {}), **_without(application.metadata.labels, _OURS)}
    return _filtered(merged, application, _FILTER_LABELS)


def _annotations(metadata: dict[str, Any], application: Application) -> dict[str, Any]:
    merged = {**(metadata.get("annotations") or {}), **_without(application.metadata.annotations, _CONTROL)}
    return _filtered(merged, application, _FILTER_ANNOTATIONS)


def _without(pairs: dict[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {key: value for key, value in pairs.items() if not key.startswith(prefixes)}


def _filtered(pairs: dict[str, Any], application: Application, annotation: str) -> dict[str, Any]:
    unwanted = {key.strip() for key in application.metadata.annotations.get(annotation, "").split(",")}
    return {key: value for key, value in pairs.items() if key not in unwanted}


def cluster_kinds(items: Iterable[KubeObject]) -> frozenset[Kind]:
    """Kinds that CustomResourceDefinitions among the items define and that belong to no namespace."""
    return frozenset(kinds.defined_by(item) for item in items if kinds.is_cluster_crd(item))
