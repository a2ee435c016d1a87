"""What policies ask of objects at the sites, and what they know of an object: values, and the protocol of such types.

A treatment changes no object; the edge obeys it (`pinnace_schemas.handling`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from pinnace_cloud.render.parts import Origin
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.handling import Once, Prune


@dataclass(frozen=True, slots=True)
class Subject:
    """One rendered object: its component, the component or trait type that made it, its kind and name."""

    component: str
    origin: Origin
    made_by: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is otherwise than usual with one object; the fields are those of `Handling`."""

    observe: bool = False
    adopt: bool = False
    shared: bool = False
    prune: Prune | None = None
    once: Once | None = None
    recreate: tuple[str, ...] = ()
    replace: bool = False

    def joined(self, other: "Treatment") -> "Treatment":
        """Both; each comes from a policy type of its own."""
        return Treatment(
            self.observe or other.observe,
            self.adopt or other.adopt,
            self.shared or other.shared,
            self.prune or other.prune,
            self.once or other.once,
            self.recreate or other.recreate,
            self.replace or other.replace,
        )


USUAL = Treatment()


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy of an Application: its checked properties, and where it stands."""

    parameters: Any
    path: Parts


@dataclass(frozen=True, slots=True)
class Treated:
    """One treatment for each subject, in their order; `keep_legacy` and `remove_in_order` as in `ApplyPolicy`. Paths in
    the Application."""

    treatments: tuple[Treatment, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    keep_legacy: bool = False
    remove_in_order: bool = False


@runtime_checkable
class SitePolicyType(Protocol):
    """A policy type that says how objects are treated at the sites; it holds for the whole Application."""

    @property
    def name(self) -> str:
        """What stands under `type`."""
        ...

    @property
    def parameters(self) -> type[BaseModel]:
        """The model of the properties; a property that it does not declare is an error."""
        ...

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:
        """`policies` are all of this type, in their order, of which the first that says something counts.

        `doubts`: severity of what is asked for and does not happen.
        """
        ...
