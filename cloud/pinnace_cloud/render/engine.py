"""Turns an Application into Kubernetes objects: lets policies change its components, renders these, dresses, checks.

Collects all that is wrong. Gives no objects where anything is an error. What two topologies have in common is rendered
once and is the same object in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pinnace_cloud.materials.needs import NOTHING, Materials, Need
from pinnace_cloud.render import checks, dress, installed, kinds, sites
from pinnace_cloud.render import drafts as drafting
from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.flow import order as ordering
from pinnace_cloud.render.flow.passing import Flow
from pinnace_cloud.render.flow.values import Objects
from pinnace_cloud.render.health.carried import Carriers
from pinnace_cloud.render.kinds import Kind
from pinnace_cloud.render.parts import Output, Part
from pinnace_cloud.render.registry import Registry
from pinnace_cloud.render.sharing import Shared
from pinnace_cloud.render.targets import targets
from pinnace_cloud.render.work import Work
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Application, Component
from pinnace_schemas.bundle import ApplyPolicy, KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.health_rules import HealthRules

_USUAL = ApplyPolicy()


class Purpose(StrEnum):
    """What the objects are for.

    APPLY refuses what would be a lie or a leak at a site: ignored workflow steps, an order that cannot be kept, plain
    Secrets, names that no cluster takes. PRINT shows what KubeVela would render and warns of the same.
    """

    APPLY = "apply"
    PRINT = "print"

    @property
    def doubts(self) -> Severity:
        return Severity.ERROR if self is Purpose.APPLY else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rendering:
    """`rendered` in deterministic order: components as written; of each the workload, its further objects, traits'.

    `needs` is what is missing among the materials; each is an error among the diagnostics too. `components` are as they
    were rendered: after the policies, with their inputs.
    """

    rendered: tuple[Rendered, ...]
    diagnostics: tuple[Diagnostic, ...]
    needs: tuple[Need, ...] = ()
    components: tuple[Component, ...] = ()
    # How the edge treats the objects, and which of them definitions judge.
    policy: ApplyPolicy = _USUAL
    health: HealthRules | None = None

    @property
    def objects(self) -> tuple[KubeObject, ...]:
        return tuple(item.object for item in self.rendered)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return diagnostics.errors(self.diagnostics)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a component is rendered to, and the kinds without namespace that it defines."""

    output: Output
    crds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class _Dressed:
    """The objects of one component in one namespace, and what is wrong with each."""

    rendered: tuple[Rendered, ...]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Stage:
    """Components after some policies, what is wrong with the last of these, and the stages after one more policy."""

    drafts: tuple[Draft, ...]
    problems: tuple[Diagnostic, ...] = ()
    after: dict[str, "_Stage"] = field(default_factory=dict, repr=False)


# What makes two topologies render alike: the namespace, and the policies that change components, in order.
Likeness = tuple[str, tuple[str, ...]]


