"""`pinnace render`: the objects of Applications, offline."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pinnace_cloud.cli import files, offline, options
from pinnace_cloud.cli.options import Strict, Topology
from pinnace_cloud.render import output as printing

app = options.command()


class Form(StrEnum):
    """How objects are printed."""

    YAML = "yaml"
    JSON = "json"


Output = Annotated[Form, typer.Option("--output", "-o", help="How to print them.")]


@app.command()
def render(
    file: files.Files,
    recursive: files.Recursive = False,
    topology: Topology = None,
    strict: Strict = False,
    output: Output = Form.YAML,
) -> None:
    """Print the objects that applications render to, without a controller."""
    made = offline.render(files.read(file, recursive=recursive), topology, strict=strict)
    rendered = [item for one in made for item in one.rendering.rendered]
    sys.stdout.write(printing.to_yaml(rendered) if output is Form.YAML else printing.to_json(rendered))
