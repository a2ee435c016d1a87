"""Where an Application wants to be, and how it differs there: its policies, which the deploy steps bring together.

Says nothing about groups that exist: `placement` does. What is not understood is refused by path, never ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from pinnace_cloud.render import deprecated, installed, steps, unknown
from pinnace_cloud.render.parts import PolicyType
from pinnace_cloud.render.registry import Registry
from pinnace_schemas import fields
from pinnace_schemas.application import Application, Policy
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.fields import DnsLabel, Given, Many, Strictly

TOPOLOGY = "topology"


class Topology(Strictly):
    """Properties of a topology policy. `clusters` wins over the selector, as in KubeVela; without both: `local`."""

    closed: ClassVar[bool] = True

    clusters: Given[Many[str]] = None
    """Names of NodeGroups."""
    cluster_label_selector: Given[dict[str, str]] = None
    """Labels of NodeGroups."""
    # The name of clusterLabelSelector before KubeVela 1.3.
    cluster_selector: Given[dict[str, str]] = None
    """The old name of `clusterLabelSelector`."""
    allow_empty: bool = False
    """Whether it is right that no NodeGroup is meant."""
    namespace: Given[DnsLabel] = None
    """Where objects go that name no namespace; the Application's without it."""

    @property
    def selector(self) -> dict[str, str] | None:
        return self.cluster_label_selector if self.cluster_label_selector is not None else self.cluster_selector


@dataclass(frozen=True, slots=True)
class Change:
    """A policy that changes components: its type, its checked properties, and where it stands."""

    kind: PolicyType
    parameters: Any
    path: Parts


@dataclass(frozen=True, slots=True)
class Targets:
    """What the policies and the workflow of an Application ask for.

    `chosen` has for each topology, in order, the names of the policies that change components there; the topology None
    stands for a deployment without topology. It is empty where a workflow has steps and none of them deploys.
    """

    topologies: Mapping[str, Topology]
    changes: Mapping[str, Change]
    chosen: Mapping[str | None, tuple[str, ...]]
    diagnostics: tuple[Diagnostic, ...]


def targets(application: Application, severity: Severity = Severity.ERROR, registry: Registry | None = None) -> Targets:
    """`severity`: of workflow steps, and of what a deploy step asks for, that are not understood.

    Without `registry`: the types that are installed.
    """
    registry = installed.registry() if registry is None else registry
    found: list[Diagnostic] = []
    topologies: dict[str, Topology] = {}
    changes: dict[str, Change] = {}
    for index, policy in enumerate(application.spec.policies):
        read = _policy(policy, ("spec", "policies", index), registry, found)
        if isinstance(read, Topology):
            topologies[policy.name] = read
        elif read is not None:
            changes[policy.name] = read
    workflow = application.spec.workflow
    if workflow is None or not (workflow.steps or workflow.ref):
        chosen: Mapping[str | None, tuple[str, ...]] = dict.fromkeys(topologies or (None,), tuple(changes))
    else:
        names = {policy.name: policy.type == TOPOLOGY for policy in application.spec.policies}
        chosen, problems = steps.chosen(workflow, names, severity)
        found += problems
    return Targets(topologies, changes, chosen, tuple(found))


def _policy(policy: Policy, path: Parts, registry: Registry, found: list[Diagnostic]) -> Topology | Change | None:
    kind = registry.policies.get(policy.type)
    if kind is None and policy.type != TOPOLOGY:
        known = (TOPOLOGY, *registry.policies)
        found.append(unknown.type_error("policy", policy.type, known, *path, "type"))
        return None
    model: type[BaseModel] = kind.parameters if kind else Topology
    parameters, problems = fields.check(model, policy.properties, Severity.ERROR, (*path, "properties"))
    found += (*deprecated.warnings("policy", policy.type, kind, *path, "type"), *problems)
    if isinstance(parameters, Topology):
        return parameters
    return None if kind is None or parameters is None else Change(kind, parameters, path)
