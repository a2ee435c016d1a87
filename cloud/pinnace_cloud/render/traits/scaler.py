"""The trait `scaler`: how many replicas of the workload there are."""

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_schemas.fields import Strictly


class ScalerParameters(Strictly):
    replicas: int = 1
    """How many pods."""


class Scaler:
    """Sets the number of replicas."""

    name = "scaler"
    parameters = ScalerParameters

    def apply(self, context: Context, parameters: ScalerParameters, output: Output) -> Output:  # noqa: ARG002
        workload = output.workload or {}
        return output.with_workload(paths.put(workload, ("spec", "replicas"), parameters.replicas))
