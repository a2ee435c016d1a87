"""Judges a rendered Application by what a cluster says of its objects: each component, and each of its traits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.render import dress, paths
from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.engine import Rendering
from pinnace_cloud.render.health import rule
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_cloud.render.kinds import Identity
from pinnace_cloud.render.parts import Origin
from pinnace_cloud.render.registry import Registry
from pinnace_schemas.application import Application, Component
from pinnace_schemas.bundle import KubeObject

# What a cluster has, by what no two objects share.
Objects = Mapping[Identity, KubeObject]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`replica` is the key of a component that stands several times, else None.

    `trait` is the name of a trait, or its type where it has none; None for the component itself.
    """

    component: str
    replica: str | None
    trait: str | None
    type: str
    health: Health


def judge(application: Application, rendering: Rendering, registry: Registry, objects: Objects) -> Iterator[Judgement]:
    """Components as rendered, each before its traits. `rendering` is one without errors."""
    for component in rendering.components:
        key = (component.name, component.replica_key or "")
        own = [item for item in rendering.rendered if (item.component, item.replica) == key]
        yield from _Component(application, component, registry, objects).judged(own)


@dataclass(frozen=True, slots=True)
class _Component:
    application: Application
    component: Component
    registry: Registry
    objects: Objects

    def judged(self, rendered: Sequence[Rendered]) -> Iterator[Judgement]:
        """`rendered` are the objects of the component and of its traits."""
        kind = self.registry.components.get(self.component.type)
        own = [item for item in rendered if item.trait is None]
        health = self._health(kind, own, self.component.properties)
        yield self._judgement(None, self.component.type, health)
        for index, trait in enumerate(self.component.traits):
            made = [item for item in rendered if item.trait == index]
            health = self._health(self.registry.traits.get(trait.type), made, trait.properties)
            yield self._judgement(trait.name or trait.type, trait.type, health)

    def _judgement(self, trait: str | None, kind: str, health: Health) -> Judgement:
        return Judgement(self.component.name, self.component.replica_key, trait, kind, health)

    def _health(self, kind: object, made: Sequence[Rendered], properties: Mapping[str, Any]) -> Health:
        """Not healthy where an object is missing, or belongs to another Application."""
        seen = [(item, self._seen(item)) for item in made]
        problem = next((text for item, live in seen if (text := self._problem(item, live))), "")
        if problem:
            return Health(is_healthy=False, message=problem)
        found = [(item, live) for item, live in seen if live is not None]
        output = next((live for item, live in found if item.origin is Origin.WORKLOAD), None)
        outputs = {item.key or str(item.identity): live for item, live in found if live is not output}
        name, namespace = self.component.name, self.application.namespace
        return rule.of(kind, Live(name, self.application.name, namespace, output, outputs, properties))

    def _seen(self, item: Rendered) -> KubeObject | None:
        """Of custom kinds nobody knows here whether they have namespaces."""
        return self.objects.get(item.identity) or self.objects.get(item.identity._replace(namespace=""))

    def _problem(self, item: Rendered, live: KubeObject | None) -> str:
        if live is None:
            return f"{item.identity} is not there"
        owner = paths.get(live, ("metadata", "labels", dress.APPLICATION))
        is_foreign = owner is not None and owner != self.application.name
        return f"{item.identity} belongs to the application '{owner}'" if is_foreign else ""
