"""Which policies the steps of a workflow bring together. Steps that are not understood are said to be so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from pinnace_cloud.render import deprecated, unknown
from pinnace_cloud.render.environments import Known
from pinnace_cloud.render.parts import Deployed, StepType
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Step
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason

DEPLOY = "deploy"
DEPLOYING = (DEPLOY, "deploy2env")

# Steps of KubeVela 1.11 that do something while a workflow runs: no controller of ours goes through one.
_OTHERS = frozenset(
    (
        *("addon-operation", "apply-component", "apply-deployment", "apply-object", "apply-terraform-config"),
        *("apply-terraform-provider", "build-push-image", "check-metrics", "clean-jobs"),
        *("collect-service-endpoints", "create-config", "delete-config", "depends-on-app", "deploy-cloud-resource"),
        *("export-data", "export-service", "export2config", "export2secret", "generate-jdbc-connection"),
        *("list-config", "notification", "print-message-in-status", "read-config", "read-object", "request"),
        *("restart-workflow", "share-cloud-resource", "step-group", "suspend", "vela-cli", "webhook"),
    )
)


class Role(StrEnum):
    """What a policy does for a step that names it."""

    PLACES = "places"
    CHANGES = "changes"
    CHANGES_LAST = "changes last"  # only where it is named
    NONE = "none"  # it holds for the whole Application, or is not known


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies of an Application that a step may name."""

    roles: Mapping[str, Role]
    environments: Known = field(default_factory=Known)


# By topology (None: a step without one), in order: the names of the policies that change components there.
Chosen = Mapping[str | None, tuple[str, ...]]
_Ways = Iterator[tuple[str | None, tuple[str, ...]]]


def chosen(
    steps: Sequence[Step],
    policies: Policies,
    types: Mapping[str, StepType],
    severity: Severity,
    *,
    are_written: bool = True,
) -> tuple[Chosen, tuple[Diagnostic, ...]]:
    """What the steps deploy; nothing where none does.

    A topology that two steps deploy with different policies is an error: at the sites one would undo the other.

    Args:
        steps: of the workflow.
        policies: all of the Application.
        types: the step types that are known.
        severity: of what is not understood.
        are_written: by a person, who may write another type in the place of a deprecated one.
    """
    reading = _Reading(steps, policies, types, severity, are_written)
    chosen = reading.chosen()
    return chosen, (*reading.found, *(_idle(policies, chosen) if chosen else ()))


def _idle(policies: Policies, chosen: Chosen) -> Iterator[Diagnostic]:
    """What no step names, where there are steps that could."""
    named = {*chosen, *chain.from_iterable(chosen.values())}
    for index, (name, role) in enumerate(policies.roles.items()):
        if role is not Role.NONE and name not in named:
            message = f"no deploy step names the policy '{name}': it has no effect"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "spec", "policies", index)
    for name, item in policies.environments.each():
        if name not in named:
            message = f"no step deploys the environment '{name}': it gets nothing"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, *item.place.path)


def order_problems(steps: Sequence[Step]) -> Iterator[Diagnostic]:
    """An order that is asked for and not kept."""
    deploys = [index for index, step in enumerate(steps) if step.type in DEPLOYING]
    if len(deploys) > 1:
        message = "deploy steps are delivered at the same time, not one after the other"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "spec", "workflow", "steps", deploys[1])


