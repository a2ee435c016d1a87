"""The component type `raw`, which KubeVela has given up: one plain Kubernetes object, as written."""

from typing import Any

from pydantic import RootModel

from pinnace_cloud.render import objects
from pinnace_cloud.render.parts import Context, Origin, Output, Part


class RawParameters(RootModel[dict[str, Any]]):
    """The object; without a name it gets the component's."""


class Raw:
    """Refuses what is no object: no apiVersion, no kind."""

    name = "raw"
    parameters = RawParameters
    replacement = "k8s-objects"

    def render(self, context: Context, parameters: RawParameters) -> Output:  # noqa: ARG002 - of the protocol
        problems = tuple(item.under("properties") for item in objects.problems(parameters.root, needs_name=False))
        if problems:
            return Output(diagnostics=problems)
        return Output((Part(parameters.root, Origin.WORKLOAD, self.name),))
