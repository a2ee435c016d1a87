"""What component and trait types get and give: the two protocols that a type fulfils, and the values between them.

A type is found by name in a registry and says with a pydantic model which properties it takes. It changes nothing it
was given: it returns new values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from pydantic import BaseModel

from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Severity


class Origin(StrEnum):
    """Which part of a component an object comes from."""

    WORKLOAD = "workload"
    AUXILIARY = "auxiliary"
    TRAIT = "trait"


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a component. `made_by` is the type that made it; `path` its place below the component."""

    object: KubeObject
    origin: Origin
    made_by: str
    path: tuple[str | int, ...] = ("properties",)


@dataclass(frozen=True, slots=True)
class Context:
    """What a type may know of its surroundings."""

    application: str
    component: str
    # Severity of what KubeVela lets pass although no cluster takes it.
    doubts: Severity


@dataclass(frozen=True, slots=True)
class Output:
    """What a component has become so far: the workload first. Diagnostics have paths below the component."""

    parts: tuple[Part, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

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

        Diagnostics of the returned output have paths below the trait; `output` comes without any.
        """
        ...


@dataclass(frozen=True, slots=True)
class Registry:
    """The types that are known, by name."""

    components: Mapping[str, ComponentType]
    traits: Mapping[str, TraitType]


def registry(components: Iterable[ComponentType], traits: Iterable[TraitType]) -> Registry:
    """Raises ValueError if two types of one sort have the same name."""
    return Registry(_by_name(components), _by_name(traits))


def _by_name(types: Iterable[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in types:
        if item.name in found:
            raise ValueError(f"two types are called '{item.name}'")
        found[item.name] = item
    return MappingProxyType(found)
