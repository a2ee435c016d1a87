"""`pinnace describe`: everything about one application, node, group or definition."""

from typing import Annotated

import typer

from pinnace_cloud.cli import definitions, durations, names, options, session
from pinnace_cloud.cli.names import Kind
from pinnace_cloud.cli.options import Namespace
from pinnace_cloud.cli.output import console, failures, formats, rows, tables
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

app = options.command()

Described = api.ApplicationStatus | api.NodeStatus | api.GroupSummary | api.DefinitionStatus

_LABEL_WIDTH = 16

What = Annotated[list[str], typer.Argument(metavar="NAME", help="NAME, KIND NAME or KIND/NAME.")]


@app.command()
@session.connected
def describe(at: Session, what: What, namespace: Namespace = None, output: formats.TextOutput = Machine.TEXT) -> None:
    """Show everything about an application, a node, a group or a definition.

    A bare NAME is looked for among applications, then among nodes.
    """
    found = _find(at, *_target(what), namespace)
    if output is not Machine.TEXT:
        formats.write(found, output)
    elif isinstance(found, api.ApplicationStatus):
        _application(at, found)
    elif isinstance(found, api.NodeStatus):
        _node(at, found)
    elif isinstance(found, api.DefinitionStatus):
        _definition(at, found)
    else:
        _group(found)


def _target(words: list[str]) -> tuple[Kind | None, str]:
    if len(words) == 1:
        return names.with_kind(words[0])
    if len(words) == 2:
        return names.kind(words[0]), words[1]
    raise typer.BadParameter("say NAME, KIND NAME or KIND/NAME")


def _find(at: Session, kind: Kind | None, name: str, namespace: str | None) -> Described:
    if kind is Kind.NODE:
        return at.client.node(name)
    if kind is Kind.GROUP:
        return at.client.group(name)
    if kind is not None and definitions.are_meant(kind):
        return definitions.find(at.client, kind, name)
    if kind is Kind.VERDICT:
        raise typer.BadParameter("verdicts have no name; use 'pinnace status APP'")
    try:
        return at.client.application(*names.application(name, namespace))
    except Rejected as exc:
        if exc.reason is not Reason.NOT_FOUND or kind is Kind.APPLICATION or "/" in name:
            raise
    return _node_or_nothing(at, name, namespace)


def _node_or_nothing(at: Session, name: str, namespace: str | None) -> api.NodeStatus:
    try:
        return at.client.node(name)
    except Rejected as exc:
        if exc.reason is not Reason.NOT_FOUND:
            raise
        place = namespace or names.DEFAULT_NAMESPACE
        message = f"no application '{name}' in the namespace '{place}' and no node '{name}'"
        raise Rejected(Reason.NOT_FOUND, message) from exc


def _application(at: Session, status: api.ApplicationStatus) -> None:
    summary, now = status.summary, at.clock.now()
    _field("Application", f"{summary.namespace}/{summary.name}")
    _field("Verdict", summary.verdict + (f" ({summary.reason})" if summary.reason else ""))
    _field("Nodes", f"{summary.converged} of {summary.nodes} Converged" if summary.nodes else "none")
    _field("Revision", f"{summary.revision}, {durations.age(summary.changed_at, now)} by {summary.changed_by}")
    _field("Groups", ", ".join(summary.groups))
    if summary.deleting:
        _field("Deleting", "yes; waits for Removed from each node")
    _verdicts(at, status.nodes, with_application=False)


def _node(at: Session, status: api.NodeStatus) -> None:
    summary, now = status.summary, at.clock.now()
    _field("Node", summary.name)
    _field("Verdict", summary.verdict + (f" ({summary.reason})" if summary.reason else ""))
    _field("Last seen", durations.age(summary.last_seen, now))
    _field("Joined", rows.yes_no(summary.joined))
    _field("Online", f"{rows.yes_no(summary.online)} (what the broker says)" if summary.online is not None else "")
    _field("Groups", ", ".join(summary.groups))
    _field("Labels", rows.pairs(summary.labels))
    _field("Daemon", summary.daemon)
    _field("Kubernetes", summary.kubernetes)
    _field("Heads", ", ".join(f"{group} {version}" for group, version in sorted(status.heads.items())))
    _field("Journal", f"{status.journal}, stored through {status.stored_through}" if status.journal else "")
    for problem in summary.problems:
        _field("Problem", f"{problem.reason} since {problem.since}: {problem.message}")
    _verdicts(at, status.applications, with_application=True)


def _group(summary: api.GroupSummary) -> None:
    _field("Group", summary.name)
    _field("Converged", f"{summary.converged} of {summary.expected}")
    _field("Head", str(summary.head_version))
    _field("Labels", rows.pairs(summary.labels))
    _field("Nodes", ", ".join(summary.nodes))
    _field("Applications", ", ".join(summary.applications))


def _definition(at: Session, status: api.DefinitionStatus) -> None:
    summary = status.summary
    versions = [f"{name} (version {version})" for name, version in status.versions.items()]
    _field("Definition", f"{summary.kind} {summary.name}")
    _field("Version", f"{summary.version}, {durations.age(summary.changed_at, at.clock.now())} by {summary.changed_by}")
    _field("Description", summary.description)
    _field("Applications", ", ".join(versions))
    if summary.outdated:
        _field("Outdated", f"{', '.join(summary.outdated)}: apply again to render with version {summary.version}")


def _verdicts(at: Session, verdicts: tuple[api.NodeVerdict, ...], *, with_application: bool) -> None:
    if verdicts:
        console.say("")
        tables.show(*rows.verdicts(verdicts, at.clock.now(), wide=False, with_application=with_application))
        failures.explain(item.reason for item in verdicts)


def _field(label: str, value: str) -> None:
    console.say(f"{label + ':':<{_LABEL_WIDTH}}{value or '-'}")
