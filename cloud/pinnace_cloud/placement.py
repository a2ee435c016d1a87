"""Placement: which NodeGroups an Application goes to, and whether any node would get it twice.

Pure. A topology's `clusters` name NodeGroups, its selector selects them by their labels; without a topology the group
is `local`. Environments count as topologies. One application reaches a node by one group only.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pinnace_cloud.render.targets import Targets, targets
from pinnace_cloud.render.topology import Place, Topology
from pinnace_schemas import diagnostics, resources
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason
from pinnace_schemas.resources import NodeGroup, Selector

LOCAL = "local"
# Names in a message.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Placement:
    """One group, reached by one topology policy (None: without any).

    `namespace` is the topology's, if it names one; `changes` are the policies that change components there, in order.
    """

    group: str
    topology: str | None
    namespace: str | None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """`placements` in the order of the topologies; empty where anything is an error."""

    placements: tuple[Placement, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return diagnostics.errors(self.diagnostics)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A node that one application would reach by two groups."""

    application: str
    node: str
    groups: tuple[str, str]

    def diagnostic(self) -> Diagnostic:
        """For the change that would cause it, whichever document that is."""
        one, other = self.groups
        message = (
            f"application '{self.application}' would reach node '{self.node}' by two groups: '{one}' and '{other}'"
        )
        hint = "take the node out of one group, or the group out of the topology"
        return diagnostics.error(Reason.TWO_GROUPS, message, hint=hint)


def place(application: Application, groups: Iterable[NodeGroup], severity: Severity = Severity.ERROR) -> Placed:
    """Where the Application goes among the groups that exist.

    `severity`: of workflow steps that are not understood, as in `targets`.
    """
    return place_targets(targets(application, severity), groups)


def place_targets(aims: Targets, groups: Iterable[NodeGroup]) -> Placed:
    """The same where the Application's targets are known."""
    found = list(aims.diagnostics)
    by_name = {group.name: group for group in groups}
    placements: dict[str, Placement] = {}
    for name, place, changes in _wanted(aims):
        chosen, problems = _groups(name, place, by_name)
        found += [item.under(*place.path) for item in problems]
        wanted = (Placement(group, name, place.topology.namespace, changes) for group in chosen)
        found += [item.under(*place.path) for item in _added(placements, wanted)]
    return Placed(() if diagnostics.errors(found) else tuple(placements.values()), tuple(found))


def memberships(groups: Iterable[NodeGroup], nodes: Iterable[resources.Node]) -> dict[str, tuple[str, ...]]:
    """Names of the members of each group."""
    known = tuple(nodes)
    return {group.name: resources.group_members(group, known) for group in groups}


def second_ways(
    placements: Mapping[str, Iterable[Placement]], members: Mapping[str, Collection[str]]
) -> tuple[Conflict, ...]:
    """Every node that an application would reach by two groups; empty where all is well.

    The same question for a change of an Application, a NodeGroup or a Node: pass what would be after the change.

    Args:
        placements: by application, named as a person would (`namespace/name`).
        members: names of nodes, by group. A group that is missing has none.
    """
    found = []
    for application, chosen in sorted(placements.items()):
        ways: dict[str, list[str]] = {}
        for group in sorted({placement.group for placement in chosen}):
            for node in members.get(group, ()):
                ways.setdefault(node, []).append(group)
        pairs = ((pair, node) for node, groups in ways.items() for pair in combinations(groups, 2))
        found += [Conflict(application, node, pair) for pair, node in sorted(pairs)]
    return tuple(found)


def _wanted(aims: Targets) -> Iterator[tuple[str | None, Place, tuple[str, ...]]]:
    for name, changes in aims.chosen.items():
        if name is None:
            yield None, Place(Topology(), ("spec",)), changes
        elif name in aims.topologies:
            yield name, aims.topologies[name], changes


def _added(placements: dict[str, Placement], wanted: Iterable[Placement]) -> Iterator[Diagnostic]:
    """Keeps what was there: two topologies may name one group, but not with two namespaces, nor changed differently."""
    for item in wanted:
        earlier = placements.setdefault(item.group, item)
        if earlier.namespace != item.namespace:
            yield _collision(earlier, item, "different namespaces")
        elif earlier.changes != item.changes:
            yield _collision(earlier, item, f"different policies ({_names(earlier)} and {_names(item)})")


def _collision(earlier: Placement, item: Placement, what: str) -> Diagnostic:
    ways = " and ".join("no topology" if one.topology is None else f"'{one.topology}'" for one in (earlier, item))
    return diagnostics.error(Reason.TWO_GROUPS, f"group '{item.group}' is reached by {ways} with {what}")


def _names(item: Placement) -> str:
    return _shortened([f"'{name}'" for name in item.changes]) or "none"


def _shortened(names: Sequence[str]) -> str:
    """Applications may name thousands."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _groups(
    name: str | None, place: Place, groups: Mapping[str, NodeGroup]
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Names of existing groups, and problems with paths below the place."""
    topology = place.topology
    if topology.clusters is not None:
        return _listed(topology.clusters, place, groups)
    if topology.selector is not None:
        return _selected(topology.selector, place, groups)
    return (LOCAL,), [] if LOCAL in groups else [_no_local(name, place, groups)]


def _no_local(name: str | None, place: Place, groups: Iterable[str]) -> Diagnostic:
    """Whoever leaves the place out may never have heard of the group."""
    one = min(groups, default="NAME")
    missing, written = f"'{place.names[1]}'", f"write {place.names[1]}"
    if name is None:
        missing = "a topology"
        written = (
            f"add {{name: where, type: topology, properties: {{clusters: [{one}]}}}} to spec.policies, and 'where' to"
            " the policies of the deploy step if there is one"
        )
    message = f"without {missing} it goes to the NodeGroup '{LOCAL}', and there is no NodeGroup '{LOCAL}'"
    return diagnostics.error(Reason.UNKNOWN_GROUP, message, hint=f"{written}; or create the NodeGroup '{LOCAL}'")


def _listed(
    names: Iterable[str], place: Place, groups: Mapping[str, NodeGroup]
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    missing = [(index, name) for index, name in enumerate(names) if name not in groups]
    return tuple(dict.fromkeys(names)), [
        diagnostics.error(
            Reason.UNKNOWN_GROUP,
            f"there is no NodeGroup '{name}'",
            *place.name(index),
            hint=_known(name, groups) if count < diagnostics.MAX_HINTS else "",
        )
        for count, (index, name) in enumerate(missing)
    ]


def _selected(
    pairs: dict[str, str], place: Place, groups: Mapping[str, NodeGroup]
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    selector = Selector(match_labels=pairs)
    chosen = tuple(sorted(name for name, group in groups.items() if resources.matches(selector, group.metadata.labels)))
    if chosen or place.topology.allow_empty:
        return chosen, []
    hint = "label a NodeGroup, or set allowEmpty: true" if place.is_list else "label a NodeGroup"
    return (), [diagnostics.error(Reason.UNKNOWN_GROUP, "selects no NodeGroup", *place.labels, hint=hint)]


def _known(name: str, groups: Mapping[str, NodeGroup]) -> str:
    nearest = diagnostics.nearest_first(name, groups)
    return f"NodeGroups: {_shortened(nearest)}" if nearest else "there are no NodeGroups yet"
