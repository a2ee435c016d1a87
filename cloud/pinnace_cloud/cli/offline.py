"""Renders the Applications of files without a controller: charts and overlays with the programs of this machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pinnace_cloud import render as rendering
from pinnace_cloud.cli import folders, programs
from pinnace_cloud.cli.output import failures
from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.materials.given import Given
from pinnace_cloud.render import Purpose, Renderer, Rendering, preparing, remaining
from pinnace_cloud.render.registry import Registry
from pinnace_cloud.rules import findings
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.services import defining, stocking, supplying
from pinnace_cloud.services.defining import Shelf
from pinnace_cloud.services.supplying import Stock, Supply
from pinnace_schemas import api, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.definition import ComponentDefinition, TraitDefinition
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.manifest import Broken, Document, Manifests


@dataclass(frozen=True, slots=True)
class Made:
    """An Application, what it renders to with which types, and who answers what these ask for."""

    application: Application
    rendering: Rendering
    registry: Registry
    supply: Supply


@dataclass(frozen=True, slots=True)
class _Asking:
    """An Application before it has everything that it asks for."""

    document: Document
    application: Application
    registry: Registry
    supply: Supply
    renderer: Renderer


def render(sources: Sequence[api.Source], topology: str | None, *, strict: bool = False) -> tuple[Made, ...]:
    """The Applications in the order of the files. Shows warnings; raises InvalidSources where anything is an error."""
    work = _Work(sources, topology, strict)
    made = work.render()
    lines = [api.DiagnosticBody(**item.to_dict()) for item in work.found]
    if any(item.severity is Severity.ERROR for item in work.found):
        raise InvalidSources(lines)
    failures.show_diagnostics(lines)
    return made


@dataclass(frozen=True, slots=True)
class _Work:
    """What is rendered, and everything that is found."""

    sources: Sequence[api.Source]
    topology: str | None
    strict: bool
    found: list[Diagnostic] = field(default_factory=list)

    def render(self) -> tuple[Made, ...]:
        read = [self._read(source) for source in self.sources]
        making = programs.making()
        documents = [document for one in read for document in one.documents]
        shelf = self._shelf(documents, making.compiler)
        for broken in (broken for one in read for broken in one.broken):
            self._judge(broken, shelf.registry(broken.remains.application))
        given = {Given(item.object, item.source): item.problem for one in read for item in one.foreign}
        packed = folders.read(self.sources)
        works: list[_Asking] = []
        for document in documents:
            if isinstance(document.resource, Application):
                own = {item.path: stocking.packed(item) for item in packed if item.source == document.source}
                stock = Stock(document.resource.namespace, document.source, own, tuple(given))
                works.append(self._asking(document, document.resource, Supply(making, stock), shelf))
        supplies = [work.supply for work in works]
        renderers = preparing.together(
            [work.renderer for work in works], lambda asked: supplying.answers_of_all(making, supplies, asked)
        )
        made = tuple(self._made(work, renderer) for work, renderer in zip(works, renderers, strict=True))
        self.found.extend(given[item] for item in supplying.unused(given, supplies))
        return made

    def _read(self, source: api.Source) -> Manifests:
        unknown = Severity.ERROR if self.strict else Severity.WARNING
        read = manifest.read(source.text, source.name, unknown_fields=unknown, takes_foreign=True)
        self.found.extend(read.diagnostics)
        return read

    def _judge(self, broken: Broken, registry: Registry) -> None:
        problems = remaining.problems(broken, strict=self.strict, purpose=Purpose.PRINT, registry=registry)
        self.found.extend(problems)

    def _shelf(self, documents: Sequence[Document], compiler: Compiler | None) -> Shelf:
        """The definitions of the files."""
        found = Findings({findings.subject(item): item for item in documents}, self.found)
        resources = [item.resource for item in documents]
        defined = [item for item in resources if isinstance(item, ComponentDefinition | TraitDefinition)]
        return defining.of_documents(compiler, defined, found)

    def _asking(self, document: Document, application: Application, supply: Supply, shelf: Shelf) -> _Asking:
        registry = shelf.registry(application)
        renderer = Renderer(application, strict=self.strict, purpose=Purpose.PRINT, registry=registry)
        return _Asking(document, application, registry, supply, renderer)

    def _made(self, work: _Asking, renderer: Renderer) -> Made:
        """`renderer` has everything that it asked for."""
        result = rendering.rendering(renderer, self.topology)
        self.found.extend(work.document.locate(item) for item in result.diagnostics)
        return Made(work.application, result, work.registry, work.supply)
