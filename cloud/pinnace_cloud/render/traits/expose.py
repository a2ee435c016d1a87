"""The trait `expose`: a Service in front of the component's pods."""

from typing import Any, Literal

from pydantic import Field

from pinnace_cloud.render.components.services import Protocol, port_name, service
from pinnace_cloud.render.dress import COMPONENT
from pinnace_cloud.render.health import traffic
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.fields import Given, Many, Strictly


class ServicePort(Strictly):
    port: int
    """Port of the Service and of the pods."""
    name: Given[str] = None
    """Its name; `port-N` without one."""
    protocol: Protocol = "TCP"
    """Protocol of the port."""
    node_port: Given[int] = None
    """Port of the nodes, with `type: NodePort`."""


class ExposeParameters(Strictly):
    """`port` is the old form of `ports`."""

    port: Given[Many[int]] = None
    """Numbers of ports; `ports` wins over it."""
    ports: Given[Many[ServicePort]] = None
    """Ports of the Service."""
    annotations: dict[str, str] = Field(default_factory=dict)
    """Annotations of the Service."""
    match_labels: Given[dict[str, str]] = None
    """Labels of the pods that are meant; the component's own without it."""
    type: Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] = "ClusterIP"
    """Type of the Service."""


class Expose:
    """A Service in front of the component's pods."""

    name = "expose"
    parameters = ExposeParameters
    health = staticmethod(traffic.exposed)

    def apply(self, context: Context, parameters: ExposeParameters, output: Output) -> Output:
        own = {COMPONENT: context.component}
        selector = own if parameters.match_labels is None else parameters.match_labels
        extra = service(context.component, selector, _ports(parameters), parameters.type)
        extra["metadata"]["annotations"] = dict(parameters.annotations)
        return output.with_parts(Part(extra, Origin.TRAIT, self.name, key=traffic.SERVICE))


def _ports(parameters: ExposeParameters) -> list[dict[str, Any]] | None:
    if parameters.ports is not None:
        return [_port(item, parameters.type) for item in parameters.ports]
    if parameters.port is not None:
        return [{"name": port_name(number, "TCP"), "port": number, "targetPort": number} for number in parameters.port]
    return None


def _port(item: ServicePort, service_type: str) -> dict[str, Any]:
    name = port_name(item.port, item.protocol) if item.name is None else item.name
    found = {"port": item.port, "targetPort": item.port, "name": name, "protocol": item.protocol}
    if item.node_port is not None and service_type == "NodePort":
        found["nodePort"] = item.node_port
    return found
