"""The types of the definitions in files, by the program `cue` of this machine."""

import os
from collections.abc import Sequence

from pinnace_cloud import workshop
from pinnace_cloud.cli import settings
from pinnace_cloud.cli.output import failures
from pinnace_cloud.definitions import library
from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.render import installed
from pinnace_cloud.render.registry import Known, Registry, Sort
from pinnace_cloud.rules import findings
from pinnace_cloud.services import defining
from pinnace_schemas import api
from pinnace_schemas.definition import DESCRIPTION, ComponentDefinition, Definition, TraitDefinition
from pinnace_schemas.diagnostics import Severity


def compiler() -> Compiler | None:
    """Of this machine, as `pinnace render` finds it. Starts nothing yet."""
    return workshop.make(settings.programs(), os.environ).compiler


def types(sources: Sequence[api.Source], compiler: Compiler | None) -> tuple[Known, ...]:
    """A type for each definition, with its file; other documents bring none. Shows warnings.

    Raises InvalidSources where anything in the files is wrong, and PartMissing without a program that compiles.
    """
    found, documents = findings.read(sources, unknown_fields=Severity.WARNING)
    places = [
        (item.resource, item.source)
        for item in documents
        if isinstance(item.resource, ComponentDefinition | TraitDefinition)
    ]
    shelf = defining.of_documents(compiler, [item for item, _ in places], found)
    found.refuse_errors()
    failures.show_diagnostics(found.bodies())
    registry = library.registry(installed.registry(), shelf.defined.values())
    return tuple(_known(item, registry, source) for item, source in places)


def _known(definition: Definition, registry: Registry, source: str) -> Known:
    said = " ".join(definition.metadata.annotations.get(DESCRIPTION, "").split())
    if isinstance(definition, ComponentDefinition):
        return Known(Sort.COMPONENT, registry.components[definition.name], source, said)
    return Known(Sort.TRAIT, registry.traits[definition.name], source, said)
