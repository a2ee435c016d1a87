"""`pinnace delete`: applications, definitions, groups and nodes; waits until each node has said that one is removed."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from pinnace_cloud.cli import definitions, files, names, options, removal, session
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.names import Kind
from pinnace_cloud.cli.options import Interval, Namespace, Timeout
from pinnace_cloud.cli.output import console, failures, outages
from pinnace_cloud.cli.session import Session
from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import amounts, api, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

app = options.command()


class Target(NamedTuple):
    """`namespace` is empty for all but applications."""

    kind: Kind
    name: str
    namespace: str = ""


# What uses goes before what is used.
_ORDER = (Kind.APPLICATION, Kind.COMPONENT_DEFINITION, Kind.TRAIT_DEFINITION, Kind.GROUP, Kind.NODE)
_OF_DOCUMENTS = {
    "ComponentDefinition": Kind.COMPONENT_DEFINITION,
    "TraitDefinition": Kind.TRAIT_DEFINITION,
    "NodeGroup": Kind.GROUP,
    "Node": Kind.NODE,
}

What = Annotated[list[str] | None, typer.Argument(metavar="KIND NAME", help="KIND NAME..., or KIND/NAME...")]
OptionalFiles = Annotated[
    list[str] | None, typer.Option("--file", "-f", metavar="FILE|DIR|-", help="Delete what the files name.")
]
Force = Annotated[bool, typer.Option("--force", help="Forget applications at once; sites may keep running them.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for 'Removed' from each node.")]


@app.command()
@session.connected
def delete(
    at: Session,
    what: What = None,
    file: OptionalFiles = None,
    recursive: files.Recursive = False,
    namespace: Namespace = None,
    force: Force = False,
    wait: Wait = True,
    timeout: Timeout = "10m",  # type: ignore[assignment]  # the parser makes it seconds
    interval: Interval = options.ASK_EVERY,  # type: ignore[assignment]
) -> None:
    """Remove applications, definitions, groups or nodes, by name or by file.

    An application stays listed until each of its nodes has said Removed; nodes that are offline do so when they are
    back. --force forgets it now. A deleted node keeps what it runs.
    """
    targets = _from_files(file, recursive) if file else _from_words(what or [], namespace)
    worst = Exit.OK
    begun: list[tuple[str, str]] = []
    for target in sorted(targets, key=lambda item: _ORDER.index(item.kind)):
        if target.kind is not Kind.APPLICATION and begun and wait:
            worst = max(worst, removal.wait(at, begun, timeout, interval))
            begun = []
        worst = max(worst, _delete(at, target, force, begun))
    if begun and wait:
        worst = max(worst, removal.wait(at, begun, timeout, interval))
    raise typer.Exit(worst)


def _delete(at: Session, target: Target, force: bool, begun: list[tuple[str, str]]) -> Exit:
    """One after the other: what is not there, or still in use, does not keep the rest."""
    try:
        if target.kind is Kind.APPLICATION:
            _begin(at, target, force, begun)
        elif target.kind is Kind.GROUP:
            at.client.delete_group(target.name)
            console.say(f"group {target.name} deleted")
        elif definitions.are_meant(target.kind):
            console.say(definitions.delete(at.client, target.kind, target.name))
        else:
            at.client.delete_node(target.name)
            console.say(f"node {target.name} deleted; its site keeps what it runs")
    except Rejected as exc:
        if exc.reason not in (Reason.NOT_FOUND, Reason.IN_USE):
            raise
        return failures.show(exc)
    return Exit.OK


def _begin(at: Session, target: Target, force: bool, begun: list[tuple[str, str]]) -> None:
    status = at.client.delete_application(target.namespace, target.name, force=force)
    label = f"application {target.namespace}/{target.name}"
    if force:
        console.say(f"{label} forgotten; no node was asked, and sites may keep running it")
    elif not status.nodes:
        console.say(f"{label} deleted")
    else:
        console.say(f"{label} is being removed from {amounts.count(len(status.nodes), 'node')}")
        begun.append((target.namespace, target.name))
        outages.warn(status.broker_outage)


def _from_words(words: list[str], namespace: str | None) -> list[Target]:
    pairs = [names.with_kind(word) for word in words]
    if pairs and all(kind is not None for kind, _ in pairs):
        return [_target(kind, name, namespace) for kind, name in pairs]
    if len(words) < 2:
        raise typer.BadParameter("say KIND NAME, KIND/NAME or -f FILE")
    kind = names.kind(words[0])
    return [_target(kind, name, namespace) for name in words[1:]]


def _target(kind: Kind | None, name: str, namespace: str | None) -> Target:
    if kind not in _ORDER:
        message = "applications, componentdefinitions, traitdefinitions, groups and nodes can be deleted"
        raise typer.BadParameter(message)
    if kind is not Kind.APPLICATION:
        return Target(kind, name)
    place, plain = names.application(name, namespace)
    return Target(kind, plain, place)


def _from_files(paths: Sequence[str], recursive: bool) -> list[Target]:
    found = [manifest.read(source.text, source.name) for source in files.read(paths, recursive=recursive)]
    if any(item.errors for item in found):
        raise InvalidSources([api.DiagnosticBody(**line.to_dict()) for item in found for line in item.diagnostics])
    targets = [_of(document.resource) for item in found for document in item.documents]
    if not targets:
        raise typer.BadParameter(f"there is no document in {', '.join(paths)}")
    return targets


def _of(resource: manifest.Resource) -> Target:
    if isinstance(resource, Application):
        return Target(Kind.APPLICATION, resource.name, resource.namespace)
    return Target(_OF_DOCUMENTS[resource.kind], resource.name)
