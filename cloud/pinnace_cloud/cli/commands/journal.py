"""`pinnace journal`: what happened on a node, in the order of its own numbers."""

import sys
from collections import deque
from collections.abc import Iterator
from typing import Annotated

import typer

from pinnace_cloud.cli import options, session, watch
from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.options import Interval
from pinnace_cloud.cli.output import console, failures
from pinnace_cloud.cli.output.formats import Machine
from pinnace_cloud.cli.session import Session
from pinnace_schemas import api

app = options.command()

NodeName = Annotated[str, typer.Argument(metavar="NODE")]
Follow = Annotated[bool, typer.Option("--follow", help="Go on with what arrives, until interrupted.")]
Tail = Annotated[int | None, typer.Option("--tail", min=1, metavar="N", help="Only the last N entries.")]
Output = Annotated[Machine, typer.Option("--output", "-o", help="json: one object on each line.")]


@app.command()
@session.connected
def journal(
    at: Session,
    node: NodeName,
    follow: Follow = False,
    tail: Tail = None,
    interval: Interval = options.ASK_EVERY,  # type: ignore[assignment]  # the parser makes it seconds
    output: Output = Machine.TEXT,
) -> None:
    """Show what happened on a node, as far as the controller has stored it."""
    if output is Machine.YAML:
        raise typer.BadParameter("a journal is printed as text or json")
    cursor = 0
    rows: Iterator[api.JournalRow] = _after(at.client, node, cursor)
    for row in rows if tail is None else deque(rows, maxlen=tail):
        _print(row, output)
        cursor = row.cursor
    if follow:
        _follow(at, node, cursor, interval, output)


def line(row: api.JournalRow) -> str:
    """Number, time of the node, event, then whatever the entry says, the message last."""
    entry = row.entry
    place = f"{entry.namespace}/{entry.application}" if entry.application else ""
    revision = f"revision {entry.revision}" if entry.revision is not None else ""
    count = f"x{entry.count}" if entry.count > 1 else ""
    words = (place, revision, entry.phase, entry.object, entry.reason, count, entry.message)
    return f"{entry.seq:>6}  {entry.at}  {entry.event:<14}  " + "  ".join(word for word in words if word)


def _after(client: Client, node: str, cursor: int | None) -> Iterator[api.JournalRow]:
    while cursor is not None:
        page = client.journal(node, cursor)
        yield from page.rows
        cursor = page.next_cursor


def _follow(at: Session, node: str, cursor: int, interval_s: float, output: Machine) -> None:
    def read() -> None:
        nonlocal cursor
        for row in _after(at.client, node, cursor):
            _print(row, output)
            cursor = row.cursor
        sys.stdout.flush()

    sys.stdout.flush()
    watch.until(read, lambda _: False, clock=at.clock, interval_s=interval_s, complain=failures.warn)


def _print(row: api.JournalRow, output: Machine) -> None:
    if output is Machine.JSON:
        sys.stdout.write(row.model_dump_json() + "\n")
    else:
        console.say(line(row))
