"""The trait `resource`: processor time and memory of the component's own container.

`requests` and `limits` replace what is there, each as a whole. KubeVela fails in a pod of several containers; here the
one that is called as the component is meant.
"""

from collections.abc import Iterator

from pinnace_cloud.render import paths
from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, shapes
from pinnace_cloud.render.traits.quantities import Amount, Size
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason


class Amounts(Strictly):
    """Processor time and memory."""

    cpu: Amount = 1
    """Processors: 0.5 or "500m"."""
    memory: Size = "2048Mi"
    """Memory in bytes: `512Mi`."""


class ResourceParameters(Strictly):
    """`cpu` and `memory` together are requests and limits; without effect beside either of the two."""

    cpu: Given[Amount] = None
    """Processors: 0.5 or "500m"; only together with `memory`."""
    memory: Given[Size] = None
    """Memory in bytes: `512Mi`; only together with `cpu`."""
    requests: Given[Amounts] = None
    """What the container is promised."""
    limits: Given[Amounts] = None
    """What the container never gets more of."""

    @property
    def is_split(self) -> bool:
        """True where requests and limits are given apart."""
        return self.requests is not None or self.limits is not None


_TEMPLATES = (("spec", "template"), ("spec", "jobTemplate", "spec", "template"))


class Resource:
    """Sets requests and limits of the component's own container."""

    name = "resource"
    parameters = ResourceParameters

    def apply(self, context: Context, parameters: ResourceParameters, output: Output) -> Output:
        found = list(_vain(parameters))
        resources = _resources(parameters)
        workload = output.workload or {}
        places = [(*path, "spec", "containers") for path in _TEMPLATES if paths.get(workload, path) is not None]
        for place in places:
            containers = shapes.maps(workload, *place)
            name = _meant(context, pod_template.names(containers))
            if name is None:
                found.append(pod_template.missing(context.component, pod_template.names(containers), ("properties",)))
            else:
                workload = paths.put(workload, place, [_patched(item, name, resources) for item in containers])
        if not places:
            found.append(pod_template.missing(context.component, (), ("properties",)))
        return pod_template.reported(output.with_workload(workload), *found)


def _resources(parameters: ResourceParameters) -> KubeObject:
    if parameters.is_split:
        both = {"requests": parameters.requests, "limits": parameters.limits}
        return {name: pods.plain(amounts) for name, amounts in both.items() if amounts is not None}
    if parameters.cpu is None or parameters.memory is None:
        return {}
    amounts = {"cpu": parameters.cpu, "memory": parameters.memory}
    return {"requests": amounts, "limits": amounts}


def _meant(context: Context, names: list[str]) -> str | None:
    """The only container, or of several the component's own."""
    if len(names) == 1:
        return names[0]
    return context.component if context.component in names else None


def _patched(container: KubeObject, name: str, resources: KubeObject) -> KubeObject:
    if container.get("name") != name:
        return container
    return {**container, "resources": {**shapes.mapping(container, "resources"), **resources}}


def _vain(parameters: ResourceParameters) -> Iterator[Diagnostic]:
    """What KubeVela passes over."""
    for name, other in (("cpu", "memory"), ("memory", "cpu")):
        is_alone = getattr(parameters, other) is None
        if getattr(parameters, name) is not None and (parameters.is_split or is_alone):
            reason = "beside 'requests' or 'limits'" if parameters.is_split else f"without '{other}'"
            message = f"'{name}' has no effect {reason}, as in KubeVela"
            yield diagnostics.warning(Reason.INVALID, message, "properties", name)
