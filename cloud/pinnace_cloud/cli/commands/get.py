"""`pinnace get`: lists of what there is, and of what is not as wanted."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel

from pinnace_cloud.cli import definitions, names, options, session
from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.names import Kind
from pinnace_cloud.cli.output import console, formats, rows, tables
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.cli.output.rows import Rows
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api
from pinnace_schemas.api import Verdict

app = options.command()

_STATUSES = api.ApplicationStatus | api.NodeStatus | api.DefinitionStatus

KindWord = Annotated[
    str,
    typer.Argument(
        metavar="KIND", help="applications (app), groups (ng), nodes, definitions (comp, trait) or verdicts."
    ),
]
Name = Annotated[str | None, typer.Argument(metavar="NAME", help="Only this one.")]
NotConverged = Annotated[bool, typer.Option("--not-converged", help="Only what does not run as wanted.")]
InNamespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Only this namespace; all without it.")]


@app.command()
@session.connected
def get(
    at: Session,
    kind: KindWord,
    name: Name = None,
    output: formats.Output = Format.TABLE,
    not_converged: NotConverged = False,
    namespace: InNamespace = None,
) -> None:
    """List applications, groups, nodes, definitions, or verdicts: every application on every node."""
    asked = names.kind(kind)
    if name is not None and not output.is_table:
        formats.write(_one(at.client, asked, name, namespace), output)
        return
    found = _list(at.client, asked, name, namespace)
    if not_converged:
        found = [item for item in found if not is_converged(item)]
    if not output.is_table:
        formats.write(found, output)
    elif found:
        tables.show(*_rows(found, at, wide=output is Format.WIDE))
    else:
        console.note(f"no {asked}s" + (" that are not as wanted" if not_converged else ""))


def is_converged(item: BaseModel) -> bool:
    """A group is when all that is expected of it is, a definition when no application has an older version."""
    if isinstance(item, api.DefinitionSummary):
        return not item.outdated
    if isinstance(item, api.GroupSummary):
        return item.converged >= item.expected
    return getattr(item, "verdict", None) is Verdict.CONVERGED


def _one(client: Client, kind: Kind, name: str, namespace: str | None) -> BaseModel:
    if kind is Kind.APPLICATION:
        return client.application(*names.application(name, namespace))
    if kind is Kind.NODE:
        return client.node(name)
    if kind is Kind.GROUP:
        return client.group(name)
    if definitions.are_meant(kind):
        return definitions.find(client, kind, name)
    raise typer.BadParameter("verdicts have no name; use 'pinnace status APP'")


def _list(client: Client, kind: Kind, name: str | None, namespace: str | None) -> Sequence[BaseModel]:
    if name is not None:
        one = _one(client, kind, name, namespace)
        return [one.summary if isinstance(one, _STATUSES) else one]
    if kind is Kind.APPLICATION:
        return client.applications(namespace)
    if definitions.are_meant(kind):
        return definitions.listed(client, kind)
    if kind is Kind.VERDICT:
        return [item for item in client.verdicts() if namespace in (None, item.namespace)]
    return client.nodes() if kind is Kind.NODE else client.groups()


def _rows(found: Sequence[BaseModel], at: Session, *, wide: bool) -> Rows:
    now = at.clock.now()
    applications = [item for item in found if isinstance(item, api.ApplicationSummary)]
    if applications:
        return rows.applications(applications, now, wide=wide)
    defined = [item for item in found if isinstance(item, api.DefinitionSummary)]
    if defined:
        return rows.definitions(defined, now, wide=wide)
    groups = [item for item in found if isinstance(item, api.GroupSummary)]
    if groups:
        return rows.groups(groups, wide=wide)
    verdicts = [item for item in found if isinstance(item, api.NodeVerdict)]
    if verdicts:
        return rows.verdicts(verdicts, now, wide=wide)
    return rows.nodes([item for item in found if isinstance(item, api.NodeSummary)], now, wide=wide)
