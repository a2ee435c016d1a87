"""Which health rules travel with the objects of a rendering, so that sites judge by them, also without a link.

These are rules that are text. A type whose rule is code is judged at sites by the kinds of its objects.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.parts import Context, Origin
from pinnace_cloud.render.registry import Registry
from pinnace_schemas.application import Component, Trait
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts

# Each object of a component with its place among all: by component, replica, and place of the trait (None: its own).
_Made = Mapping[tuple[str, str, int | None], Sequence[tuple[int, Rendered]]]
_MAX_NAME = 600  # characters, the limit of the wire format


@dataclass(frozen=True, slots=True)
class Carried:
    """A rule as a site gets it. `context` has the names that the texts speak of, `spoken_of` gives those of properties:
    what no rule looks at neither travels nor changes a bundle."""

    texts: Texts
    context: Mapping[str, Any]
    spoken_of: Callable[[Mapping[str, Any]], dict[str, Any]]


# The rule for a component in this context; None where there is none that a site can evaluate. The method `carried` of
# a component or trait type whose health rule is text.
Carry = Callable[[Context], Carried | None]


@dataclass(frozen=True, slots=True)
class Carriers:
    """The types of a registry whose health rule is text, by name."""

    components: Mapping[str, Carry]
    traits: Mapping[str, Carry]

    @classmethod
    def among(cls, registry: Registry) -> "Carriers":
        """Looks at each type once."""
        return cls(_carrying(registry.components), _carrying(registry.traits))

    def rules(
        self,
        components: Sequence[Component],
        rendered: Sequence[Rendered],
        context: Callable[[Component], Context],
    ) -> HealthRules | None:
        """Of a bundle of exactly these objects, in this order; None where none of the components has a rule."""
        ruling = [item for item in components if self._judges(item)]
        if not ruling:
            return None
        made, places, ruled = _by_maker(rendered), dict[Texts, int](), list[Ruled]()
        for component in ruling:
            for name, rule, properties, own in self._parts(component, context(component), made):
                place = places.setdefault(rule.texts, len(places))
                ruled.append(_ruled(name, place, rule, properties, own))
        return HealthRules(texts=tuple(places), ruled=tuple(ruled)) if ruled else None

    def _judges(self, component: Component) -> bool:
        return component.type in self.components or any(item.type in self.traits for item in component.traits)

    def _parts(
        self, component: Component, context: Context, made: _Made
    ) -> Iterator[tuple[str, Carried, Mapping[str, Any], Sequence[tuple[int, Rendered]]]]:
        """Name, rule, properties and objects of the component and of each of its traits, where they have a rule."""
        key = (component.name, component.replica_key or "")
        carry = self.components.get(component.type)
        if carry is not None and (rule := carry(context)) is not None:
            yield _name(component), rule, component.properties, made.get((*key, None), ())
        for index, trait in enumerate(component.traits):
            carry = self.traits.get(trait.type)
            if carry is not None and (rule := carry(context)) is not None:
                yield _name(component, trait), rule, trait.properties, made.get((*key, index), ())


def _carrying(types: Mapping[str, object]) -> Mapping[str, Carry]:
    """By attribute: looking at protocols would take longer than rendering does."""
    found = ((name, getattr(kind, "carried", None)) for name, kind in types.items())
    return {name: carry for name, carry in found if carry is not None}


def _by_maker(rendered: Sequence[Rendered]) -> _Made:
    found: dict[tuple[str, str, int | None], list[tuple[int, Rendered]]] = {}
    for place, item in enumerate(rendered):
        found.setdefault((item.component, item.replica, item.trait), []).append((place, item))
    return found


def _ruled(
    name: str, texts: int, rule: Carried, properties: Mapping[str, Any], own: Sequence[tuple[int, Rendered]]
) -> Ruled:
    output = next((place for place, item in own if item.origin is Origin.WORKLOAD), None)
    outputs = {item.key or str(item.identity): place for place, item in own if place != output}
    return Ruled(
        name=name[:_MAX_NAME],
        texts=texts,
        context=dict(rule.context) or None,
        parameter=rule.spoken_of(properties) or None,
        output=output,
        outputs=outputs or None,
    )


def _name(component: Component, trait: Trait | None = None) -> str:
    """For people: `screen (trait front)`."""
    more = [component.replica_key] if component.replica_key else []
    more += [f"trait {trait.name or trait.type}"] if trait is not None else []
    return f"{component.name} ({', '.join(more)})" if more else component.name
