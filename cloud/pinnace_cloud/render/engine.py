"""Turns an Application into Kubernetes objects: looks up types, checks properties, lets traits patch, dresses, checks.

Collects all that is wrong. Gives no objects where anything is an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pinnace_cloud.render import builtin, checks, dress, unknown
from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.parts import Context, Output, Part, Registry
from pinnace_cloud.render.targets import Targets, targets
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Application, Component, Trait
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason


class Purpose(StrEnum):
    """What the objects are for.

    APPLY refuses what would be a lie or a leak at a site: ignored workflow steps and dependencies, plain Secrets, names
    that no cluster takes. PRINT shows what KubeVela would render and warns of the same.
    """

    APPLY = "apply"
    PRINT = "print"

    @property
    def doubts(self) -> Severity:
        return Severity.ERROR if self is Purpose.APPLY else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rendering:
    """`rendered` in deterministic order: components as written; of each the workload, its further objects, traits'."""

    rendered: tuple[Rendered, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def objects(self) -> tuple[KubeObject, ...]:
        return tuple(item.object for item in self.rendered)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return diagnostics.errors(self.diagnostics)


def render(
    application: Application,
    topology: str | None = None,
    *,
    strict: bool = False,
    purpose: Purpose = Purpose.APPLY,
    registry: Registry = builtin.REGISTRY,
) -> Rendering:
    """The objects for one topology policy of the Application.

    Args:
        application: checked by `manifest.read`.
        topology: name of a topology; None where the Application has none, or only one.
        strict: a property that its type does not declare is an error.
        purpose: see `Purpose`.
        registry: the types that are known.
    """
    aims = targets(application, purpose.doubts)
    namespace, problem = _namespace(application, aims, topology)
    work = _Work(registry, Severity.ERROR if strict else Severity.WARNING, purpose.doubts)
    outputs = [(item, _under(work.component(application, item), index)) for index, item in _components(application)]
    found = [*aims.diagnostics, *problem, *(line for _, output in outputs for line in output.diagnostics)]
    rendered = _dressed(application, outputs, namespace)
    kept, more = checks.check(application, rendered, purpose.doubts)
    found += more
    return Rendering(() if diagnostics.errors(found) else kept, tuple(found))


def _components(application: Application) -> Iterator[tuple[int, Component]]:
    return enumerate(application.spec.components)


def _namespace(application: Application, aims: Targets, topology: str | None) -> tuple[str, tuple[Diagnostic, ...]]:
    """What objects without a namespace get."""
    chosen = [name for name in aims.chosen if name is not None]
    names = ", ".join(chosen)
    found: tuple[Diagnostic, ...] = ()
    if topology is not None and topology not in chosen:
        message, hint = f"no topology '{topology}' is chosen here", f"chosen: {names or 'none'}"
        found = (diagnostics.error(Reason.NOT_FOUND, message, "spec", "policies", hint=hint),)
    elif topology is None and None not in aims.chosen and chosen:
        topology = chosen[0]
        if len(chosen) > 1:
            message, hint = "several topologies are chosen, which render differently", f"ask for one of {names}"
            found = (diagnostics.error(Reason.INVALID, message, "spec", "policies", hint=hint),)
    wanted = aims.topologies.get(topology) if topology is not None else None
    return (wanted.namespace if wanted else None) or application.namespace, found


@dataclass(frozen=True, slots=True)
class _Work:
    """Severities and types of one rendering."""

    registry: Registry
    undeclared: Severity
    doubts: Severity

    def component(self, application: Application, component: Component) -> Output:
        """Diagnostics have paths below the component."""
        context = Context(application.name, component.name, self.doubts)
        output = self._workload(context, component)
        failed = not output.parts
        problems = [*output.diagnostics, *_flow_problems(component, self.doubts)]
        for index, trait in enumerate(component.traits):
            output, more = self._trait(context, trait, output, is_dry=failed)
            problems += [item.under("traits", index) for item in more]
        return Output(output.parts, tuple(problems))

    def _workload(self, context: Context, component: Component) -> Output:
        known = self.registry.components
        kind = known.get(component.type)
        if kind is None:
            return Output(diagnostics=(unknown.type_error("component", component.type, known, "type"),))
        parameters, problems = fields.check(kind.parameters, component.properties, self.undeclared, ("properties",))
        if parameters is None:
            return Output(diagnostics=problems)
        output = kind.render(context, parameters)
        return Output(_first_named(output.parts, context.component), (*problems, *output.diagnostics))

    def _trait(
        self, context: Context, trait: Trait, output: Output, *, is_dry: bool
    ) -> tuple[Output, tuple[Diagnostic, ...]]:
        """The new output, and problems with paths below the trait. A dry one is only checked."""
        known = self.registry.traits
        kind = known.get(trait.type)
        if kind is None:
            return output, (unknown.type_error("trait", trait.type, known, "type"),)
        parameters, problems = fields.check(kind.parameters, trait.properties, self.undeclared, ("properties",))
        if parameters is None or is_dry:
            return output, problems
        after = kind.apply(context, parameters, Output(output.parts))
        return after, (*problems, *after.diagnostics)


def _first_named(parts: tuple[Part, ...], name: str) -> tuple[Part, ...]:
    output = Output(parts)
    return output.with_workload(dress.named(parts[0].object, name)).parts if parts else ()


_FLOW = {"depends_on": "dependsOn", "inputs": "inputs", "outputs": "outputs"}


def _flow_problems(component: Component, severity: Severity) -> Iterator[Diagnostic]:
    for name, alias in _FLOW.items():
        if getattr(component, name):
            message = "an order or a flow of values between components is not supported yet"
            yield Diagnostic(severity, Reason.UNSUPPORTED, message, path=alias)


def _under(output: Output, index: int) -> Output:
    path: Parts = ("spec", "components", index)
    return Output(output.parts, tuple(item.under(*path) for item in output.diagnostics))


def _dressed(application: Application, outputs: list[tuple[Component, Output]], namespace: str) -> tuple[Rendered, ...]:
    is_global = dress.crd_scopes([part.object for _, output in outputs for part in output.parts])
    return tuple(
        Rendered(
            dress.dressed(part.object, application, component.name, namespace, is_global),
            component.name,
            part.origin,
            part.made_by,
            diagnostics.join_path(("spec", "components", index, *part.path)),
        )
        for index, (component, output) in enumerate(outputs)
        for part in output.parts
    )
