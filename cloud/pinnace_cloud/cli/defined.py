"""The types of the definitions in files, by the program `cue` of this machine."""

from collections.abc import Sequence

from pinnace_cloud.cli import programs
from pinnace_cloud.cli.output import failures
from pinnace_cloud.definitions import library
from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.render.registry import Known
from pinnace_cloud.rules import findings
from pinnace_cloud.services import defining
from pinnace_schemas import api
from pinnace_schemas.definition import DESCRIPTION, ComponentDefinition, TraitDefinition
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.errors import Rejected

_SHOWN = 5  # names of definitions in one message


class UncompiledTypes(PartMissing):
    """The program that compiles is missing: which definitions nobody can show for that."""

    def __init__(self, names: Sequence[str], missing: PartMissing) -> None:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        what = f"cannot show {'; '.join(names[:_SHOWN])}{more}"
        Rejected.__init__(self, missing.reason, f"{what}: {missing.message}")


def compiler() -> Compiler | None:
    """Of this machine, as `pinnace render` finds it. Starts nothing yet."""
    return programs.making().compiler


def types(sources: Sequence[api.Source], compiler: Compiler | None) -> tuple[Known, ...]:
    """A type for each definition, with its file; other documents bring none. Shows warnings.

    Raises InvalidSources where anything in the files is wrong, and UncompiledTypes without a program that compiles.
    """
    found, documents = findings.read(sources, unknown_fields=Severity.WARNING)
    places = [
        (item.resource, item.source)
        for item in documents
        if isinstance(item.resource, ComponentDefinition | TraitDefinition)
    ]
    try:
        shelf = defining.of_documents(compiler, [item for item, _ in places], found)
    except PartMissing as exc:
        raise UncompiledTypes([f"{source}: {item.kind} {item.name}" for item, source in places], exc) from exc
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
