"""Components as they stand after policies have changed them, and where in the Application each of their parts was
written. A draft is never changed: a policy makes another one of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pinnace_cloud.render import layers
from pinnace_cloud.render.layers import Layer
from pinnace_schemas import application, diagnostics
from pinnace_schemas.application import Application, Component, Trait
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class TraitDraft:
    """`path` is where the trait stands; `layer` where its properties come from, the last written on top."""

    trait: Trait
    path: Parts
    layer: Layer

    def place(self, path: Parts) -> Parts:
        """`path` is below the trait."""
        return layers.place(self.layer, path[1:]) if path[:1] == ("properties",) else (*self.path, *path)

    def merged(self, properties: Mapping[str, Any], path: Parts) -> "TraitDraft":
        """The same with these properties merged over its own; they stand at `path` in the Application."""
        trait = self.trait.model_copy(update={"properties": layers.merge(self.trait.properties, properties)})
        return replace(self, trait=trait, layer=Layer(path, properties, self.layer))


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """One component. `key` is its name before any policy: policies find it by that, whatever it is called now.

    Two drafts are equal only if they are the same one, so that what was made of a draft can be looked up.
    """

    key: str
    component: Component
    path: Parts
    layer: Layer
    traits: tuple[TraitDraft, ...]

    def place(self, path: Parts) -> Parts:
        """The place in the Application of what stands at `path` below the component."""
        match path:
            case ("properties", *rest):
                return layers.place(self.layer, tuple(rest))
            case ("traits", int(index), *rest) if index < len(self.traits):
                return self.traits[index].place(tuple(rest))
        return (*self.path, *path)

    def merged(self, properties: Mapping[str, Any], path: Parts) -> "Draft":
        """The same with these properties merged over its own; they stand at `path` in the Application."""
        component = self.component.model_copy(
            update={"properties": layers.merge(self.component.properties, properties)}
        )
        return replace(self, component=component, layer=Layer(path, properties, self.layer))

    def with_traits(self, traits: tuple[TraitDraft, ...]) -> "Draft":
        """The same with other traits."""
        component = self.component.model_copy(update={"traits": tuple(item.trait for item in traits)})
        return replace(self, component=component, traits=traits)


def written(document: Application) -> tuple[Draft, ...]:
    """The components as they stand in the Application."""
    return tuple(draft(item, ("spec", "components", index)) for index, item in enumerate(document.spec.components))


def draft(component: Component, path: Parts) -> Draft:
    """A component that stands at one place with all its parts."""
    traits = tuple(trait_draft(item, (*path, "traits", index)) for index, item in enumerate(component.traits))
    return Draft(component.name, component, path, Layer((*path, "properties"), component.properties), traits)


def trait_draft(trait: Trait, path: Parts) -> TraitDraft:
    """A trait that stands at one place with its properties."""
    return TraitDraft(trait, path, Layer((*path, "properties"), trait.properties))


def name_problems(drafts: Iterable[Draft], severity: Severity) -> tuple[Diagnostic, ...]:
    """Names that policies have given and that no component can have, or that two components have now (an error)."""
    found: list[Diagnostic] = []
    seen: set[tuple[str, str | None]] = set()
    for item in drafts:
        name, path = item.component.name, item.place(("name",))
        key = (name, item.component.replica_key)
        if key in seen:
            message = f"two components are called '{name}' now"
            found.append(diagnostics.error(Reason.INVALID, message, *path))
        elif path[1] == "policies":
            found += [problem.under(*path) for problem in application.component_name_problems(name, severity)]
        seen.add(key)
    return tuple(found)