class Renderer:
    """Renders one Application for its topologies and remembers what it has rendered.

    Args:
        application: checked by `manifest.read`; never changed.
        strict: a property that its type does not declare is an error.
        purpose: see `Purpose`.
        registry: the types that are known; without it, those that are installed.
        materials: what types have asked for in an earlier rendering (see `Rendering.needs`).
    """

    def __init__(
        self,
        application: Application,
        *,
        strict: bool = False,
        purpose: Purpose = Purpose.APPLY,
        registry: Registry | None = None,
        materials: Materials = NOTHING,
    ) -> None:
        undeclared = Severity.ERROR if strict else Severity.WARNING
        registry = installed.registry() if registry is None else registry
        self.targets = targets(application, purpose.doubts, registry)
        self._application = application
        self._purpose = purpose
        self._doubts = purpose.doubts
        self._work = Work(application, registry, undeclared, purpose.doubts, materials)
        self._carriers = Carriers.among(registry)
        self._written = _Stage(drafting.written(application))
        names = frozenset(item.name for item in application.spec.components)
        self._flow = Flow(self._objects, purpose.doubts, names)
        self._made: dict[tuple[Draft, str], _Made] = {}
        self._shared = Shared()
        self._looks: dict[tuple[int, str, str, frozenset[Kind]], KubeObject] = {}
        self._dressed: dict[tuple[Draft, str, frozenset[Kind]], _Dressed] = {}
        self._renderings: dict[Likeness, Rendering] = {}

    def likeness(self, topology: str | None) -> Likeness:
        """Two topologies of which this is equal render alike."""
        wanted = self.targets.topologies.get(topology) if topology is not None else None
        namespace = (wanted.topology.namespace if wanted else None) or self._application.namespace
        return namespace, self.targets.chosen.get(topology, ())

    def supplied(self, materials: Materials) -> "Renderer":
        """The same with other materials; nothing that was rendered is taken over."""
        strict = self._work.undeclared is Severity.ERROR
        registry = self._work.registry
        return Renderer(self._application, strict=strict, purpose=self._purpose, registry=registry, materials=materials)

    def each(self) -> Iterator[Rendering]:
        """A rendering for every likeness of the topologies that are deployed and, in print, of the components as they
        are written where environments change them.
        """
        names: list[str | None] = [*self.targets.chosen] or [None]
        if self._purpose is Purpose.PRINT and not self.targets.environments.isdisjoint(self.targets.chosen):
            names.append(None)
        topologies = {self.likeness(name): name for name in names}
        return map(self.render, topologies.values())

    def render(self, topology: str | None) -> Rendering:
        """The objects for a topology; None stands for a deployment without one."""
        key = self.likeness(topology)
        if key not in self._renderings:
            self._renderings[key] = self._render(*key)
        return self._renderings[key]

    def _render(self, namespace: str, policies: tuple[str, ...]) -> Rendering:
        changed, problems = self._changed(policies)
        passed = self._flow.passed(changed, namespace)
        drafts = passed.drafts
        made = [self._make(draft, namespace) for draft in drafts]
        crds = frozenset().union(*(one.crds for one in made))
        dressed = [self._dress(draft, namespace, crds) for draft in drafts]
        kept, repeated = checks.once(tuple(item for one in dressed for item in one.rendered), self._doubts)
        # Names that were written are checked where they are read.
        names = drafting.name_problems(drafts, self._doubts) if policies else ()
        policy, unheard = sites.policy(self.targets.sites, kept, self._doubts)
        found = [*self.targets.diagnostics, *problems, *names, *passed.problems, *unheard]
        found += [item for one in made for item in one.output.diagnostics]
        found += [*repeated, *(item for one in dressed for item in one.problems)]
        needs = tuple(need for one in made for need in one.output.needs)
        components = tuple(draft.component for draft in drafts)
        if diagnostics.errors(found):
            return Rendering((), tuple(found), needs, components)
        policy = policy.ordered(ordering.of_objects(passed.waits, drafts, kept))
        health = self._carriers.rules(components, kept, lambda item: self._work.context(item, namespace))
        return Rendering(kept, tuple(found), needs, components, policy, health)

    def _changed(self, policies: tuple[str, ...]) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        """The components after these policies. Lists that begin with the same policies share what these give."""
        stage, problems = self._written, list[Diagnostic]()
        for policy in policies:
            if policy not in stage.after:
                stage.after[policy] = self._change(policy, stage.drafts)
            stage = stage.after[policy]
            problems += stage.problems
        return stage.drafts, tuple(problems)

    def _change(self, policy: str, before: tuple[Draft, ...]) -> _Stage:
        change = self.targets.changes.get(policy)
        if change is None:  # its own error is in the diagnostics of the targets
            return _Stage(before)
        return _Stage(*change.kind.change(change.parameters, change.path, before))

    def _make(self, draft: Draft, namespace: str) -> _Made:
        key = (draft, namespace)
        if key not in self._made:
            output = self._work.output(draft, namespace)
            output = replace(output, parts=tuple(map(self._shared.part, output.parts)))
            self._made[key] = _Made(output, dress.cluster_kinds(part.object for part in output.parts))
        return self._made[key]

    def _objects(self, draft: Draft, namespace: str) -> Objects | None:
        """A component as other components see it."""
        parts = self._make(draft, namespace).output.parts
        name = draft.component.name
        seen = [dress.dressed(part.object, self._application, name, namespace, ()) for part in parts]
        further = {part.key: item for part, item in zip(parts, seen, strict=True) if part.key}
        return Objects(seen[0], further) if seen else None

    def _dress(self, draft: Draft, namespace: str, crds: frozenset[Kind]) -> _Dressed:
        key = (draft, namespace, crds)
        if key not in self._dressed:
            parts = self._make(draft, namespace).output.parts
            rendered = tuple(self._rendered(draft, part, namespace, crds) for part in parts)
            problems = (checks.problems(item, self._application, self._doubts) for item in rendered)
            self._dressed[key] = _Dressed(rendered, tuple(item for found in problems for item in found))
        return self._dressed[key]

    def _rendered(self, draft: Draft, part: Part, namespace: str, crds: frozenset[Kind]) -> Rendered:
        name, replica = draft.component.name, draft.component.replica_key or ""
        item = self._look(part.object, name, namespace, crds)
        path = diagnostics.join_path(draft.place(part.path))
        identity = kinds.identity(item)
        return Rendered(item, name, part.origin, part.made_by, path, identity, _trait(part.path), part.key, replica)

    def _look(self, plain: KubeObject, component: str, namespace: str, crds: frozenset[Kind]) -> KubeObject:
        """The same object for the same one, which `_made` keeps."""
        key = (id(plain), component, namespace, crds)
        if key not in self._looks:
            self._looks[key] = dress.dressed(plain, self._application, component, namespace, crds)
        return self._looks[key]


def _trait(path: Parts) -> int | None:
    """Which trait of a component has made what stands at this path below it."""
    match path:
        case ("traits", int(index), *_):
            return index
    return None
