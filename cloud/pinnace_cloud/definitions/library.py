"""Definitions as types beside those of packages, and which of them an Application speaks of.

Its name tells a definition from others of its kind. A name that a package gives already is refused: the same
Application would mean one thing here and another one there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from pinnace_cloud.definitions import declared as declaring
from pinnace_cloud.definitions import models
from pinnace_cloud.definitions.health import Rules
from pinnace_cloud.definitions.types import CueComponent, CueTrait, Unusable
from pinnace_cloud.render.registry import Known, Registry, Sort
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Application
from pinnace_schemas.definition import ComponentDefinition, Definition
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

# Kind and name of a definition.
Key = tuple[str, str]

COMPONENT, TRAIT = "ComponentDefinition", "TraitDefinition"
# Models of some hundred definitions in some versions; making one takes milliseconds.
_KEPT_MODELS = 512


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition, and what `cue def` prints of its parameters ('' where nobody has asked)."""

    document: Definition
    declared: str = ""
    is_wrong: bool = False

    @property
    def key(self) -> Key:
        return self.document.kind, self.document.name


def registry(base: Registry, defined: Iterable[Defined]) -> Registry:
    """The types of packages and these. What an Application was rendered with goes before a package that came later."""
    items = tuple(defined)
    if not items:
        return base
    components = {item.document.name: _component(item) for item in items if item.key[0] == COMPONENT}
    traits = {item.document.name: _trait(item) for item in items if item.key[0] == TRAIT}
    return Registry({**base.components, **components}, {**base.traits, **traits}, base.policies, base.steps)


@dataclass(frozen=True, slots=True)
class Described:
    """What a definition says of itself, without what it does."""

    name: str
    parameters: type[BaseModel]


def described(key: Key, declared: str, said: str, source: str) -> Known:
    """A definition as a type that can be explained. `said` is its description, `source` what brings it."""
    kind, name = key
    sort = Sort.COMPONENT if kind == COMPONENT else Sort.TRAIT
    return Known(sort, Described(name, _model(name, declared)), source, " ".join(said.split()))


def name_problems(base: Registry, document: Definition) -> Iterator[Diagnostic]:
    """A definition cannot have the name of a type that comes with a package."""
    known: Mapping[str, Any] = base.components if isinstance(document, ComponentDefinition) else base.traits
    if document.name in known:
        sort = "component" if isinstance(document, ComponentDefinition) else "trait"
        message = f"the {sort} type '{document.name}' is there already and is no definition"
        hint = "leave the definition out to use that type, or give it another name"
        yield diagnostics.error(Reason.INVALID, message, "metadata", "name", hint=hint)


def used(application: Application) -> frozenset[Key]:
    """What could be a definition: all types of components and traits, also those that policies bring."""
    plain = [item.model_dump(mode="json", include={"type", "traits"}) for item in application.spec.components]
    changed = [item.properties.get("components") for item in application.spec.policies]
    return frozenset(_types([*plain, *(item for items in changed if isinstance(items, list) for item in items)]))


def _types(components: Iterable[Any]) -> Iterator[Key]:
    for item in components:
        if not isinstance(item, dict):
            continue
        if isinstance(item.get("type"), str):
            yield COMPONENT, item["type"]
        traits = item.get("traits")
        for trait in traits if isinstance(traits, list) else ():
            if isinstance(trait, dict) and isinstance(trait.get("type"), str):
                yield TRAIT, trait["type"]


@lru_cache(maxsize=_KEPT_MODELS)
def _model(name: str, text: str) -> Any:
    return models.of(name, declaring.read(text) if text else None)


def _component(item: Defined) -> CueComponent | Unusable:
    spec = item.document.spec
    model = _model(item.document.name, item.declared)
    if item.is_wrong:
        return Unusable(item.document.name, model)
    return CueComponent(item.document.name, model, spec.template, _rules(item))


def _trait(item: Defined) -> CueTrait | Unusable:
    spec = item.document.spec
    model = _model(item.document.name, item.declared)
    if item.is_wrong:
        return Unusable(item.document.name, model)
    return CueTrait(item.document.name, model, spec.template, _rules(item))


def _rules(item: Defined) -> Rules:
    status = item.document.spec.status
    return Rules(status.health_policy, status.custom_status, status.details)
