"""Passes values between components: renders those that give before those that take, finds each value, fills it in.
Also says who waits for whom.

A component without inputs stays the same draft. What cannot be passed on leaves its input unfilled, and is said.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.flow import filling, notation, order, values
from pinnace_cloud.render.flow.errors import PassingError
from pinnace_cloud.render.flow.order import Waits
from pinnace_cloud.render.flow.plan import Source, plan
from pinnace_cloud.render.flow.values import Later, Objects
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Component
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.reasons import Reason

# The objects of a component in a namespace; None where it has errors of its own.
Look = Callable[[Draft, str], Objects | None]


@dataclass(frozen=True, slots=True)
class _Filled:
    """A component with its inputs, and what is wrong with these."""

    draft: Draft
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The components in the same order with their inputs filled, who waits for whom, and what is wrong with both."""

    drafts: tuple[Draft, ...]
    waits: Waits
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Fills inputs and remembers what it has filled, so that what two topologies have in common is one draft.

    `look` renders a component; `doubts` is the severity of what cannot be passed on, and of an order that cannot be
    kept; `written` are the names of components before any policy.
    """

    look: Look
    doubts: Severity
    written: Collection[str]
    _seen: dict[tuple[Draft, str], Objects | None] = field(default_factory=dict, repr=False)
    _filled: dict[tuple[Draft, str, tuple[Draft | None, ...]], _Filled] = field(default_factory=dict, repr=False)

    def passed(self, drafts: tuple[Draft, ...], namespace: str) -> Passed:
        if not any(_is_part(draft.component) for draft in drafts):
            return Passed(drafts, {}, ())
        planned = plan(drafts, self.doubts)
        waits, unordered = order.waits(drafts, planned.sources, self.written, self.doubts)
        done, problems = list(drafts), [*planned.problems, *unordered]
        for at in planned.order:
            filled = self._fill(drafts[at], planned.sources[at], done, namespace)
            done[at] = filled.draft
            problems += filled.problems
        return Passed(tuple(done), waits, tuple(problems))

    def _fill(self, draft: Draft, sources: Sequence[Source | None], done: Sequence[Draft], namespace: str) -> _Filled:
        givers = tuple(None if source is None else done[source.at] for source in sources)
        key = (draft, namespace, givers)
        if key not in self._filled:
            found, problems = draft, list[Diagnostic]()
            for index, (source, giver) in enumerate(zip(sources, givers, strict=True)):
                if source is None or giver is None:
                    continue
                try:
                    found = self._with_input(found, index, source, giver, namespace)
                except PassingError as exc:
                    problems.append(self._problem(draft, index, giver, exc))
            self._filled[key] = _Filled(found, tuple(problems))
        return self._filled[key]

    def _with_input(self, draft: Draft, index: int, source: Source, giver: Draft, namespace: str) -> Draft:
        """Raises PassingError."""
        objects = self._seen_of(giver, namespace)
        if objects is None:
            return draft
        value = values.of(source.value_from, objects)
        if isinstance(value, Later) and value.namespace != namespace:
            raise PassingError(
                f"its Secret is in the namespace '{value.namespace}', which pods of '{namespace}' cannot read"
            )
        return filling.filled(draft, _key(draft.component.inputs[index].parameter_key), value)

    def _seen_of(self, giver: Draft, namespace: str) -> Objects | None:
        if (giver, namespace) not in self._seen:
            self._seen[giver, namespace] = self.look(giver, namespace)
        return self._seen[giver, namespace]

    def _problem(self, draft: Draft, index: int, giver: Draft, error: PassingError) -> Diagnostic:
        wanted = draft.component.inputs[index]
        message = f"'{wanted.from_}' of component '{giver.component.name}' cannot be passed on: {error.message}"
        path = diagnostics.join_path(draft.place(("inputs", index)))
        return Diagnostic(self.doubts, Reason.UNSUPPORTED, message, path=path, hint=error.hint)


def _is_part(component: Component) -> bool:
    return bool(component.inputs or component.outputs or component.depends_on)


def _key(text: str) -> Parts:
    """Where an input goes: among the properties, unless it says otherwise. Raises PassingError."""
    found = notation.path(text)
    if found is None:
        message = f"'{text}' is no path of a property" if text.strip() else "no 'parameterKey' says where it goes"
        raise PassingError(message, "write it like env[0].value")
    return found if found[0] in ("properties", "traits") else ("properties", *found)
