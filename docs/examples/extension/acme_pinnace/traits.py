"""Trait types."""

from dataclasses import replace

from pinnace_cloud.extension import Context, Output, Parameters, Reason, TraitType, diagnostics, paths

TEMPLATE = ("spec", "template", "spec")


class NodePoolParameters(Parameters):
    pool: str
    """Value of the label `acme.example/pool` of the nodes."""


class NodePool:
    """Lets the pods run on the nodes of one pool only."""

    name = "node-pool"
    parameters = NodePoolParameters

    def apply(self, context: Context, parameters: NodePoolParameters, output: Output) -> Output:
        workload = output.workload or {}
        if paths.get(workload, TEMPLATE) is None:
            problem = diagnostics.error(Reason.INVALID, "there are no pods here to choose nodes for", "type")
            return replace(output, diagnostics=(problem,))
        chosen = paths.put(workload, (*TEMPLATE, "nodeSelector"), {"acme.example/pool": parameters.pool})
        return output.with_workload(chosen)


NODE_POOL: TraitType = NodePool()
