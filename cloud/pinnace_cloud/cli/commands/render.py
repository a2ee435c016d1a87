"""`pinnace render`: the objects of Applications, offline; charts and overlays with the programs of this machine."""

import base64
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import typer

from pinnace_cloud import render as rendering
from pinnace_cloud import workshop
from pinnace_cloud.cli import files, folders, options, settings
from pinnace_cloud.cli.options import Strict
from pinnace_cloud.cli.output import failures
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.materials import packages
from pinnace_cloud.materials.given import Given
from pinnace_cloud.render import Purpose, Rendered, Renderer, preparing
from pinnace_cloud.render import output as printing
from pinnace_cloud.services import supplying
from pinnace_cloud.services.supplying import Stock, Supply
from pinnace_schemas import api, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.manifest import Document, Manifests

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
    work = _Work(files.read(file, recursive=recursive), topology, strict)
    work.render()
    lines = [api.DiagnosticBody(**item.to_dict()) for item in work.found]
    if any(item.severity is Severity.ERROR for item in work.found):
        raise InvalidSources(lines)
    failures.show_diagnostics(lines)
    sys.stdout.write(printing.to_yaml(work.rendered) if output is Form.YAML else printing.to_json(work.rendered))


@dataclass(slots=True)
class _Work:
    """What is rendered, and everything that is found."""

    sources: Sequence[api.Source]
    topology: str | None
    strict: bool
    rendered: list[Rendered] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)

    def render(self) -> None:
        read = [self._read(source) for source in self.sources]
        given = {Given(item.object, item.source): item.problem for one in read for item in one.foreign}
        packed = folders.read(self.sources)
        supplies = []
        for document in (document for one in read for document in one.documents):
            if isinstance(document.resource, Application):
                own = {item.path: _package(item) for item in packed if item.source == document.source}
                stock = Stock(document.resource.namespace, document.source, own, tuple(given))
                supplies.append(Supply(workshop.make(settings.programs(), os.environ), stock))
                self._render(document, document.resource, supplies[-1])
        self.found += [given[item] for item in supplying.unused(given, supplies)]

    def _read(self, source: api.Source) -> Manifests:
        unknown = Severity.ERROR if self.strict else Severity.WARNING
        read = manifest.read(source.text, source.name, unknown_fields=unknown, takes_foreign=True)
        self.found += read.diagnostics
        return read

    def _render(self, document: Document, application: Application, supply: Supply) -> None:
        renderer = Renderer(application, strict=self.strict, purpose=Purpose.PRINT)
        result = rendering.rendering(preparing.prepared(renderer, supply.answers), self.topology)
        self.found += [document.locate(item) for item in result.diagnostics]
        self.rendered += result.rendered


def _package(folder: api.Folder) -> bytes:
    return packages.pack({path: base64.b64decode(text) for path, text in folder.files.items()})
