"""The trait `gateway`: an Ingress that brings HTTP from outside to the component, and the Service it leads to.

A port that several paths lead to is written once in the Service. KubeVela writes it once for each path, and no cluster
takes that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from pinnace_cloud.render.components.services import port_name
from pinnace_cloud.render.health import traffic
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import ingresses
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason

_HOST_ANNOTATION = "ingress.controller/host"


class GatewayParameters(Strictly):
    """Which requests from outside reach which port of the component."""

    domain: Given[str] = None
    """Host name of the requests; without one, every host is meant."""
    http: dict[str, int]
    """Port of the component's pods, by the path of the request."""
    ingress_class: str = Field("nginx", alias="class")
    """Ingress class: which controller in the cluster serves it."""
    class_in_spec: bool = False
    """Whether the class stands in the Ingress's spec rather than in an annotation."""
    secret_name: Given[str] = None
    """Secret with the certificate for TLS; needs a domain."""
    gateway_host: Given[str] = None
    """Host name of the ingress controller itself."""
    name: Given[str] = None
    """Tells several gateways of one component apart."""
    path_type: Literal["ImplementationSpecific", "Prefix", "Exact"] = ingresses.IMPLEMENTATION_SPECIFIC
    """How the paths are compared with those of requests."""
    annotations: Given[dict[str, str]] = None
    """Annotations of the Ingress."""
    labels: Given[dict[str, str]] = None
    """Labels of the Ingress."""
    existing_service_name: Given[str] = None
    """A Service that is there, to be used instead of an own."""

    @property
    def suffix(self) -> str:
        """What its name adds to the names of its objects."""
        return "" if self.name is None else f"-{self.name}"


class Gateway:
    """An Ingress, and a Service for the ports it leads to."""

    name = "gateway"
    parameters = GatewayParameters
    health = staticmethod(traffic.routed)

    def apply(self, context: Context, parameters: GatewayParameters, output: Output) -> Output:
        problems = tuple(_problems(parameters))
        if problems:
            return replace(output, diagnostics=problems)
        name, existing = f"{context.component}{parameters.suffix}", parameters.existing_service_name
        service = ingresses.service(context, name, _ports(parameters.http)) if existing is None else None
        ingress = _ingress(name, name if existing is None else existing, parameters)
        return output.with_parts(*ingresses.parts(self.name, service, ingress, parameters.suffix))


def _problems(parameters: GatewayParameters) -> Iterator[Diagnostic]:
    if parameters.secret_name is not None and parameters.domain is None:
        message = "is required where 'secretName' is given: a certificate is for a host"
        yield diagnostics.error(Reason.INVALID, message, "properties", "domain")


def _ports(http: Mapping[str, int]) -> list[dict[str, Any]]:
    numbers = dict.fromkeys(port for _, port in sorted(http.items()))
    return [{"name": port_name(number, "TCP"), "port": number, "targetPort": number} for number in numbers]


def _ingress(name: str, service_name: str, parameters: GatewayParameters) -> KubeObject:
    metadata = {"name": name, "annotations": _annotations(parameters), "labels": dict(parameters.labels or {})}
    rule: dict[str, Any] = {} if parameters.domain is None else {"host": parameters.domain}
    rule["http"] = {"paths": ingresses.paths(parameters.http, service_name, parameters.path_type)}
    spec: dict[str, Any] = {"ingressClassName": parameters.ingress_class} if parameters.class_in_spec else {}
    if parameters.secret_name is not None:
        spec["tls"] = [{"hosts": [parameters.domain], "secretName": parameters.secret_name}]
    return ingresses.ingress(metadata, rule, **spec)


def _annotations(parameters: GatewayParameters) -> dict[str, str]:
    found = {} if parameters.class_in_spec else {ingresses.CLASS_ANNOTATION: parameters.ingress_class}
    if parameters.gateway_host is not None:
        found[_HOST_ANNOTATION] = parameters.gateway_host
    return found | (parameters.annotations or {})
