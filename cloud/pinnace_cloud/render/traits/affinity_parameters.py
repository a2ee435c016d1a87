"""Properties of the trait `affinity`. What a term does not declare is an error, as in KubeVela."""

from typing import Annotated, Literal

from pydantic import Field

from pinnace_cloud.render.components.pod_parameters import Closed
from pinnace_cloud.render.traits.label_selector import LabelSelector
from pinnace_schemas.fields import Given, Many, Strictly

Weight = Annotated[int, Field(ge=1, le=100)]


class PodTerm(Closed):
    """Nodes that run certain pods."""

    label_selector: Given[LabelSelector] = None
    """The pods, by their labels."""
    namespace: Given[str] = None
    """Written as in KubeVela; no cluster takes it. Use `namespaces`."""
    namespaces: Given[Many[str]] = None
    """Namespaces of the pods; the component's own without it."""
    topology_key: str
    """Label of nodes: those with one value of it count as one place."""
    namespace_selector: Given[LabelSelector] = None
    """Namespaces of the pods, by their labels."""


class PreferredPodTerm(Strictly):
    """A term that is followed where it can be."""

    weight: Weight
    """How much it counts, 1 to 100."""
    pod_affinity_term: PodTerm
    """Nodes that run certain pods."""


class PodAffinity(Strictly):
    """Near pods, or far from them."""

    required: Given[Many[PodTerm]] = None
    """All of these must hold."""
    preferred: Given[Many[PreferredPodTerm]] = None
    """These hold where they can."""


class NodeCondition(Closed):
    """A condition on one label or field of a node."""

    key: str
    """Name of the label or field."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] = "In"
    """How values are compared."""
    values: Given[Many[str]] = None
    """Values of it."""


class NodeTerm(Closed):
    """Nodes for which all of this holds."""

    match_expressions: Given[Many[NodeCondition]] = None
    """Conditions on labels."""
    match_fields: Given[Many[NodeCondition]] = None
    """Conditions on fields."""


class RequiredNodes(Strictly):
    """Nodes for which one of these holds."""

    node_selector_terms: Many[NodeTerm] = ()
    """The terms."""


class PreferredNodes(Strictly):
    """A term that is followed where it can be."""

    weight: Weight
    """How much it counts, 1 to 100."""
    preference: NodeTerm
    """The nodes."""


class NodeAffinity(Strictly):
    """On certain nodes."""

    required: Given[RequiredNodes] = None
    """One of these must hold."""
    preferred: Given[Many[PreferredNodes]] = None
    """These hold where they can."""


class Toleration(Strictly):
    """A taint of nodes that does not matter."""

    key: Given[str] = None
    """Name of the taint; all without it."""
    effect: Given[Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]] = None
    """Effect of the taint; all without it."""
    value: Given[str] = None
    """Value of the taint."""
    operator: Literal["Equal", "Exists"] = "Equal"
    """Whether the value counts."""
    toleration_seconds: Given[int] = None
    """Seconds that the pod stays, with `effect: NoExecute`."""


class AffinityParameters(Strictly):
    """Which nodes the pods run on."""

    pod_affinity: Given[PodAffinity] = None
    """Near these pods."""
    pod_anti_affinity: Given[PodAffinity] = None
    """Far from these pods."""
    node_affinity: Given[NodeAffinity] = None
    """On these nodes."""
    tolerations: Given[Many[Toleration]] = None
    """Taints that do not matter."""
