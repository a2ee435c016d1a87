"""The traits `hpa` and `cpuscaler`: a HorizontalPodAutoscaler, which changes the number of replicas with the load.

That of `hpa` is the one of Kubernetes 1.23 and later (`autoscaling/v2`), whatever cluster a site has. Which workload is
scaled is written, not found: we warn where it is another than the component's.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class AutoscalerParameters(Strictly):
    """How far, and which workload."""

    min: int = 1
    """Replicas that there always are."""
    max: int = 10
    """Replicas that there are at most."""
    target_api_version: str = Field("apps/v1", alias="targetAPIVersion")
    """The workload's `apiVersion`."""
    target_kind: str = "Deployment"
    """The workload's `kind`."""


class CpuscalerParameters(AutoscalerParameters):
    """How far, and at what use of the processor."""

    cpu_util: int = 50
    """Use of the processor to be held, in percent of what a pod asks for."""


class Load(Strictly):
    """How much of a resource a pod shall use on average."""

    type: Literal["Utilization", "AverageValue"] = "Utilization"
    """Whether the value is a share of what a pod asks for, or an amount."""
    value: int = 50
    """Percent, or an amount: cores of the processor, bytes of memory."""


class PodMetric(Strictly):
    """A number that pods report themselves."""

    name: str
    """Name of the metric."""
    value: str
    """What it shall be on average, as a quantity such as 500m."""


class HpaParameters(AutoscalerParameters):
    """How far, and at what load."""

    cpu: Load = Field(default_factory=Load)
    """Load of the processor to be held."""
    mem: Given[Load] = None
    """Load of the memory to be held."""
    pod_custom_metrics: Given[Many[PodMetric]] = None
    """Metrics of the pods to be held."""


class Cpuscaler:
    """Scales with the load of the processor."""

    name = "cpuscaler"
    parameters = CpuscalerParameters

    def apply(self, context: Context, parameters: CpuscalerParameters, output: Output) -> Output:
        spec = {"targetCPUUtilizationPercentage": parameters.cpu_util}
        return _with_scaler(context, parameters, output, self.name, "autoscaling/v1", spec)


class Hpa:
    """Scales with the load of processor and memory, and with metrics of the pods."""

    name = "hpa"
    parameters = HpaParameters

    def apply(self, context: Context, parameters: HpaParameters, output: Output) -> Output:
        spec = {"metrics": list(_metrics(parameters))}
        return _with_scaler(context, parameters, output, self.name, "autoscaling/v2", spec)


def _with_scaler(
    context: Context, parameters: AutoscalerParameters, output: Output, made_by: str, version: str, spec: dict[str, Any]
) -> Output:
    problems = tuple(_problems(context, parameters, output.workload or {}))
    item = _scaler(context, parameters, version, spec)
    return replace(output.with_parts(Part(item, Origin.TRAIT, made_by, key=made_by)), diagnostics=problems)


def _scaler(context: Context, parameters: AutoscalerParameters, version: str, spec: dict[str, Any]) -> KubeObject:
    target = {"apiVersion": parameters.target_api_version, "kind": parameters.target_kind, "name": context.component}
    bounds = {"scaleTargetRef": target, "minReplicas": parameters.min, "maxReplicas": parameters.max}
    return {
        "apiVersion": version,
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": context.component},
        "spec": bounds | spec,
    }


def _metrics(parameters: HpaParameters) -> Iterator[dict[str, Any]]:
    yield _resource("cpu", parameters.cpu)
    if parameters.mem is not None:
        yield _resource("memory", parameters.mem)
    for metric in parameters.pod_custom_metrics or ():
        target = {"type": "AverageValue", "averageValue": metric.value}
        yield {"type": "Pods", "pods": {"metric": {"name": metric.name}, "target": target}}


def _resource(name: str, load: Load) -> dict[str, Any]:
    amount = "averageUtilization" if load.type == "Utilization" else "averageValue"
    return {"type": "Resource", "resource": {"name": name, "target": {"type": load.type, amount: load.value}}}


def _problems(context: Context, parameters: AutoscalerParameters, workload: KubeObject) -> Iterator[Diagnostic]:
    if parameters.max < parameters.min:
        message = f"must not be less than 'min', which is {parameters.min}, got {parameters.max}"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="properties.max")
    target = (parameters.target_api_version, parameters.target_kind)
    found = (workload.get("apiVersion"), workload.get("kind"))
    if target != found:
        message = f"scales a {target[1]} of {target[0]}, but the workload is a {found[1]} of {found[0]}"
        yield diagnostics.warning(Reason.INVALID, message, "properties", "targetKind")
