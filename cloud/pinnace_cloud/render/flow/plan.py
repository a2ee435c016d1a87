"""Who gives a value to whom: finds the output that each input means, and an order in which all can be rendered.

Of a component that stands several times (`replicaKey`), a replica takes from its own kind first, as in KubeVela.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.flow import circles
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Source:
    """An output: its place among the components, its name and what it says."""

    at: int
    name: str
    value_from: str


# Where each input of a component comes from, by its place; None where that is an error.
Sources = Mapping[int, tuple[Source | None, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """`order` has the places of the components that take something; `sources` where their inputs come from."""

    order: tuple[int, ...]
    sources: Sources
    problems: tuple[Diagnostic, ...]


# By the replica, which is empty for most, and the name of the output.
_Known = Mapping[tuple[str, str], Source]


def plan(drafts: Sequence[Draft], doubts: Severity) -> Plan:
    """`doubts`: severity of what cannot be passed on. Paths of problems are places in the Application."""
    problems: list[Diagnostic] = []
    known = _known(drafts, doubts, problems)
    sources = {
        at: _sources(draft, known, doubts, problems) for at, draft in enumerate(drafts) if draft.component.inputs
    }
    problems += _idle(drafts, known, sources)
    givers = _givers(sources)
    problems += (circular := [_cycle(drafts, places, doubts) for places in circles.circles(givers)])
    if circular:
        return Plan((), {}, tuple(problems))
    order = TopologicalSorter(givers).static_order()
    return Plan(tuple(at for at in order if at in sources), sources, tuple(problems))


def _known(drafts: Sequence[Draft], doubts: Severity, problems: list[Diagnostic]) -> _Known:
    known: dict[tuple[str, str], Source] = {}
    for at, draft in enumerate(drafts):
        for index, output in enumerate(draft.component.outputs):
            key = (draft.component.replica_key or "", output.name)
            first = known.setdefault(key, Source(at, output.name, output.value_from))
            if first.at != at:
                message = f"the component '{drafts[first.at].component.name}' has an output '{output.name}' too"
                path = diagnostics.join_path(draft.place(("outputs", index, "name")))
                problems.append(Diagnostic(doubts, Reason.INVALID, message, path=path))
    return known


def _sources(draft: Draft, known: _Known, doubts: Severity, problems: list[Diagnostic]) -> tuple[Source | None, ...]:
    found: list[Source | None] = []
    for index, item in enumerate(draft.component.inputs):
        own, any_other = (draft.component.replica_key or "", item.from_), ("", item.from_)
        source = known.get(own) or known.get(any_other)
        found.append(source)
        if source is None:
            names = [name for _, name in known]
            hint = diagnostics.did_you_mean(item.from_, names) if len(problems) < diagnostics.MAX_HINTS else ""
            path = diagnostics.join_path(draft.place(("inputs", index, "from")))
            message = f"no component has an output '{item.from_}'"
            problems.append(Diagnostic(doubts, Reason.INVALID, message, path=path, hint=hint))
    return tuple(found)


def _givers(sources: Sources) -> dict[int, list[int]]:
    return {at: [item.at for item in found if item is not None] for at, found in sources.items()}


def _idle(drafts: Sequence[Draft], known: _Known, sources: Sources) -> Iterator[Diagnostic]:
    """Outputs that nobody takes."""
    taken = {item for found in sources.values() for item in found}
    for (_, name), source in known.items():
        if source not in taken:
            message = f"no component takes the output '{name}': it has no effect"
            place = drafts[source.at].place(("outputs",))
            yield diagnostics.warning(Reason.UNSUPPORTED, message, *place)


def _cycle(drafts: Sequence[Draft], places: Sequence[int], doubts: Severity) -> Diagnostic:
    """`places` begins and ends with the same component."""
    names = " -> ".join(drafts[at].component.name for at in places)
    path = diagnostics.join_path(drafts[places[0]].place(("inputs",)))
    return Diagnostic(doubts, Reason.INVALID, f"components wait for each other's outputs: {names}", path=path)
