"""`pinnace keys init`: the signing keys of a controller, once."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pinnace_cloud import app as controller
from pinnace_cloud import settings_file
from pinnace_cloud.cli import options
from pinnace_cloud.cli.options import Config
from pinnace_cloud.cli.output import console

app = options.command()

Directory = Annotated[Path | None, typer.Argument(metavar="DIR", help="Default: where the settings say.")]


@app.callback()
def keys() -> None:
    """The keys that sign what sites run."""


@app.command()
def init(directory: Directory = None, config: Config = None) -> None:
    """Make one key for each role and the trust root that names them. Never overwrites anything."""
    settings = settings_file.load(os.environ, config)
    if directory is not None:
        settings = settings.model_copy(update={"keys_dir": directory})
    made = controller.make_keys(settings)
    console.say(f"keys of the tenant '{settings.tenant}' made in {made}")
    console.note("  hint: move root.pem to a safe place offline; the controller never needs it")
