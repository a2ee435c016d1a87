"""`pinnace token create`: the one string that a person carries to a node."""

import sys
from typing import Annotated

import typer

from pinnace_cloud.cli import durations, options, session
from pinnace_cloud.cli.output import console
from pinnace_cloud.cli.session import Session

app = options.command()

NodeName = Annotated[str, typer.Argument(metavar="NODE")]
Ttl = Annotated[
    float, typer.Option("--ttl", parser=durations.parse, metavar="DURATION", help="How long it may be used.")
]


@app.callback()
def token() -> None:
    """Tokens that let nodes join."""


@app.command()
@session.connected
def create(at: Session, node: NodeName, ttl: Ttl = "24h") -> None:  # type: ignore[assignment]  # parsed to seconds
    """Make a join token for NODE: usable once, shown once. Only the token goes to stdout."""
    made = at.client.create_join_token(node, round(ttl))
    sys.stdout.write(made.token + "\n")
    console.note(f"on the node '{made.node}', before {made.expires_at}: pinnace-edge join TOKEN")
