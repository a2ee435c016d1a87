"""The trait `node-affinity`, which KubeVela has given up for `affinity`: on which nodes the pods may run."""

from typing import Any

from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Tag
from pinnace_cloud.render.traits import pod_template
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly

_TERMS = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
_ALL = Tag(is_closed=True)
_TAGS = {".".join(_TERMS): _ALL, ".".join(_TERMS) + "[].matchExpressions": _ALL, "tolerations": _ALL}


class NodeAffinityParameters(Strictly):
    """Labels that a node must have, and taints that it may have."""

    affinity: Given[dict[str, Many[str]]] = None
    """Values that a label of the node may have, by the name of the label; all labels are needed."""
    tolerations: Given[dict[str, str]] = None
    """Value of a taint with the effect NoSchedule that the pods bear, by its key."""


class NodeAffinity:
    """Required affinity to nodes, and tolerations."""

    name = "node-affinity"
    parameters = NodeAffinityParameters
    replacement = "affinity"

    def apply(self, context: Context, parameters: NodeAffinityParameters, output: Output) -> Output:
        return pod_template.patched(context, output, _pod(parameters), _TAGS)


def _pod(parameters: NodeAffinityParameters) -> KubeObject:
    found: KubeObject = {}
    if parameters.affinity is not None:
        terms: Any = [{"matchExpressions": [_expression(*item) for item in sorted(parameters.affinity.items())]}]
        for name in reversed(_TERMS):
            terms = {name: terms}
        found |= terms
    if parameters.tolerations is not None:
        found["tolerations"] = [_toleration(*item) for item in sorted(parameters.tolerations.items())]
    return found


def _expression(label: str, values: tuple[str, ...]) -> dict[str, Any]:
    return {"key": label, "operator": "In", "values": list(values)}


def _toleration(key: str, value: str) -> dict[str, Any]:
    return {"effect": "NoSchedule", "key": key, "operator": "Equal", "value": value}
