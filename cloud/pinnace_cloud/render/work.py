"""Renders one component: looks up its types, checks their properties, lets traits patch. Collects all that is wrong."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pinnace_cloud.materials.needs import Materials, Need
from pinnace_cloud.render import deprecated, dress, unknown
from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.parts import ComponentType, Context, Output, Part, TraitType
from pinnace_cloud.render.registry import Registry
from pinnace_schemas import diagnostics, fields, names
from pinnace_schemas.application import Application, Component, Trait
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Work:
    """Types, severities and materials of one rendering.

    `undeclared`: of a property that its type does not declare; `doubts`: of what only a cluster would refuse.
    """

    application: Application
    registry: Registry
    undeclared: Severity
    doubts: Severity
    materials: Materials

    def output(self, draft: Draft, namespace: str) -> Output:
        """Its objects, with paths below the component; diagnostics have their places in the Application.

        `namespace` is where objects go that name none.
        """
        component = draft.component
        context = self.context(component, namespace)
        output = self._workload(context, component)
        failed = not output.parts
        needs = dict.fromkeys(output.needs)
        problems = list(output.diagnostics)
        for index, trait in enumerate(component.traits):
            # What an open need will change, later traits have to see changed.
            after, more = self._trait(context, trait, output, is_dry=failed or bool(needs))
            output = _added(output, after, ("traits", index))
            problems += [item.under("traits", index) for item in more]
            needs.update(dict.fromkeys(after.needs))
        problems += _open_problems(needs)
        return Output(output.parts, tuple(self._located(draft, item) for item in problems), tuple(needs))

    def context(self, component: Component, namespace: str) -> Context:
        """What its types may know of their surroundings."""
        metadata = self.application.metadata
        return Context(
            application=metadata.name,
            component=component.name,
            doubts=self.doubts,
            namespace=namespace,
            labels=metadata.labels,
            annotations=metadata.annotations,
            replica=component.replica_key or "",
            components=self.application.spec.components,
            materials=self.materials,
        )

    def _workload(self, context: Context, component: Component) -> Output:
        known = self.registry.components
        kind = known.get(component.type)
        if kind is None:
            return Output(diagnostics=(unknown.type_error("component", component.type, known, "type"),))
        parameters, problems = fields.check(kind.parameters, component.properties, self.undeclared, ("properties",))
        named = _misnamed(kind, context)
        problems = (*deprecated.warnings("component", component.type, kind, "type"), *named, *problems)
        if parameters is None:
            return Output(diagnostics=problems)
        with _named(kind, context):
            output = _checked(kind.render(context, parameters))
        return Output(_first_named(output.parts, context.component), (*problems, *output.diagnostics), output.needs)

    def _trait(
        self, context: Context, trait: Trait, output: Output, *, is_dry: bool
    ) -> tuple[Output, tuple[Diagnostic, ...]]:
        """The new output, and problems with paths below the trait. A dry one is only checked."""
        known = self.registry.traits
        kind = known.get(trait.type)
        if kind is None:
            return output, (unknown.type_error("trait", trait.type, known, "type"),)
        parameters, problems = fields.check(kind.parameters, trait.properties, self.undeclared, ("properties",))
        problems = (*deprecated.warnings("trait", trait.type, kind, "type"), *problems)
        if parameters is None or is_dry:
            return output, problems
        before = Output(output.parts, every_container=output.every_container)
        try:
            with _named(kind, context):
                after = _checked(kind.apply(context, parameters, before))
        except Rejected as exc:
            return output, (*problems, diagnostics.error(exc.reason, exc.message, "properties"))
        return after, (*problems, *after.diagnostics)

    def _located(self, draft: Draft, item: Diagnostic) -> Diagnostic:
        """At the place where it was written; if that is in a policy, with the names of both."""
        place = draft.place(diagnostics.split_path(item.path))
        policies = self.application.spec.policies
        match place:
            case ("spec", "policies", int(index), *_):
                names = f"component '{draft.component.name}', policy '{policies[index].name}'"
                return replace(item, path=diagnostics.join_path(place), message=f"{item.message} ({names})")
        return replace(item, path=diagnostics.join_path(place))


@contextmanager
def _named(kind: ComponentType | TraitType, context: Context) -> Iterator[None]:
    """Lets a bug say whose it is: types come from many packages."""
    try:
        yield
    except Exception as exc:
        about = type(kind)
        exc.add_note(
            f"in the type '{kind.name}' ({about.__module__}.{about.__qualname__}), component '{context.component}'"
        )
        raise


def _misnamed(kind: ComponentType, context: Context) -> Iterator[Diagnostic]:
    """Known also where properties are wrong: a container gets the component's name, and no cluster takes any other."""
    if getattr(kind.parameters, "names_container", False) and not names.is_dns_label(context.component):
        message = fields.NO_DNS_LABEL.format(text=context.component)
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="name")


def _checked(output: object) -> Output:
    """Raises TypeError for what a type must not return: most often a `return` that is missing."""
    if not isinstance(output, Output):
        raise TypeError(f"returned {type(output).__name__}, not an Output")
    return output


def _first_named(parts: tuple[Part, ...], name: str) -> tuple[Part, ...]:
    output = Output(parts)
    return output.with_workload(dress.named(parts[0].object, name)).parts if parts else ()


def _added(before: Output, after: Output, path: Parts) -> Output:
    """`after` with the places of what a trait has added below the trait."""
    count = len(before.parts)
    added = tuple(replace(part, path=(*path, *part.path)) for part in after.parts[count:])
    return replace(after, parts=(*after.parts[:count], *added))


def _open_problems(needs: Iterable[Need]) -> Iterator[Diagnostic]:
    """So that nobody takes a rendering for complete that is not."""
    for need in needs:
        message = f"needs what only '{need.maker}' gives, and nobody asked it here"
        yield diagnostics.error(Reason.UNAVAILABLE, message, "properties")
