"""The component types `webservice` and `worker`: one container in a Deployment, with or without a Service."""

from typing import Literal

from pinnace_cloud.render import pods
from pinnace_cloud.render.dress import APPLICATION, COMPONENT
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.pod_parameters import ContainerParameters, HostAlias, Limit
from pinnace_cloud.render.services import Protocol, port_name, service
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import NO_DNS_LABEL, Given, Many, Strictly
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.reasons import Reason


class Port(Strictly):
    """`port` is the Service's, `containerPort` the container's where it differs."""

    port: int
    container_port: Given[int] = None
    name: Given[str] = None
    protocol: Protocol = "TCP"
    expose: bool = False
    node_port: Given[int] = None

    @property
    def target(self) -> int:
        return self.port if self.container_port is None else self.container_port

    @property
    def label(self) -> str:
        return self.name if self.name is not None else port_name(self.target, self.protocol)


class WebserviceParameters(ContainerParameters):
    labels: Given[dict[str, str]] = None
    annotations: Given[dict[str, str]] = None
    port: Given[int] = None
    ports: Given[Many[Port]] = None
    expose_type: Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] = "ClusterIP"
    add_revision_label: bool = False
    args: Given[Many[str]] = None
    limit: Given[Limit] = None
    host_aliases: Given[Many[HostAlias]] = None


class Worker:
    """A Deployment that nobody calls."""

    name = "worker"
    parameters = ContainerParameters

    def render(self, context: Context, parameters: ContainerParameters) -> Output:
        pod = pods.pod(pods.container(context.component, parameters), parameters)
        workload = pods.deployment(_labels(context), _selector(context), None, pod)
        return Output((Part(workload, Origin.WORKLOAD, self.name),), _name_problems(context))


class Webservice:
    """A Deployment, and a Service for the ports that are exposed."""

    name = "webservice"
    parameters = WebserviceParameters

    def render(self, context: Context, parameters: WebserviceParameters) -> Output:
        labels = {**(parameters.labels or {}), **_labels(context)}
        workload = pods.deployment(labels, _selector(context), parameters.annotations, _pod(context, parameters))
        parts = [Part(workload, Origin.WORKLOAD, self.name)]
        exposed = [_service_port(port, parameters.expose_type) for port in parameters.ports or () if port.expose]
        if exposed:
            extra = service(context.component, _selector(context), exposed, parameters.expose_type)
            parts.append(Part(extra, Origin.AUXILIARY, self.name, ("properties", "ports")))
        return Output(tuple(parts), (*_name_problems(context), *_no_revision(parameters)))


def _labels(context: Context) -> dict[str, str]:
    return {APPLICATION: context.application, **_selector(context)}


def _selector(context: Context) -> dict[str, str]:
    return {COMPONENT: context.component}


def _pod(context: Context, parameters: WebserviceParameters) -> pods.Json:
    main = pods.container(context.component, parameters, parameters.limit)
    if parameters.args is not None:
        main["args"] = list(parameters.args)
    if parameters.ports is not None:
        main["ports"] = [_container_port(port) for port in parameters.ports]
    elif parameters.port is not None:
        main["ports"] = [{"containerPort": parameters.port}]
    pod = pods.pod(main, parameters)
    if parameters.host_aliases is not None:
        pod["hostAliases"] = [pods.plain(alias) for alias in parameters.host_aliases]
    return pod


def _container_port(port: Port) -> pods.Json:
    return {"containerPort": port.target, "name": port.label, "protocol": port.protocol}


def _service_port(port: Port, expose_type: str) -> pods.Json:
    found = {"port": port.port, "targetPort": port.target, "name": port.label, "protocol": port.protocol}
    if port.node_port is not None and expose_type == "NodePort":
        found["nodePort"] = port.node_port
    return found


def _no_revision(parameters: WebserviceParameters) -> tuple[Diagnostic, ...]:
    if not parameters.add_revision_label:
        return ()
    message = "has no effect: a label that changes with the revision would restart every pod at each revision"
    return (diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "addRevisionLabel"),)


def _name_problems(context: Context) -> tuple[Diagnostic, ...]:
    """The container is called like the component."""
    if is_dns_label(context.component):
        return ()
    message = NO_DNS_LABEL.format(text=context.component)
    return (Diagnostic(context.doubts, Reason.INVALID, message, path="name"),)
