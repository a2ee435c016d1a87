"""`pinnace apply`: everything in the files, or nothing."""

from typing import Annotated

import typer

from pinnace_cloud.cli import files, folders, options, session
from pinnace_cloud.cli.options import Refresh, Strict
from pinnace_cloud.cli.output import console, failures, formats, outages
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api

app = options.command()

DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and change nothing.")]


@app.command()
@session.connected
def apply(
    at: Session,
    file: files.Files,
    recursive: files.Recursive = False,
    dry_run: DryRun = False,
    strict: Strict = False,
    refresh: Refresh = False,
    output: formats.TextOutput = Machine.TEXT,
) -> None:
    """Create or change applications, groups and nodes: everything in the files, or nothing."""
    request = folders.request(files.read(file, recursive=recursive), strict=strict, refresh=refresh)
    response = at.client.apply(request.model_copy(update={"dry_run": dry_run}))
    failures.show_diagnostics(response.diagnostics)
    if output is Machine.TEXT:
        for item in response.items:
            console.say(line(item) + (" (dry run)" if response.dry_run else ""))
    else:
        formats.write(response, output)
    outages.warn(response.broker_outage)


def line(item: api.ApplyItem) -> str:
    """`application default/shop created, revision 1, groups: shops`."""
    name = f"{item.namespace}/{item.name}" if item.namespace else item.name
    revision = f", revision {item.revision}" if item.revision else ""
    groups = f", groups: {', '.join(item.groups)}" if item.groups else ""
    return f"{item.kind.lower()} {name} {item.change}{revision}{groups}"
