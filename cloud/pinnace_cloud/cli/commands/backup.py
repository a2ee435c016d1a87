"""`pinnace backup`: a consistent copy of the store, also while the controller runs."""

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

File = Annotated[Path, typer.Argument(metavar="FILE", help="A new file; an existing one is not overwritten.")]


@app.command()
def backup(file: File, config: Config = None) -> None:
    """Copy the store of this machine to FILE. Signing keys are not in it."""
    settings = settings_file.load(os.environ, config)
    controller.backup(settings, file)
    console.say(f"{settings.database} copied to {file}")
    console.note(f"  hint: the signing keys in {settings.keys} are not in it; keep a copy of them elsewhere")
