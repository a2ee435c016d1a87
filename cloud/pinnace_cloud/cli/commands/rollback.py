"""`pinnace rollback`: old content as a new revision."""

from typing import Annotated

import typer

from pinnace_cloud.cli import names, options, session
from pinnace_cloud.cli.commands import apply
from pinnace_cloud.cli.options import ApplicationName, Namespace
from pinnace_cloud.cli.output import console, formats, outages
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.cli.session import Session

app = options.command()

To = Annotated[int | None, typer.Option("--to", min=1, metavar="REVISION", help="Default: the one before.")]


@app.command()
@session.connected
def rollback(
    at: Session,
    application: ApplicationName,
    to: To = None,
    namespace: Namespace = None,
    output: formats.TextOutput = Machine.TEXT,
) -> None:
    """Bring back the content of an earlier revision, as a new revision."""
    item = at.client.rollback(*names.application(application, namespace), to)
    if output is Machine.TEXT:
        console.say(apply.line(item))
    else:
        formats.write(item, output)
    outages.warn(at.client.broker().outage)
