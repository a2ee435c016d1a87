"""`pinnace diff`: what `apply` would change in the objects of each group."""

import typer

from pinnace_cloud.cli import files, folders, options, session
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.options import Refresh, Strict
from pinnace_cloud.cli.output import console, failures, formats, tables
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api

app = options.command()

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@app.command()
@session.connected
def diff(
    at: Session,
    file: files.Files,
    recursive: files.Recursive = False,
    strict: Strict = False,
    refresh: Refresh = False,
    output: formats.TextOutput = Machine.TEXT,
) -> None:
    """Show what 'apply' would change. Ends with 1 where there is a difference."""
    request = folders.request(files.read(file, recursive=recursive), strict=strict, refresh=refresh)
    response = at.client.diff(request)
    failures.show_diagnostics(response.diagnostics)
    if output is not Machine.TEXT:
        formats.write(response, output)
    else:
        _print(response)
    if any(item.text for item in response.items) or _changed(response):
        raise typer.Exit(Exit.DIFFERENT)


def _changed(response: api.DiffResponse) -> list[api.ApplyItem]:
    return [item for item in response.documents if item.change is not api.Change.UNCHANGED]


def _print(response: api.DiffResponse) -> None:
    target = console.out()
    for item in response.items:
        if not item.text:
            continue
        tables.coloured(target, f"# {item.namespace}/{item.application} in {item.group}", "bold")
        for line in item.text.splitlines():
            tables.coloured(target, console.clean(line), _COLOURS.get(line[:1], ""))
    for document in _changed(response):
        place = f"{document.namespace}/{document.name}" if document.namespace else document.name
        tables.coloured(target, f"# {document.kind} {place} would be {document.change}", "bold")
