"""What component, trait and policy types get and give: the protocols that a type fulfils, and the values between them.

A type is found by name in a registry and says with a pydantic model which properties it takes. It changes nothing it
was given: it returns new values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from pinnace_cloud.materials.needs import Materials, Need
from pinnace_cloud.render.drafts import Draft
from pinnace_schemas.application import Component
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity


class Origin(StrEnum):
    """Which part of a component an object comes from."""

    WORKLOAD = "workload"
    AUXILIARY = "auxiliary"
    TRAIT = "trait"


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a component. `made_by` is the type that made it; `path` its place below the component.

    A type gives the place below itself; of what a trait adds, the engine makes it one below the component. `key` is the
    name of a further object among the outputs of its type, where health rules or other components ask for it. `need` is
    what a type asked for to make it, where a patch may have to ask again.
    """

    object: KubeObject
    origin: Origin
    made_by: str
    path: Parts = ("properties",)
    key: str = ""
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a type may know of its surroundings. `namespace` is where objects go that name none; `labels` and
    `annotations` are the Application's.
    """

    application: str
    component: str
    # Severity of what KubeVela lets pass although no cluster takes it.
    doubts: Severity
    namespace: str = "default"
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    # Tells replicas of a component apart; empty where there are none.
    replica: str = ""
    # Of the Application, as they are written there.
    components: tuple[Component, ...] = ()
    # What a type asked for in an earlier rendering (see `Output.needs`), by the key of the need.
    materials: Materials = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """What a component has become so far: the workload first. Diagnostics have paths below the component.

    `needs` is what is missing among the materials; where there are any, the component is rendered again with them.
    `every_container` is what a container gets that a later trait adds: `lifecycle` means all of them.
    """

    parts: tuple[Part, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    needs: tuple[Need, ...] = ()
    every_container: KubeObject = field(default_factory=dict)

    @property
    def workload(self) -> KubeObject | None:
        """The object that traits patch."""
        return self.parts[0].object if self.parts else None

    def with_workload(self, workload: KubeObject) -> "Output":
        """The same with another first object."""
        return replace(self, parts=(replace(self.parts[0], object=workload), *self.parts[1:]))

    def with_parts(self, *parts: Part) -> "Output":
        """The same with further objects at the end."""
        return replace(self, parts=(*self.parts, *parts))


class ComponentType(Protocol):
    """Turns checked properties into objects."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties."""
        ...

    def render(self, context: Context, parameters: Any) -> Output:
        """`parameters` is an instance of the model."""
        ...


class TraitType(Protocol):
    """Patches the workload of a component, or adds objects to it."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties."""
        ...

    def apply(self, context: Context, parameters: Any, output: Output) -> Output:
        """`parameters` is an instance of the model; `output` what the component and earlier traits made.

        Diagnostics of the returned output have paths below the trait; `output` comes without any. Raises Rejected where
        the trait does not fit what is there: an error at its properties, and the output stays as it was.
        """
        ...


class PolicyType(Protocol):
    """Changes the components of an Application where it is asked for: for the topologies that it is deployed with."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties; a property that it does not declare is an error."""
        ...

    def change(
        self, parameters: Any, path: Parts, components: tuple[Draft, ...]
    ) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        """What the components become, and problems with paths in the Application.

        `parameters` is an instance of the model; `path` where the policy stands. A component that is not changed is
        returned as the same draft: it is not rendered again.
        """
        ...


@runtime_checkable
class NamedPolicyType(Protocol):
    """A policy type that holds only where a step names it, and after all others there."""

    @property
    def only_where_named(self) -> Literal[True]:
        """Always."""
        ...


class StepType(Protocol):
    """A step of a workflow: says what it deploys. All steps are delivered at the same time, whatever their order."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties; a property that it does not declare is an error."""
        ...

    def deploys(self, parameters: Any, doubts: Severity) -> "Deployed":
        """`parameters` is an instance of the model; `doubts`: severity of what is asked for and does not happen."""
        ...


@dataclass(frozen=True, slots=True)
class Deployed:
    """The policies that a step brings together, by name: topologies, and those that change components there.

    Without a topology the whole Application goes to the group `local`; None deploys nothing. Paths are below the step.
    `environment` is the name of one: then the only policy is the one that has it, without any the first that has some.
    """

    policies: tuple[str, ...] | None
    diagnostics: tuple[Diagnostic, ...] = ()
    environment: str = ""
