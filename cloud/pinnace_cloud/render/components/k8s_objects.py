"""The component type `k8s-objects`: plain Kubernetes objects, as written. The first is what traits patch."""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render import objects
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Many, Strictly
from pinnace_schemas.reasons import Reason


class K8sObjectsParameters(Strictly):
    objects: Many[dict[str, Any]]
    """The objects, each with apiVersion, kind and metadata."""


class K8sObjects:
    """Refuses what is no object: an empty list, no apiVersion, no kind, no name (the first gets the component's)."""

    name = "k8s-objects"
    parameters = K8sObjectsParameters

    def render(self, context: Context, parameters: K8sObjectsParameters) -> Output:  # noqa: ARG002 - of the protocol
        problems = tuple(_problems(parameters))
        if problems:
            return Output(diagnostics=problems)
        return Output(tuple(self._part(index, item) for index, item in enumerate(parameters.objects)))

    def _part(self, index: int, item: dict[str, Any]) -> Part:
        origin = Origin.AUXILIARY if index else Origin.WORKLOAD
        key = f"objects-{index}" if index else ""
        return Part(item, origin, self.name, ("properties", "objects", index), key)


def _problems(parameters: K8sObjectsParameters) -> Iterator[Diagnostic]:
    if not parameters.objects:
        yield diagnostics.error(Reason.INVALID, "needs at least one object", "properties", "objects")
    for index, item in enumerate(parameters.objects):
        for problem in objects.problems(item, needs_name=index > 0):
            yield problem.under("properties", "objects", index)
