"""Judges a rendered Application by what a cluster says of its objects: each component, and each of its traits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.materials.needs import Answer, Materials
from pinnace_cloud.render import dress, paths
from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.engine import Rendering
from pinnace_cloud.render.health import rule
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_cloud.render.kinds import Identity
from pinnace_cloud.render.parts import Origin
from pinnace_cloud.render.preparing import Answers
from pinnace_cloud.render.registry import Registry
from pinnace_schemas.application import Application, Component
from pinnace_schemas.bundle import KubeObject

# What a cluster has, by what no two objects share.
Objects = Mapping[Identity, KubeObject]

# A rule may ask for its verdict and then for its message; more rounds are a rule that never has enough.
_MAX_ROUNDS = 8


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


@dataclass(frozen=True, slots=True)
class _Cluster:
    """What a cluster has, and what rules were answered."""

    objects: Objects
    materials: Materials


def judge(
    application: Application, rendering: Rendering, registry: Registry, objects: Objects, answers: Answers
) -> tuple[Judgement, ...]:
    """Components as rendered, each before its traits.

    Args:
        application: what was rendered.
        rendering: one without errors.
        registry: the types that it was rendered with.
        objects: what a cluster has.
        answers: answers what rules ask for, all needs of one round together, by their keys.
    """
    materials: dict[str, Answer] = {}
    for _ in range(_MAX_ROUNDS):
        found = tuple(_judged(application, rendering, registry, _Cluster(objects, materials)))
        asked = (need for item in found for need in item.health.needs)
        missing = {need.key: need for need in asked if need.key not in materials}
        if not missing:
            return found
        materials.update(answers(tuple(missing.values())))
    raise RuntimeError(f"a health rule still asks after {_MAX_ROUNDS} rounds: {next(iter(missing.values()))}")


def _judged(
    application: Application, rendering: Rendering, registry: Registry, cluster: _Cluster
) -> Iterator[Judgement]:
    for component in rendering.components:
        key = (component.name, component.replica_key or "")
        own = [item for item in rendering.rendered if (item.component, item.replica) == key]
        yield from _Component(application, component, registry, cluster).judged(own)


@dataclass(frozen=True, slots=True)
class _Component:
    application: Application
    component: Component
    registry: Registry
    cluster: _Cluster

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
        about = self.application.metadata
        live = Live(
            component=self.component.name,
            application=about.name,
            namespace=self.application.namespace,
            output=output,
            outputs=outputs,
            properties=properties,
            materials=self.cluster.materials,
            labels=about.labels,
            annotations=about.annotations,
            replica=self.component.replica_key or "",
        )
        return rule.of(kind, live)

    def _seen(self, item: Rendered) -> KubeObject | None:
        """Of custom kinds nobody knows here whether they have namespaces."""
        objects = self.cluster.objects
        return objects.get(item.identity) or objects.get(item.identity._replace(namespace=""))

    def _problem(self, item: Rendered, live: KubeObject | None) -> str:
        if live is None:
            return f"{item.identity} is not there"
        owner = paths.get(live, ("metadata", "labels", dress.APPLICATION))
        is_foreign = owner is not None and owner != self.application.name
        return f"{item.identity} belongs to the application '{owner}'" if is_foreign else ""
