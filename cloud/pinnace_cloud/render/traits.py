"""The traits `scaler`, `labels`, `annotations` and `expose`."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, RootModel

from pinnace_cloud.render import paths
from pinnace_cloud.render.dress import COMPONENT
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.services import Protocol, port_name, service
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly

Pairs = dict[str, str | None]


class ScalerParameters(Strictly):
    replicas: int = 1


class Scaler:
    """Sets the number of replicas."""

    name = "scaler"
    parameters = ScalerParameters

    def apply(self, context: Context, parameters: ScalerParameters, output: Output) -> Output:  # noqa: ARG002
        workload = output.workload or {}
        return output.with_workload(paths.put(workload, ("spec", "replicas"), parameters.replicas))


class PairsParameters(RootModel[Pairs]):
    """Names and texts; null takes the name away."""


class LabelsTrait:
    """Labels on the workload and on its pods."""

    name = "labels"
    parameters = PairsParameters

    def apply(self, context: Context, parameters: PairsParameters, output: Output) -> Output:  # noqa: ARG002
        return _merge(output, "labels", parameters.root, (("spec", "template"),))


class AnnotationsTrait:
    """Annotations on the workload, on its pods and on the jobs that it starts."""

    name = "annotations"
    parameters = PairsParameters

    def apply(self, context: Context, parameters: PairsParameters, output: Output) -> Output:  # noqa: ARG002
        job = ("spec", "jobTemplate")
        return _merge(output, "annotations", parameters.root, (("spec", "template"), job, (*job, "spec", "template")))


class ServicePort(Strictly):
    port: int
    name: Given[str] = None
    protocol: Protocol = "TCP"
    node_port: Given[int] = None


class ExposeParameters(Strictly):
    """`port` is the old form of `ports`."""

    port: Given[Many[int]] = None
    ports: Given[Many[ServicePort]] = None
    annotations: dict[str, str] = Field(default_factory=dict)
    match_labels: Given[dict[str, str]] = None
    type: Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] = "ClusterIP"


class Expose:
    """A Service in front of the component's pods."""

    name = "expose"
    parameters = ExposeParameters

    def apply(self, context: Context, parameters: ExposeParameters, output: Output) -> Output:
        own = {COMPONENT: context.component}
        selector = own if parameters.match_labels is None else parameters.match_labels
        extra = service(context.component, selector, _ports(parameters), parameters.type)
        extra["metadata"]["annotations"] = dict(parameters.annotations)
        return output.with_parts(Part(extra, Origin.TRAIT, self.name))


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


def _merge(output: Output, field: str, pairs: Pairs, templates: Iterable[tuple[str, ...]]) -> Output:
    """A JSON merge patch (RFC 7386) of metadata, of the workload and of the templates that it has."""
    workload = _patched(output.workload or {}, ("metadata", field), pairs)
    for template in templates:
        if paths.get(workload, template) is not None:
            workload = _patched(workload, (*template, "metadata", field), pairs)
    return output.with_workload(workload)


def _patched(item: KubeObject, path: tuple[str, ...], pairs: Pairs) -> KubeObject:
    merged = {**(paths.get(item, path) or {}), **pairs}
    return paths.put(item, path, {key: value for key, value in merged.items() if value is not None})
