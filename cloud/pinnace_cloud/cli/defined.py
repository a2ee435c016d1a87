"""The types of the definitions in files, by the program `cue` of this machine."""

from collections.abc import Sequence

from pinnace_cloud.cli import programs
from pinnace_cloud.cli.output import failures
from pinnace_cloud.definitions import library
from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.render.registry import Known
from pinnace_cloud.rules import findings
from pinnace_cloud.services import defining
from pinnace_schemas import api
from pinnace_schemas.definition import DESCRIPTION, ComponentDefinition, TraitDefinition
from pinnace_schemas.diagnostics import Severity


def compiler() -> Compiler | None:
    """Of this machine, as `pinnace render` finds it. Starts nothing yet."""
    return programs.making().compiler


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
    return tuple(
        library.described(
            (item.kind, item.name),
            shelf.defined[item.kind, item.name].declared,
            item.metadata.annotations.get(DESCRIPTION, ""),
            source,
        )
        for item, source in places
    )
