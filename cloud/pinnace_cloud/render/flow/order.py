"""Who waits for whom: a component for those that its `dependsOn` names, and for those whose outputs it takes.

As in KubeVela, of a component that stands several times (`replicaKey`) a replica waits for its own kind first. A name
that nobody has, or a circle, would make KubeVela wait for ever: both are refused.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.flow import circles
from pinnace_cloud.render.flow.plan import Sources
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.order import Order
from pinnace_schemas.reasons import Reason

# The places of the components that one waits for, by its own.
Waits = Mapping[int, tuple[int, ...]]
# The same, each with where below the waiting component it is said.
_Said = Mapping[int, Mapping[int, Parts]]


def waits(
    drafts: Sequence[Draft], sources: Sources, written: Collection[str], doubts: Severity
) -> tuple[Waits, tuple[Diagnostic, ...]]:
    """For the components that wait at all; for none where there is a circle.

    `sources`: where their inputs come from. `written`: names of components before any policy. `doubts`: severity of an
    order that cannot be kept. Paths of problems are places in the Application.
    """
    reading = _Reading(drafts, written, doubts)
    said = {at: reading.said(at, sources) for at in range(len(drafts))}
    found = {at: tuple(others) for at, others in said.items() if others}
    circular = [_circle(drafts, places[::-1], said, doubts) for places in circles.circles(found)]
    return {} if circular else found, (*reading.problems, *circular)


@dataclass(frozen=True, slots=True)
class _Reading:
    drafts: Sequence[Draft]
    written: Collection[str]
    doubts: Severity
    problems: list[Diagnostic] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for at, draft in enumerate(self.drafts):
            self.places[draft.component.name].append(at)

    def said(self, at: int, sources: Sources) -> Mapping[int, Parts]:
        """Whom this component waits for, and where that is said."""
        found: dict[int, Parts] = {}
        for index, name in enumerate(self.drafts[at].component.depends_on):
            others = self._called(name, self.drafts[at].component.replica_key)
            if not others:
                self.problems.append(self._missing(self.drafts[at], index, name))
            found |= dict.fromkeys(others, ("dependsOn", index))
        for index, source in enumerate(sources.get(at, ())):
            if source is not None:
                found.setdefault(source.at, ("inputs", index))
        return found

    def _called(self, name: str, replica: str | None) -> Sequence[int]:
        there = self.places.get(name, [])
        by_key = {self.drafts[at].component.replica_key: at for at in there}
        one = by_key.get(replica, by_key.get(None))
        return there if one is None else (one,)

    def _missing(self, draft: Draft, index: int, name: str) -> Diagnostic:
        path = diagnostics.join_path(draft.place(("dependsOn", index)))
        if name in self.written:
            message = f"the component '{name}' is not among those of this topology: what depends on it waits for ever"
            return Diagnostic(self.doubts, Reason.INVALID, message, path=path)
        hint = diagnostics.did_you_mean(name, self.places) if len(self.problems) < diagnostics.MAX_HINTS else ""
        return Diagnostic(self.doubts, Reason.INVALID, f"no component is called '{name}'", path=path, hint=hint)


def _circle(drafts: Sequence[Draft], places: Sequence[int], said: _Said, doubts: Severity) -> Diagnostic:
    """Of `places` each waits for the next; the first and the last are the same component."""
    names = " -> ".join(drafts[at].component.name for at in places)
    path = diagnostics.join_path(drafts[places[0]].place(said[places[0]][places[1]]))
    return Diagnostic(doubts, Reason.INVALID, f"components wait for each other: {names}", path=path)


def of_objects(found: Waits, drafts: Sequence[Draft], rendered: Sequence[Rendered]) -> tuple[Order, ...]:
    """The same for objects, by their places among `rendered`. Those that wait for the same stand together."""
    if not found:
        return ()
    components = {(draft.component.name, draft.component.replica_key or ""): at for at, draft in enumerate(drafts)}
    objects: dict[int, list[int]] = defaultdict(list)
    for place, item in enumerate(rendered):
        objects[components[item.component, item.replica]].append(place)
    waiting: dict[tuple[int, ...], list[int]] = {}
    for at in found:
        after = tuple(sorted(_awaited(at, found, objects)))
        if objects[at] and after:
            waiting.setdefault(after, []).extend(objects[at])
    return tuple(Order(objects=tuple(sorted(places)), after=after) for after, places in waiting.items())


def _awaited(at: int, found: Waits, objects: Mapping[int, Sequence[int]]) -> Iterator[int]:
    """Objects of the components that this one waits for; in the place of one without any, those that it waits for."""
    todo, seen = list(found[at]), {at}
    while todo:
        other = todo.pop()
        if other not in seen:
            seen.add(other)
            yield from objects[other]
            todo += () if objects[other] else found.get(other, ())
