"""`pinnace explain`: what a type is, and what its properties mean."""

from typing import Annotated

import typer

from pinnace_cloud.cli import flags, known, options
from pinnace_cloud.cli.flags import Flags
from pinnace_cloud.cli.output import console, explained, formats
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.explaining import explanation, lookup
from pinnace_cloud.render import installed

app = options.command()

_HELP = "Such as webservice, webservice.ports or trait/env."
_DEEP = "Also the fields within fields, and the folders within a folder."
Type = Annotated[str, typer.Argument(metavar="TYPE[.FIELD]", help=_HELP, autocompletion=options.type_names)]
Recursive = Annotated[bool, typer.Option("--recursive", "-R", help=_DEEP)]


@app.command()
@flags.flagged
def explain(
    place: Flags,
    name: Type,
    file: known.Files = None,
    recursive: Recursive = False,
    remote: known.Remote = None,
    output: formats.TextOutput = Machine.TEXT,
) -> None:
    """Say what a type is, and what its properties mean."""
    types = known.beside(installed.types(), place, file, remote=remote, recursive=recursive)
    found = explanation.explain(*lookup.find(types, name))
    if output is not Machine.TEXT:
        formats.write(found, output)
        return
    for line in explained.lines(found, is_deep=recursive):
        console.say(line)
