"""Which nodes have to remove which application after an edit, and when that is done. Pure.

A node counts as done only by its own word: a report that names a head version (or an assignment) from which the
application has gone, and that no longer lists the application, or lists it as Removed.
"""

from collections.abc import Collection, Iterable, Mapping

from pinnace_cloud.storage.rows import AppKey, AssignmentRow, HeadRow, Placement, Removal
from pinnace_schemas.messages import Report
from pinnace_schemas.phases import Phase

Pair = tuple[AppKey, str]


def pairs(placements: Iterable[Placement], members: Mapping[str, Collection[str]]) -> dict[Pair, str]:
    """Group by (application, node)."""
    return {(item.key, node): item.group for item in placements for node in members.get(item.group, ())}


def begun(
    before: Mapping[Pair, str], after: Mapping[Pair, str], joined: Collection[str], heads: Mapping[str, HeadRow]
) -> tuple[Removal, ...]:
    """What an edit takes from nodes. A node that has never joined has nothing to remove.

    `heads` has the new head of each group that got one: for others the application left with the assignment.
    """
    return tuple(
        Removal(key, node, group, heads[group].version if group in heads else 0)
        for (key, node), group in sorted(before.items())
        if (key, node) not in after and node in joined
    )


def handing_over(before: Mapping[Pair, str], after: Mapping[Pair, str]) -> frozenset[str]:
    """Groups that no longer bring an application to a node that gets it by another group now."""
    return frozenset(group for pair, group in before.items() if after.get(pair, group) != group)


def superseded(waiting: Iterable[Removal], after: Mapping[Pair, str]) -> tuple[Pair, ...]:
    """Removals of what is wanted there again."""
    return tuple((item.key, item.node) for item in waiting if (item.key, item.node) in after)


def is_confirmed(removal: Removal, report: Report, assignment: AssignmentRow, head: HeadRow) -> bool:
    """True if this report says that the application is gone. `head` is that of the removal's group."""
    states = [item for item in report.states if (item.namespace, item.application) == _names(removal)]
    if any(item.phase is not Phase.REMOVED for item in states):
        return False
    if removal.group in assignment.groups:
        return report.heads.get(removal.group, 0) >= (removal.head or head.version)
    return report.assignment >= assignment.version


def _names(removal: Removal) -> tuple[str, str]:
    return (removal.key.namespace, removal.key.name)
