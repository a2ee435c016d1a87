"""Objects of the contract suite: as small as the KubeAPI accepts, with the labels that the daemon adds."""

from __future__ import annotations

from typing import Any

from pinnace_edge.model import AppKey, Applied, ApplyRequest, Kind, KubeObject, Live, Ref
from pinnace_edge.ports import Cluster
from pinnace_schemas import labels

APP = AppKey("shops", "till")
CONFIG_MAP = Kind("v1", "ConfigMap")
SERVICE = Kind("v1", "Service")
NAMESPACE = Kind("v1", "Namespace")
DEPLOYMENT = Kind("apps/v1", "Deployment")
LEASE = Kind("coordination.k8s.io/v1", "Lease")
CRD = Kind("apiextensions.k8s.io/v1", "CustomResourceDefinition")


def our_labels(app: AppKey = APP) -> dict[str, str]:
    return {labels.APPLICATION: app.name, labels.NAMESPACE: app.namespace, labels.GROUP: "berlin"}


def item(kind: Kind, namespace: str, name: str, app: AppKey | None = APP, **rest: Any) -> KubeObject:
    """With our labels, unless `app` is None: then it is a foreign object."""
    metadata: dict[str, Any] = {"name": name} | ({"namespace": namespace} if namespace else {})
    if app:
        metadata["labels"] = our_labels(app)
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **rest}


def config_map(namespace: str, name: str = "settings", app: AppKey | None = APP, **data: str) -> KubeObject:
    return item(CONFIG_MAP, namespace, name, app, data=data)


def container(name: str = "web", image: str = "registry.example/web:1", **rest: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **rest}


def deployment(namespace: str, *containers: dict[str, Any], name: str = "web", **spec: Any) -> KubeObject:
    """Without `replicas` unless it is given."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": list(containers or (container(),))}}
    whole = {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    return item(DEPLOYMENT, namespace, name, spec=whole)


def ref(body: KubeObject) -> Ref:
    metadata = body["metadata"]
    return Ref(Kind(body["apiVersion"], body["kind"]), metadata.get("namespace", ""), metadata["name"])


def request(
    body: KubeObject, *, force: bool = False, dry_run: bool = False, expected_version: str = ""
) -> ApplyRequest:
    return ApplyRequest(ref(body), body, force, dry_run, expected_version)


def apply(cluster: Cluster, body: KubeObject, *, force: bool = False, expected_version: str = "") -> Applied:
    """One apply."""
    (applied,) = cluster.apply([request(body, force=force, expected_version=expected_version)])
    return applied


def applied_live(cluster: Cluster, body: KubeObject, *, force: bool = False) -> Live:
    """What an apply that must succeed left in the cluster."""
    applied = apply(cluster, body, force=force)
    assert applied.live is not None, applied
    return applied.live


def read(cluster: Cluster, body: KubeObject) -> KubeObject:
    """An object that must exist."""
    found = cluster.read(ref(body))
    assert found is not None
    return found
