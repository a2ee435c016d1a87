"""Environments: places with changes of their own within one policy, which a step names together with the policy.

To all that renders and delivers, an environment is a topology that is called POLICY/NAME.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from pinnace_cloud.render.parts import Deployed, PolicyType
from pinnace_cloud.render.topology import Place
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Change:
    """What changes components: a policy type, checked properties, and where they stand."""

    kind: PolicyType
    parameters: Any
    path: Parts


@dataclass(frozen=True, slots=True)
class Environment:
    """`change` is None where the components are as they are written."""

    name: str
    place: Place
    change: Change | None = None


@runtime_checkable
class EnvironmentsType(Protocol):
    """A policy type that has environments."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties; a property that it does not declare is an error."""
        ...

    def environments(
        self, parameters: Any, path: Parts, doubts: Severity
    ) -> tuple[tuple[Environment, ...], tuple[Diagnostic, ...]]:
        """Each name once; and what is wrong, with paths in the Application. `path` is that of the policy.

        `doubts`: severity of what is asked for and does not happen.
        """
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """The environments of an Application, by policy and name. None: the policy has errors, and nothing is known."""

    policies: dict[str, dict[str, Environment] | None] = field(default_factory=dict)

    def add(self, policy: str, found: tuple[Environment, ...] | None) -> None:
        self.policies[policy] = None if found is None else {item.name: item for item in found}

    def each(self) -> Iterator[tuple[str, Environment]]:
        """All, with the names by which they count as topologies."""
        for policy, found in self.policies.items():
            yield from ((key(policy, item.name), item) for item in (found or {}).values())

    def wanted(
        self, deployed: Deployed, policies: Mapping[str, object]
    ) -> tuple[tuple[str, Environment] | None, tuple[Diagnostic, ...]]:
        """What a step asks for, and its name; problems have paths below the step. `policies`: all, by name."""
        policy = next(iter(deployed.policies or self.policies), None)
        if policy not in self.policies:
            return None, (_no_policy(policy, policies, self.policies),)
        found = self.policies[policy]
        if found is None:
            return None, ()
        if deployed.environment not in found:
            return None, (_no_environment(policy, deployed.environment, found),)
        return (key(policy, deployed.environment), found[deployed.environment]), ()


def key(policy: str, name: str) -> str:
    """What an environment is called as a topology."""
    return f"{policy}/{name}"


def _no_policy(name: str | None, policies: Mapping[str, object], known: Mapping[str, object]) -> Diagnostic:
    if name is None:
        return diagnostics.error(Reason.INVALID, "no policy has environments here", "properties")
    message = f"policy '{name}' has no environments" if name in policies else f"policy '{name}' not found"
    hint = diagnostics.did_you_mean(name, known)
    return diagnostics.error(Reason.INVALID, message, "properties", "policy", hint=hint)


def _no_environment(policy: str, name: str, known: Mapping[str, object]) -> Diagnostic:
    message = f"policy '{policy}' has no environment '{name}'"
    hint = diagnostics.did_you_mean(name, known)
    return diagnostics.error(Reason.INVALID, message, "properties", "env", hint=hint)
