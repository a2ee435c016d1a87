"""`pinnace status`: where applications run as wanted, where not, and why; once, watching, or until they do."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pinnace_cloud.cli import names, options, session, watch
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.observing import Observer
from pinnace_cloud.cli.options import Interval, Namespace, Timeout
from pinnace_cloud.cli.output import console, failures, formats, outages, tables
from pinnace_cloud.cli.output.fleet import svg, view
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.cli.output.progress import Progress
from pinnace_cloud.cli.session import Session
from pinnace_cloud.cli.standing import OfApplication, OfFleet, Standing
from pinnace_schemas import amounts

app = options.command()

Application = Annotated[str | None, typer.Argument(metavar="APP", help="NAME or NAMESPACE/NAME; all without it.")]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Draw the fleet live until interrupted; in a pipe, a log.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until every node is Converged, and there is one.")]
Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Save the picture of --watch as it ends.")]


@app.command()
@session.connected
def status(
    at: Session,
    application: Application = None,
    namespace: Namespace = None,
    watch_it: Watch = False,
    wait: Wait = False,
    timeout: Timeout = "10m",  # type: ignore[assignment]  # the parser makes it seconds
    interval: Interval = options.ASK_EVERY,  # type: ignore[assignment]
    output: formats.Output = Format.TABLE,
    svg_file: Svg = None,
) -> None:
    """Show where an application runs as wanted, where not, and why; without APP, the worst of all on each node.

    Ends with 0 where every node is Converged, with 1 where one is not, or where an application goes to none, and with 6
    where --wait took too long.
    """
    key = names.application(application, namespace) if application else None
    if watch_it and wait:
        raise typer.BadParameter("say --watch or --wait, not both")
    if svg_file and not watch_it:
        raise typer.BadParameter("--svg saves the picture of --watch; say --watch too")
    if svg_file and not svg_file.parent.is_dir():
        raise typer.BadParameter(f"--svg: there is no folder {svg_file.parent}")
    if watch_it:
        _watch(at, Observer(at.client, at.clock, key, namespace), interval, svg_file)
    elif wait:
        _wait(at, _reader(at, key, namespace), timeout, interval, output)
    else:
        found = _reader(at, key, namespace)()
        _show(at, found, output)
        raise typer.Exit(Exit.OK if found.is_as_wanted else Exit.DIFFERENT)


def _reader(at: Session, key: tuple[str, str] | None, namespace: str | None) -> Callable[[], Standing]:
    if key is not None:
        return lambda: OfApplication(at.client.application(*key))
    observer = Observer(at.client, at.clock, namespace=namespace)
    return lambda: OfFleet.of(observer.look())


def _watch(at: Session, observer: Observer, interval_s: float, svg_file: Path | None) -> None:
    with view.opened(at.clock) as shown:
        try:
            watch.until(
                observer.read,
                lambda _: False,
                clock=at.clock,
                interval_s=interval_s,
                show=shown.show,
                complain=shown.complain,
            )
        finally:
            if svg_file is not None:
                svg_file.write_text(svg.of(shown.picture, "pinnace status --watch"), encoding="utf-8")


def _wait(at: Session, read: Callable[[], Standing], timeout_s: float, interval_s: float, output: Format) -> None:
    with Progress() as progress:
        outcome = watch.until(
            read,
            lambda found: found.is_as_wanted,
            clock=at.clock,
            interval_s=interval_s,
            timeout_s=timeout_s,
            show=lambda found: progress.update(found.summary),
            complain=progress.update,
        )
    if outcome.last is None:
        failures.complain("the controller did not answer in time")
        raise typer.Exit(Exit.UNREACHABLE)
    if outcome.is_done:
        _show(at, outcome.last, output)
        return
    late = outcome.last.late
    _show(at, late, output)
    nodes = amounts.count(outcome.last.count, "node")
    what = f"{late.count} of {nodes} not Converged" if late.count else "; ".join(late.absent)
    failures.complain(f"{what} after {timeout_s:g} s")
    raise typer.Exit(Exit.TIMEOUT)


def _show(at: Session, found: Standing, output: Format) -> None:
    if output.is_table:
        _show_table(at, found, output)
    else:
        formats.write(found.body, output)
    outages.warn(found.outage)


def _show_table(at: Session, found: Standing, output: Format) -> None:
    if found.count:
        tables.show(*found.rows(at.clock.now(), wide=output is Format.WIDE))
    for sentence in found.absent:
        console.note(sentence)
    failures.explain(found.reasons)
