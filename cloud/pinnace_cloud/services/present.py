"""What the store holds at one moment, as far as a plan has to know."""

from collections.abc import Mapping
from dataclasses import dataclass

from pinnace_cloud.rules import world
from pinnace_cloud.rules.world import World
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AppKey, ApplicationRow, Placement, ResourceRow


@dataclass(frozen=True, slots=True)
class Present:
    """`joined` are the nodes that have a key."""

    world: World
    applications: Mapping[AppKey, ApplicationRow]
    groups: Mapping[str, ResourceRow]
    nodes: Mapping[str, ResourceRow]
    placements: tuple[Placement, ...]
    members: Mapping[str, frozenset[str]]
    joined: frozenset[str]


def look(tx: Transaction) -> Present:
    """Everything that a plan needs to know of the store."""
    applications = {row.key: row for row in tx.applications.all()}
    groups = {row.name: row for row in tx.targets.groups()}
    nodes = {row.name: row for row in tx.targets.nodes()}
    written = World(
        {key: world.read_application(row.current.document) for key, row in applications.items() if not row.is_leaving},
        {name: world.read_group(row.document) for name, row in groups.items()},
        {name: world.read_node(row.document) for name, row in nodes.items()},
    )
    placements, members = tx.applications.placements(), tx.targets.members()
    return Present(written, applications, groups, nodes, placements, members, tx.targets.joined())
