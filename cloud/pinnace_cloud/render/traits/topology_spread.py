"""The trait `topologyspreadconstraints`: how evenly the pods spread over nodes or zones.

Constraints of several traits add up. Two for one topology are one to the cluster and are united; KubeVela unites them
by position, and mostly fails.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, scheduling_doubts, shapes
from pinnace_cloud.render.traits.label_selector import LabelSelector
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class Constraint(Strictly):
    """How evenly pods spread over one sort of place."""

    max_skew: int
    """By how many pods two places may differ."""
    topology_key: str
    """Label of nodes: those with one value of it count as one place."""
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"] = "DoNotSchedule"
    """What happens to a pod for which it cannot hold."""
    label_selector: LabelSelector = Field(default_factory=LabelSelector)
    """The pods that are counted."""
    min_domains: Given[int] = None
    """How many places there must be at least."""
    match_label_keys: Given[Many[str]] = None
    """Labels of the pod whose values the counted pods share."""
    node_affinity_policy: Given[Literal["Honor", "Ignore"]] = None
    """Whether nodes count that the pod cannot run on."""
    node_taints_policy: Given[Literal["Honor", "Ignore"]] = None
    """Whether nodes count whose taints the pod does not tolerate."""


class TopologySpreadParameters(Strictly):
    """How evenly the pods spread."""

    constraints: Many[Constraint] = ()
    """All of these hold."""


_FIELD = "topologySpreadConstraints"


class TopologySpreadConstraints:
    """Spreads the pods evenly over nodes or zones."""

    name = "topologyspreadconstraints"
    parameters = TopologySpreadParameters

    def apply(self, context: Context, parameters: TopologySpreadParameters, output: Output) -> Output:
        old = shapes.maps(output.workload, *pod_template.POD, _FIELD)
        found = _at_their_places(old, [pods.plain(item) for item in parameters.constraints])
        return pod_template.patched(context, output, {_FIELD: found}, path=("properties", "constraints"))


def _at_their_places(old: Sequence[KubeObject], new: Iterable[KubeObject]) -> list[KubeObject]:
    """A patch of the old list: each constraint where one for its topology stands, or behind them."""
    places = {scheduling_doubts.topology(item): index for index, item in enumerate(old)}
    found: list[KubeObject] = [{} for _ in old]
    for item in new:
        index = places.pop(scheduling_doubts.topology(item), None)
        if index is None:
            found.append(item)
        else:
            found[index] = item
    return found
