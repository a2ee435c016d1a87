"""Definitions on the command line: the two kinds by one word or by their own."""

from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.names import Kind
from pinnace_schemas import api
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

COMPONENT, TRAIT = "ComponentDefinition", "TraitDefinition"
_KINDS: dict[Kind, tuple[str, ...]] = {
    Kind.COMPONENT_DEFINITION: (COMPONENT,),
    Kind.TRAIT_DEFINITION: (TRAIT,),
    Kind.DEFINITION: (COMPONENT, TRAIT),
}


def are_meant(kind: Kind | None) -> bool:
    """True for the words that stand for definitions."""
    return kind in _KINDS


def listed(client: Client, kind: Kind) -> tuple[api.DefinitionSummary, ...]:
    """Those of the kind, or of both."""
    return tuple(item for item in client.definitions() if item.kind in _KINDS[kind])


def find(client: Client, kind: Kind, name: str) -> api.DefinitionStatus:
    """Raises Rejected(NOT_FOUND). Of a component and a trait of one name the component."""
    for word in _KINDS[kind]:
        try:
            return client.definition(word, name)
        except Rejected as exc:
            if exc.reason is not Reason.NOT_FOUND:
                raise
    raise Rejected(Reason.NOT_FOUND, "there is no definition of this name", f"{' or '.join(_KINDS[kind])} {name}")


def delete(client: Client, kind: Kind, name: str) -> str:
    """Says what was deleted. Raises Rejected(NOT_FOUND), or IN_USE naming the applications."""
    (word,) = _KINDS[kind]
    client.delete_definition(word, name)
    return f"{kind} {name} deleted"
