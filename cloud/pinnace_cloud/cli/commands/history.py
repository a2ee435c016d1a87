"""`pinnace history`: the revisions of an application."""

from pinnace_cloud.cli import names, options, session
from pinnace_cloud.cli.options import ApplicationName, Namespace
from pinnace_cloud.cli.output import formats, rows, tables
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.cli.session import Session

app = options.command()


@app.command()
@session.connected
def history(
    at: Session, application: ApplicationName, namespace: Namespace = None, output: formats.Output = Format.TABLE
) -> None:
    """List the revisions of an application: who changed it when, and which groups it went to."""
    found = at.client.history(*names.application(application, namespace))
    if output.is_table:
        tables.show(*rows.revisions(found, at.clock.now()))
    else:
        formats.write(found, output)
