"""`pinnace api-token`: who may use the HTTP API; works on the store of this machine."""

import os
import sys
from typing import Annotated

import typer

from pinnace_cloud import app as controller
from pinnace_cloud import settings_file
from pinnace_cloud.cli import options
from pinnace_cloud.cli.options import Config
from pinnace_cloud.cli.output import console

app = options.command()

Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose it is; recorded with every change.")]


@app.callback()
def api_token() -> None:
    """Tokens of the HTTP API, in the store of this machine; a running controller knows of a change at once."""


@app.command()
def create(name: Name, config: Config = None) -> None:
    """Make a token: shown once, stored as a hash. Only the token goes to stdout."""
    token = controller.create_api_token(settings_file.load(os.environ, config), name)
    sys.stdout.write(token + "\n")
    console.note(f"'{name}' sets PINNACE_TOKEN to it, or keeps it in a file for --token-file; it is not shown again")


@app.command(name="list")
def list_names(config: Config = None) -> None:
    """Show the names of the tokens."""
    for name in controller.api_token_names(settings_file.load(os.environ, config)):
        console.say(name)


@app.command()
def revoke(name: Name, config: Config = None) -> None:
    """End a token; it is refused from now on."""
    controller.revoke_api_token(settings_file.load(os.environ, config), name)
    console.say(f"API token {name} revoked")
