"""`pinnace render`: the objects of Applications, offline."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from pinnace_cloud import render as rendering
from pinnace_cloud.cli import files, options
from pinnace_cloud.cli.options import Strict
from pinnace_cloud.cli.output import failures
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.render import Purpose, Rendered
from pinnace_cloud.render import output as printing
from pinnace_schemas import api, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity

app = options.command()


class Form(StrEnum):
    """How objects are printed."""

    YAML = "yaml"
    JSON = "json"


Topology = Annotated[str | None, typer.Option("--topology", metavar="NAME", help="Which topology policy.")]
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
    rendered: list[Rendered] = []
    found: list[Diagnostic] = []
    for source in files.read(file, recursive=recursive):
        read = manifest.read(source.text, source.name, unknown_fields=Severity.ERROR if strict else Severity.WARNING)
        found += read.diagnostics
        for document in read.documents:
            if isinstance(document.resource, Application):
                result = rendering.render(document.resource, topology, strict=strict, purpose=Purpose.PRINT)
                found += [document.locate(item) for item in result.diagnostics]
                rendered += result.rendered
    lines = [api.DiagnosticBody(**item.to_dict()) for item in found]
    if any(item.severity is Severity.ERROR for item in found):
        raise InvalidSources(lines)
    failures.show_diagnostics(lines)
    sys.stdout.write(printing.to_yaml(rendered) if output is Form.YAML else printing.to_json(rendered))
