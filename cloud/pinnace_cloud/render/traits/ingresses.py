"""Services and Ingresses of the traits that let HTTP in: `gateway`, and the deprecated `ingress` and `ingress-1-20`.

Paths come in the order of their names, as KubeVela gives them. Ingresses are those of Kubernetes 1.19 and later
(`networking.k8s.io/v1`), whatever cluster a site has.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pinnace_cloud.render.components import selection
from pinnace_cloud.render.parts import Context, Origin, Part
from pinnace_schemas.bundle import KubeObject

API_VERSION = "networking.k8s.io/v1"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"
# The field in which all these traits have their paths and ports.
HTTP = ("properties", "http")
IMPLEMENTATION_SPECIFIC: Final = "ImplementationSpecific"


def service(context: Context, name: str, ports: Iterable[Mapping[str, Any]]) -> KubeObject:
    """In front of the component's pods. It leaves the type to the cluster, unlike that of `expose`."""
    spec = {"selector": selection.selector(context), "ports": [dict(port) for port in ports]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def ingress(metadata: dict[str, Any], rule: dict[str, Any], **spec: Any) -> KubeObject:
    """With one rule."""
    return {"apiVersion": API_VERSION, "kind": "Ingress", "metadata": metadata, "spec": {**spec, "rules": [rule]}}


def paths(http: Mapping[str, int], service_name: str, path_type: str) -> list[dict[str, Any]]:
    """Each path to its port of the Service."""
    return [
        {
            "path": path,
            "pathType": path_type,
            "backend": {"service": {"name": service_name, "port": {"number": port}}},
        }
        for path, port in sorted(http.items())
    ]


def parts(made_by: str, service: KubeObject | None, ingress: KubeObject, suffix: str = "") -> tuple[Part, ...]:
    """Both as parts of a trait; health rules know them by their keys. Without `service`, the Ingress alone."""
    found = [] if service is None else [Part(service, Origin.TRAIT, made_by, HTTP, f"service{suffix}")]
    return (*found, Part(ingress, Origin.TRAIT, made_by, key=f"ingress{suffix}"))
