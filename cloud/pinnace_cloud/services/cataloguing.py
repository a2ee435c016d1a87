"""Answers questions about definitions: what there is, and which version applications are rendered with."""

from pinnace_cloud.rules import world
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import DefinitionRow
from pinnace_schemas import api, definition
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


def definitions(store: Store) -> tuple[api.DefinitionSummary, ...]:
    """The newest version of each."""
    with store.reading() as tx:
        return tuple(_summary(row, _versions(tx, row)) for row in tx.definitions.all())


def types(store: Store) -> tuple[api.DefinedType, ...]:
    """What the newest version of each brings."""
    with store.reading() as tx:
        return tuple(_type(row) for row in tx.definitions.all())


def status(store: Store, kind: str, name: str) -> api.DefinitionStatus:
    """Raises Rejected(NOT_FOUND)."""
    with store.reading() as tx:
        row = tx.definitions.get(kind, name)
        if row is None:
            raise Rejected(Reason.NOT_FOUND, "there is no definition of this name", f"{kind} {name}")
        versions = _versions(tx, row)
    document = definition.to_dict(world.read_definition(row.document))
    return api.DefinitionStatus(summary=_summary(row, versions), versions=versions, document=document)


def _versions(tx: Transaction, row: DefinitionRow) -> dict[str, int]:
    """Which version each application is rendered with; 0 for one of a definition that was deleted meanwhile."""
    numbers = tx.definitions.versions(row.kind, row.name)
    return {name: numbers.get(digest, 0) for name, digest in tx.definitions.users(row.pin).items()}


def _summary(row: DefinitionRow, versions: dict[str, int]) -> api.DefinitionSummary:
    return api.DefinitionSummary(
        kind=row.kind,
        name=row.name,
        version=row.version,
        description=_description(row),
        applications=tuple(versions),
        outdated=tuple(name for name, version in versions.items() if version != row.version),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _type(row: DefinitionRow) -> api.DefinedType:
    return api.DefinedType(
        kind=row.kind, name=row.name, version=row.version, description=_description(row), declared=row.declared
    )


def _description(row: DefinitionRow) -> str:
    return world.read_definition(row.document).metadata.annotations.get(definition.DESCRIPTION, "")
