"""Where an Application wants to be: its topology policies, and the deploy steps that choose among them.

Says nothing about groups that exist: `placement` does. What is not understood is refused by path, never ignored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pinnace_cloud.render import unknown
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Application, Policy, Step, Workflow
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import DnsLabel, Given, Many, Strictly
from pinnace_schemas.reasons import Reason

TOPOLOGY = "topology"
DEPLOY = "deploy"


class Topology(Strictly):
    """Properties of a topology policy. `clusters` wins over the selector, as in KubeVela; without both: `local`."""

    closed: ClassVar[bool] = True

    clusters: Given[Many[str]] = None
    cluster_label_selector: Given[dict[str, str]] = None
    # The name of clusterLabelSelector before KubeVela 1.3.
    cluster_selector: Given[dict[str, str]] = None
    allow_empty: bool = False
    namespace: Given[DnsLabel] = None

    @property
    def selector(self) -> dict[str, str] | None:
        return self.cluster_label_selector if self.cluster_label_selector is not None else self.cluster_selector


class Deploy(Strictly):
    """Properties of a deploy step. Only `policies` is understood; the rest is refused where it asks for something."""

    closed: ClassVar[bool] = True

    policies: Many[str] = ()
    auto: bool = True
    parallelism: Given[int] = None
    ignore_terraform_component: bool = True


@dataclass(frozen=True, slots=True)
class Targets:
    """`chosen`: names of topologies in order; None stands for a deployment without topology.

    `chosen` is empty where a workflow has steps and none of them deploys.
    """

    topologies: Mapping[str, Topology]
    chosen: tuple[str | None, ...]
    diagnostics: tuple[Diagnostic, ...]


def targets(application: Application, steps: Severity = Severity.ERROR) -> Targets:
    """`steps`: severity of workflow steps, and of what a deploy step asks for, that are not understood."""
    found: list[Diagnostic] = []
    topologies = {}
    for index, policy in enumerate(application.spec.policies):
        topology = _topology(policy, ("spec", "policies", index), found)
        if topology is not None:
            topologies[policy.name] = topology
    names = {policy.name: policy.type for policy in application.spec.policies}
    workflow = application.spec.workflow
    if workflow is None or not (workflow.steps or workflow.ref):
        return Targets(topologies, tuple(topologies) or (None,), tuple(found))
    found += _workflow_problems(workflow, steps)
    chosen = _chosen(workflow, names, steps, found)
    return Targets(topologies, tuple(dict.fromkeys(chosen)), tuple(found))


def _topology(policy: Policy, path: tuple[str | int, ...], found: list[Diagnostic]) -> Topology | None:
    if policy.type != TOPOLOGY:
        found.append(unknown.type_error("policy", policy.type, [TOPOLOGY], *path, "type"))
        return None
    topology, problems = fields.check(Topology, policy.properties, Severity.ERROR, (*path, "properties"))
    found += problems
    return topology


def _workflow_problems(workflow: Workflow, severity: Severity) -> Iterator[Diagnostic]:
    if workflow.ref:
        message = "Workflow objects are not read; write the steps here"
        yield _unsupported(severity, message, "spec", "workflow", "ref")
    deploys = [index for index, step in enumerate(workflow.steps) if step.type == DEPLOY]
    if len(deploys) > 1:
        message = "deploy steps are delivered at the same time, not one after the other"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "spec", "workflow", "steps", deploys[1])


def _chosen(
    workflow: Workflow, policies: Mapping[str, str], severity: Severity, found: list[Diagnostic]
) -> Iterator[str | None]:
    for index, step in enumerate(workflow.steps):
        path = ("spec", "workflow", "steps", index)
        if step.type != DEPLOY:
            found.append(unknown.type_error("workflow step", step.type, [DEPLOY], *path, "type", severity=severity))
            continue
        deploy, problems = fields.check(Deploy, step.properties, Severity.ERROR, (*path, "properties"))
        found += problems
        found += [item.under(*path) for item in _unsupported_parts(step, deploy, severity)]
        yield from _topologies_of(deploy, policies, (*path, "properties", "policies"), found)


def _topologies_of(
    deploy: Deploy | None, policies: Mapping[str, str], path: tuple[str | int, ...], found: list[Diagnostic]
) -> Iterator[str | None]:
    names = deploy.policies if deploy else ()
    for index, name in enumerate(names):
        if name not in policies:
            hint = diagnostics.did_you_mean(name, policies)
            found.append(diagnostics.error(Reason.INVALID, f"policy '{name}' not found", *path, index, hint=hint))
    topologies = [name for name in names if policies.get(name) == TOPOLOGY]
    yield from topologies or (None,)


_STEP_FIELDS = ("if_", "timeout", "depends_on", "inputs", "outputs", "mode", "sub_steps")
_DEPLOY_DEFAULTS: Mapping[str, Any] = {"auto": True, "parallelism": None, "ignore_terraform_component": True}


def _unsupported_parts(step: Step, deploy: Deploy | None, severity: Severity) -> Iterator[Diagnostic]:
    """Paths below the step."""
    for name in _STEP_FIELDS:
        if getattr(step, name):
            yield _unsupported(severity, "is not supported in a deploy step yet", _alias(Step, name))
    for name, default in _DEPLOY_DEFAULTS.items():
        if deploy is not None and getattr(deploy, name) != default:
            yield _unsupported(severity, "is not supported yet; leave it out", "properties", _alias(Deploy, name))


def _alias(model: type[Strictly], name: str) -> str:
    return model.model_fields[name].alias or name


def _unsupported(severity: Severity, message: str, *path: str | int) -> Diagnostic:
    return Diagnostic(severity, Reason.UNSUPPORTED, message, path=diagnostics.join_path(path))
