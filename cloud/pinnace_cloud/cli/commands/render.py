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
    found = [one.rendering for one in made]
    if output is Form.YAML:
        sys.stdout.write("".join(printing.to_yaml(one.rendered, one.policy, one.health) for one in found))
    else:
        sys.stdout.write(printing.to_json([item for one in found for item in one.rendered]))
