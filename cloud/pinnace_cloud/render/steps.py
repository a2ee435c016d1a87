"""Which policies the deploy steps of a workflow bring together. Other steps are not understood, and said to be so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar

from pinnace_cloud.render import unknown
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Step, Workflow
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason

DEPLOY = "deploy"


class Deploy(Strictly):
    """Properties of a deploy step. Only `policies` is understood; the rest is refused where it asks for something."""

    closed: ClassVar[bool] = True

    policies: Many[str] = ()
    """Names of policies: where it is deployed, and what is different there."""
    auto: bool = True
    """Must be true."""
    parallelism: Given[int] = None
    """Not supported."""
    ignore_terraform_component: bool = True
    """Must be true."""


# By topology (None: a step without one), in order: the names of its other policies.
Chosen = Mapping[str | None, tuple[str, ...]]


def chosen(
    workflow: Workflow, policies: Mapping[str, bool], severity: Severity
) -> tuple[Chosen, tuple[Diagnostic, ...]]:
    """What the deploy steps deploy; nothing where there is none.

    A topology that two steps deploy with different policies is an error: at the sites one would undo the other.

    Args:
        workflow: with steps or a reference.
        policies: by name, whether it is a topology.
        severity: of what is not understood.
    """
    reading = _Reading(policies, severity)
    reading.found.extend(_workflow_problems(workflow, severity))
    chosen = reading.chosen(workflow)
    return chosen, (*reading.found, *_idle(policies, chosen))


def _idle(policies: Iterable[str], chosen: Chosen) -> Iterator[Diagnostic]:
    """Policies that no step names, where there are steps that could."""
    named = {*chosen, *chain.from_iterable(chosen.values())}
    for index, name in enumerate(policies):
        if named and name not in named:
            message = f"no deploy step names the policy '{name}': it has no effect"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "spec", "policies", index)


def _workflow_problems(workflow: Workflow, severity: Severity) -> Iterator[Diagnostic]:
    if workflow.ref:
        message = "Workflow objects are not read; write the steps here"
        yield _unsupported(severity, message, "spec", "workflow", "ref")
    deploys = [index for index, step in enumerate(workflow.steps) if step.type == DEPLOY]
    if len(deploys) > 1:
        message = "deploy steps are delivered at the same time, not one after the other"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "spec", "workflow", "steps", deploys[1])


@dataclass(frozen=True, slots=True)
class _Reading:
    policies: Mapping[str, bool]
    severity: Severity
    found: list[Diagnostic] = field(default_factory=list)

    def chosen(self, workflow: Workflow) -> Chosen:
        chosen: dict[str | None, tuple[str, ...]] = {}
        first: dict[str | None, int] = {}
        for index, step in enumerate(workflow.steps):
            path = ("spec", "workflow", "steps", index)
            if step.type != DEPLOY:
                self._refuse_type(step, path)
                continue
            names = self._policies_of(step, path)
            if names is None:
                continue
            others = tuple(name for name in names if not self.policies[name])
            for topology in dict.fromkeys([name for name in names if self.policies[name]] or (None,)):
                first.setdefault(topology, index)
                if chosen.setdefault(topology, others) != others:
                    self.found.append(_twice(workflow, topology, first[topology], index).under(*path))
        return chosen

    def _refuse_type(self, step: Step, path: Parts) -> None:
        problem = unknown.type_error("workflow step", step.type, [DEPLOY], *path, "type", severity=self.severity)
        self.found.append(problem)

    def _policies_of(self, step: Step, path: Parts) -> tuple[str, ...] | None:
        """None where one is not known: what the step deploys is not known either."""
        deploy, problems = fields.check(Deploy, step.properties, Severity.ERROR, (*path, "properties"))
        names = deploy.policies if deploy else ()
        missing = tuple(_missing(names, self.policies, len(self.found)))
        more = (*_unsupported_parts(step, deploy, self.severity), *missing)
        self.found.extend((*problems, *(item.under(*path) for item in more)))
        return None if deploy is None or missing else names


def _missing(names: tuple[str, ...], policies: Mapping[str, bool], before: int) -> Iterator[Diagnostic]:
    """Paths below the step; `before` says how much was found before."""
    for index, name in enumerate(names):
        if name not in policies:
            path = ("properties", "policies", index)
            hint = diagnostics.did_you_mean(name, policies) if before + index < diagnostics.MAX_HINTS else ""
            yield diagnostics.error(Reason.INVALID, f"policy '{name}' not found", *path, hint=hint)


def _twice(workflow: Workflow, topology: str | None, first: int, second: int) -> Diagnostic:
    """The path is below the second step."""
    steps = " and ".join(f"'{workflow.steps[at].name or at}'" for at in (first, second))
    what = "without a topology" if topology is None else f"topology '{topology}'"
    message = f"steps {steps} deploy {what} with different policies; what one brings the other would take away"
    hint = "name the same policies in both steps, or make it one step"
    return diagnostics.error(Reason.INVALID, message, "properties", "policies", hint=hint)


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
