"""`pinnace status`: where an application runs as wanted, where not, and why; once, watching, or until it does."""

from typing import Annotated

import typer

from pinnace_cloud.cli import names, options, session, watch
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.options import ApplicationName, Interval, Namespace, Timeout
from pinnace_cloud.cli.output import console, failures, formats, rows, screen, tables
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.cli.output.progress import Progress
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api
from pinnace_schemas.api import Verdict

app = options.command()

# Removed is where a node that left the group ends.
AS_WANTED = frozenset({Verdict.CONVERGED, Verdict.REMOVED})

Watch = Annotated[bool, typer.Option("--watch", "-w", help="Show every change until interrupted.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until every node is Converged.")]


@app.command()
@session.connected
def status(
    at: Session,
    application: ApplicationName,
    namespace: Namespace = None,
    watch_it: Watch = False,
    wait: Wait = False,
    timeout: Timeout = "10m",  # type: ignore[assignment]  # the parser makes it seconds
    interval: Interval = options.ASK_EVERY,  # type: ignore[assignment]
    output: formats.Output = Format.TABLE,
) -> None:
    """Show where an application runs as wanted, where not, and why.

    Ends with 0 where every node is Converged, with 1 where one is not, with 6 where --wait took too long.
    """
    key = names.application(application, namespace)
    if watch_it and wait:
        raise typer.BadParameter("say --watch or --wait, not both")
    if watch_it:
        _watch(at, key, interval)
    elif wait:
        _wait(at, key, timeout, interval, output)
    else:
        found = at.client.application(*key)
        _show(at, found, output)
        raise typer.Exit(Exit.OK if is_as_wanted(found) else Exit.DIFFERENT)


def is_as_wanted(found: api.ApplicationStatus) -> bool:
    """True where every node is where it should be."""
    return all(item.verdict in AS_WANTED for item in found.nodes)


def summary(found: api.ApplicationStatus) -> str:
    """`default/shop revision 3: Progressing, 3 of 5 nodes converged`."""
    about = found.summary
    return (
        f"{about.namespace}/{about.name} revision {about.revision}: {about.verdict}, "
        f"{about.converged} of {about.nodes} nodes converged"
    )


def _watch(at: Session, key: tuple[str, str], interval_s: float) -> None:
    with screen.changes() as view:
        watch.until(
            lambda: at.client.application(*key),
            lambda _: False,
            clock=at.clock,
            interval_s=interval_s,
            show=lambda found: view.show(
                summary(found), *rows.verdicts(found.nodes, at.clock.now(), wide=False, with_application=False)
            ),
            complain=view.complain,
        )


def _wait(at: Session, key: tuple[str, str], timeout_s: float, interval_s: float, output: Format) -> None:
    with Progress() as progress:
        outcome = watch.until(
            lambda: at.client.application(*key),
            is_as_wanted,
            clock=at.clock,
            interval_s=interval_s,
            timeout_s=timeout_s,
            show=lambda found: progress.update(summary(found)),
            complain=progress.update,
        )
    if outcome.last is None:
        failures.complain("the controller did not answer in time")
        raise typer.Exit(Exit.UNREACHABLE)
    if outcome.is_done:
        _show(at, outcome.last, output)
        return
    late = tuple(item for item in outcome.last.nodes if item.verdict not in AS_WANTED)
    _show(at, outcome.last.model_copy(update={"nodes": late}), output)
    failures.complain(f"{len(late)} of {outcome.last.summary.nodes} nodes are not Converged after {timeout_s:g} s")
    raise typer.Exit(Exit.TIMEOUT)


def _show(at: Session, found: api.ApplicationStatus, output: Format) -> None:
    if not output.is_table:
        formats.write(found, output)
        return
    if not found.nodes:
        console.note(f"{found.summary.namespace}/{found.summary.name} goes to no node")
        return
    tables.show(*rows.verdicts(found.nodes, at.clock.now(), wide=output is Format.WIDE, with_application=False))
    failures.explain(item.reason for item in found.nodes if item.verdict not in AS_WANTED)