@dataclass(frozen=True, slots=True)
class _Reading:
    steps: Sequence[Step]
    policies: Policies
    types: Mapping[str, StepType]
    severity: Severity
    are_written: bool
    found: list[Diagnostic] = field(default_factory=list)

    def chosen(self) -> Chosen:
        chosen: dict[str | None, tuple[str, ...]] = {}
        first: dict[str | None, int] = {}
        for index, step in enumerate(self.steps):
            for topology, others in self._ways(step, ("spec", "workflow", "steps", index)):
                first.setdefault(topology, index)
                if chosen.setdefault(topology, others) != others:
                    self._refuse_second(topology, first[topology], index)
        return chosen

    def _ways(self, step: Step, path: Parts) -> _Ways:
        """None where a policy or environment that it names is not known: what it deploys is not known either."""
        deployed = self._deployed(step, path)
        if deployed.environment:
            yield from self._environment(deployed, path)
        elif deployed.policies is not None:
            yield from self._topologies(deployed.policies, path)

    def _deployed(self, step: Step, path: Parts) -> Deployed:
        kind = self.types.get(step.type)
        if kind is None:
            self.found.append(_type_problem(step.type, self.types, self.severity).under(*path))
            return Deployed(None)
        parameters, problems = fields.check(kind.parameters, step.properties, Severity.ERROR, ("properties",))
        known = deprecated.warnings("workflow step", step.type, kind, "type") if self.are_written else ()
        more = (*known, *problems, *_unsupported_parts(step, self.severity))
        deployed = kind.deploys(parameters, self.severity) if parameters is not None else Deployed(None)
        self.found.extend(item.under(*path) for item in (*more, *deployed.diagnostics))
        return deployed

    def _environment(self, deployed: Deployed, path: Parts) -> _Ways:
        wanted, problems = self.policies.environments.wanted(deployed, self.policies.roles)
        self.found.extend(item.under(*path) for item in problems)
        if wanted is not None:
            name, found = wanted
            yield name, (name,) if found.change else ()

    def _topologies(self, names: tuple[str, ...], path: Parts) -> _Ways:
        roles = self.policies.roles
        missing = tuple(_missing(names, roles, len(self.found)))
        self.found.extend(item.under(*path) for item in missing)
        if not missing:
            changes = [name for name in names if roles[name] is Role.CHANGES]
            last = [name for name in names if roles[name] is Role.CHANGES_LAST]
            for topology in [name for name in names if roles[name] is Role.PLACES] or (None,):
                yield topology, (*changes, *last)

    def _refuse_second(self, topology: str | None, first: int, second: int) -> None:
        path = ("spec", "workflow", "steps", second)
        self.found.append(_twice(self.steps, topology, first, second).under(*path))


def _type_problem(name: str, types: Mapping[str, StepType], severity: Severity) -> Diagnostic:
    if name in _OTHERS:
        message = f"the workflow step type '{name}' is not carried out; known: {', '.join(types)}"
        return Diagnostic(severity, Reason.UNSUPPORTED, message, path="type")
    return unknown.type_error("workflow step", name, types, "type", severity=severity)


def _missing(names: tuple[str, ...], policies: Mapping[str, Role], before: int) -> Iterator[Diagnostic]:
    """Paths below the step; `before` says how much was found before."""
    for index, name in enumerate(names):
        if name not in policies:
            path = ("properties", "policies", index)
            hint = diagnostics.did_you_mean(name, policies) if before + index < diagnostics.MAX_HINTS else ""
            yield diagnostics.error(Reason.INVALID, f"policy '{name}' not found", *path, hint=hint)


def _twice(steps: Sequence[Step], topology: str | None, first: int, second: int) -> Diagnostic:
    """The path is below the second step."""
    names = " and ".join(f"'{steps[at].name or at}'" for at in (first, second))
    what = "without a topology" if topology is None else f"topology '{topology}'"
    message = f"steps {names} deploy {what} with different policies; what one brings the other would take away"
    hint = "name the same policies in both steps, or make it one step"
    return diagnostics.error(Reason.INVALID, message, "properties", "policies", hint=hint)


_STEP_FIELDS = ("if_", "timeout", "depends_on", "inputs", "outputs", "mode", "sub_steps")


def _unsupported_parts(step: Step, severity: Severity) -> Iterator[Diagnostic]:
    """Paths below the step."""
    for name in _STEP_FIELDS:
        if getattr(step, name):
            path = Step.model_fields[name].alias or name
            message = f"is not supported in a step '{step.type}' yet"
            yield Diagnostic(severity, Reason.UNSUPPORTED, message, path=path)
