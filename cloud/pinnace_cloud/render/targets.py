"""Where an Application wants to be, and how it differs there: its policies, which the deploy steps bring together.

Says nothing about groups that exist: `placement` does. What is not understood is refused by path, never ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pinnace_cloud.render import deprecated, generated_steps, installed, steps, unknown
from pinnace_cloud.render.environments import Change, Environment, EnvironmentsType, Known
from pinnace_cloud.render.parts import NamedPolicyType, PolicyType
from pinnace_cloud.render.registry import Registry
from pinnace_cloud.render.sites import Sites
from pinnace_cloud.render.steps import Policies, Role
from pinnace_cloud.render.topology import Place, Topology
from pinnace_cloud.render.treatment import Asked, SitePolicyType
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Application, Policy, Step
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Targets:
    """What the policies and the workflow of an Application ask for.

    `chosen` has for each topology, in order, the names of the policies that change components there; the topology None
    stands for a deployment without topology. It is empty where a workflow has steps and none of them deploys. `sites`
    are the policies about objects at the sites, by type. Environments are among `topologies` and `changes`, by names
    that are also in `environments`.
    """

    topologies: Mapping[str, Place]
    changes: Mapping[str, Change]
    chosen: Mapping[str | None, tuple[str, ...]]
    diagnostics: tuple[Diagnostic, ...]
    sites: tuple[Sites, ...] = ()
    environments: frozenset[str] = frozenset()


def targets(application: Application, severity: Severity = Severity.ERROR, registry: Registry | None = None) -> Targets:
    """`severity`: of workflow steps, and of what a deploy step asks for, that are not understood.

    Without `registry`: the types that are installed.
    """
    registry = installed.registry() if registry is None else registry
    read = _Policies(registry, severity)
    for index, policy in enumerate(application.spec.policies):
        read.add(policy, ("spec", "policies", index))
    for name, item in read.environments.each():
        read.add_environment(name, item)
    chosen, problems = _chosen(application, Policies(read.roles, read.environments), registry, severity)
    sites = tuple(Sites(kind, tuple(asked)) for kind, asked in read.sites.values())
    names = frozenset(name for name, _ in read.environments.each())
    return Targets(read.topologies, read.changes, chosen, (*read.found, *problems), sites, names)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A policy type, one of the three, and what a policy of it does for steps."""

    role: Role
    changing: PolicyType | None = None
    treating: SitePolicyType | None = None
    having: EnvironmentsType | None = None

    @property
    def type(self) -> PolicyType | SitePolicyType | EnvironmentsType | None:
        return self.changing or self.treating or self.having


@dataclass(frozen=True, slots=True)
class _Policies:
    """What has been read of the policies, and what is wrong with them."""

    registry: Registry
    doubts: Severity
    kinds: dict[str, _Kind] = field(default_factory=dict)
    topologies: dict[str, Place] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    sites: dict[str, tuple[SitePolicyType, list[Asked]]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    environments: Known = field(default_factory=Known)
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, policy: Policy, path: Parts) -> None:
        kind = self._kind(policy.type)
        self.roles[policy.name] = kind.role
        known = kind.type
        if known is None:
            self.found.append(unknown.type_error("policy", policy.type, self.registry.policies, *path, "type"))
            return
        parameters, problems = fields.check(known.parameters, policy.properties, Severity.ERROR, (*path, "properties"))
        self.found.extend((*deprecated.warnings("policy", policy.type, known, *path, "type"), *problems))
        if parameters is not None:
            self._take(policy, kind, parameters, path)
        elif kind.having is not None:
            self.environments.add(policy.name, None)

    def add_environment(self, name: str, item: Environment) -> None:
        """All policies have been added."""
        if name in self.roles or name in self.topologies:
            message = f"something else is called '{name}' too"
            self.found.append(diagnostics.error(Reason.INVALID, message, *item.place.path))
        self.topologies[name] = item.place
        if item.change is not None:
            self.changes[name] = item.change

    def _kind(self, name: str) -> _Kind:
        """Found out once for thousands of policies of a type."""
        if name not in self.kinds:
            self.kinds[name] = _kind_of(self.registry.policies.get(name))
        return self.kinds[name]

    def _take(self, policy: Policy, kind: _Kind, parameters: Any, path: Parts) -> None:
        if isinstance(parameters, Topology):
            self.topologies[policy.name] = Place(parameters, path)
        elif kind.having is not None:
            found, problems = kind.having.environments(parameters, path, self.doubts)
            self.environments.add(policy.name, found)
            self.found.extend(problems)
        elif kind.treating is not None:
            self.sites.setdefault(policy.type, (kind.treating, []))[1].append(Asked(parameters, path))
        elif kind.changing is not None:
            self.changes[policy.name] = Change(kind.changing, parameters, path)


def _kind_of(known: PolicyType | SitePolicyType | EnvironmentsType | None) -> _Kind:
    if known is None:
        return _Kind(Role.NONE)
    if isinstance(known, EnvironmentsType):
        return _Kind(Role.NONE, having=known)
    if isinstance(known, SitePolicyType):
        return _Kind(Role.NONE, treating=known)
    if issubclass(known.parameters, Topology):
        return _Kind(Role.PLACES, known)
    return _Kind(Role.CHANGES_LAST if isinstance(known, NamedPolicyType) else Role.CHANGES, known)


def _chosen(
    application: Application, policies: Policies, registry: Registry, severity: Severity
) -> tuple[steps.Chosen, tuple[Diagnostic, ...]]:
    changing = [name for name, role in policies.roles.items() if role is Role.CHANGES]
    found, problems = generated_steps.steps(application, changing, severity=severity)
    if problems:
        return {}, problems
    workflow = application.spec.workflow
    are_written = workflow is not None and bool(workflow.steps)
    if are_written:
        problems = tuple(steps.order_problems(found))
    else:
        # Steps for single components deliver all components at once to the group `local`.
        found = tuple(step for step in found if step.type in steps.DEPLOYING) or (Step(type=steps.DEPLOY),)
    chosen, more = steps.chosen(found, policies, registry.steps, severity, are_written=are_written)
    return chosen, (*problems, *more)
