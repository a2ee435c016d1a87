"""The component types `webservice`, `worker` and `statefulset`: one container in a Deployment or StatefulSet, with or
without a Service.

As in KubeVela, a StatefulSet names no Service of its own: its pods have no DNS names.
"""

from typing import Literal

from pinnace_cloud.render.components import pods, selection, servers
from pinnace_cloud.render.components.pod_parameters import ContainerParameters, Limit
from pinnace_cloud.render.components.servers import ServerParameters
from pinnace_cloud.render.components.services import Protocol, port_name
from pinnace_cloud.render.health import workloads
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.fields import Given, Many, Strictly


class Port(Strictly):
    """`port` is the Service's, `containerPort` the container's where it differs."""

    port: int
    """Port of the Service, and of the container unless `containerPort` is given."""
    container_port: Given[int] = None
    """Port of the container."""
    name: Given[str] = None
    """Its name; `port-N` without one."""
    protocol: Protocol = "TCP"
    """Protocol of the port."""
    expose: bool = False
    """Whether the Service has this port."""
    node_port: Given[int] = None
    """Port of the nodes, with `exposeType: NodePort`."""

    @property
    def target(self) -> int:
        return self.port if self.container_port is None else self.container_port

    @property
    def label(self) -> str:
        return self.name if self.name is not None else port_name(self.target, self.protocol)


class PortsParameters(ServerParameters):
    """One container that may be called."""

    ports: Given[Many[Port]] = None
    """Ports of the container; those that are exposed become a Service."""
    args: Given[Many[str]] = None
    """Arguments of the container's program."""
    expose_type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """Type of the Service."""


class WebserviceParameters(PortsParameters):
    """One container that may be called."""

    limit: Given[Limit] = None
    """Upper limits, where `cpu` and `memory` are only what is asked for."""


class Worker:
    """A Deployment that nobody calls."""

    name = "worker"
    parameters = ContainerParameters
    health = staticmethod(workloads.replicated)

    def render(self, context: Context, parameters: ContainerParameters) -> Output:
        pod = pods.pod(pods.container(context.component, parameters), parameters)
        workload = pods.workload("Deployment", selection.labels(context), selection.selector(context), None, pod)
        return Output((Part(workload, Origin.WORKLOAD, self.name),), tuple(pods.doubts(context, parameters)))


class Webservice:
    """A Deployment, and a Service for the ports that are exposed."""

    name = "webservice"
    parameters = WebserviceParameters
    health = staticmethod(workloads.replicated_or_unchecked)

    def render(self, context: Context, parameters: WebserviceParameters) -> Output:
        return _served(context, "Deployment", self.name, parameters, parameters.limit)


class Statefulset:
    """A StatefulSet, and a Service for the ports that are exposed."""

    name = "statefulset"
    parameters = PortsParameters
    health = staticmethod(workloads.replicated_or_unchecked)

    def render(self, context: Context, parameters: PortsParameters) -> Output:
        return _served(context, "StatefulSet", self.name, parameters)


def _served(
    context: Context, kind: str, made_by: str, parameters: PortsParameters, limit: Limit | None = None
) -> Output:
    ports = None if parameters.ports is None else [_container_port(port) for port in parameters.ports]
    pod = servers.pod(context, parameters, ports, args=parameters.args, limit=limit)
    exposed = [_service_port(port, parameters.expose_type) for port in parameters.ports or () if port.expose]
    return servers.output(context, kind, made_by, parameters, pod, exposed)


def _container_port(port: Port) -> pods.Json:
    return {"containerPort": port.target, "name": port.label, "protocol": port.protocol}


def _service_port(port: Port, expose_type: str) -> pods.Json:
    found = {"port": port.port, "targetPort": port.target, "name": port.label, "protocol": port.protocol}
    if port.node_port is not None and expose_type == "NodePort":
        found["nodePort"] = port.node_port
    return found
