"""What an edit makes of nodes and node groups: the rows to store, and what is said of each document."""

from collections.abc import Iterator, Mapping

from pinnace_cloud.rules import world
from pinnace_cloud.storage.rows import ResourceRow
from pinnace_schemas import api
from pinnace_schemas.resources import Node, NodeGroup

Documents = Mapping[str, NodeGroup] | Mapping[str, Node]
Stored = Mapping[str, ResourceRow]


def rows(documents: Documents, stored: Stored, at: str, actor: str) -> tuple[ResourceRow, ...]:
    """Those that differ from what is stored; `at` is RFC 3339."""
    texts = {name: world.write(document) for name, document in documents.items()}
    return tuple(
        ResourceRow(name, text, at, actor)
        for name, text in texts.items()
        if _change(stored.get(name), text) is not api.Change.UNCHANGED
    )


def items(kind: str, documents: Documents, stored: Stored) -> Iterator[api.ApplyItem]:
    """One for each document, in their order."""
    for name, document in documents.items():
        yield api.ApplyItem(kind=kind, name=name, change=_change(stored.get(name), world.write(document)))


def _change(row: ResourceRow | None, text: str) -> api.Change:
    if row is None:
        return api.Change.CREATED
    return api.Change.UNCHANGED if row.document == text else api.Change.CONFIGURED
