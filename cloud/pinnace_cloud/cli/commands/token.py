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


_REPLACE = "Let another take the place of a node that has joined; what runs there now is then refused."
Replace = Annotated[bool, typer.Option("--replace", help=_REPLACE)]


@app.callback()
def token() -> None:
    """Tokens that let nodes join."""


@app.command()
@session.connected
def create(
    at: Session,
    node: NodeName,
    ttl: Ttl = "24h",  # type: ignore[assignment]  # parsed to seconds
    replace: Replace = False,
) -> None:
    """Make a join token for NODE: usable once, shown once. Only the token goes to stdout.

    A Node that does not exist is made, without labels.
    """
    made = at.client.create_join_token(node, round(ttl), replace=replace)
    sys.stdout.write(made.token + "\n")
    if made.created:
        console.note(f"node {made.node} created: there was none of this name")
    console.note(f"on the node '{made.node}', before {made.expires_at}: pinnace-edge join TOKEN")
