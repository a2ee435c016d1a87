"""`pinnace schema`: JSON Schemas, with which editors complete and check Applications."""

import json
import sys
from typing import Annotated

import typer

from pinnace_cloud.cli import files, flags, known, options
from pinnace_cloud.cli.flags import Flags
from pinnace_cloud.cli.options import Strict
from pinnace_cloud.explaining import document, lookup
from pinnace_cloud.explaining import schema as schemas
from pinnace_cloud.render import installed

app = options.command()

_HELP = "Only the properties of this type."
Type = Annotated[str | None, typer.Argument(metavar="[TYPE]", help=_HELP, autocompletion=options.type_names)]


@app.command()
@flags.flagged
def schema(
    place: Flags,
    name: Type = None,
    file: known.Files = None,
    recursive: files.Recursive = False,
    strict: Strict = False,
    remote: known.Remote = None,
) -> None:
    """Print the JSON Schema of an application, or of the properties of one type."""
    types = known.beside(installed.types(), place, file, remote=remote, recursive=recursive)
    if name is None:
        found = document.application(types, strict=strict)
    else:
        kind, path = lookup.find(types, name)
        if path:
            raise typer.BadParameter(f"a schema is that of a whole type; say '{kind.name}'")
        found = schemas.of_type(kind, strict=strict)
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
