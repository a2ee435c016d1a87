"""Collects what is wrong with the documents of one request, each at its place, and turns it into the API's form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pinnace_cloud.definitions.library import Key as DefinitionKey
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.rules import world
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import api, diagnostics, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.errors import Rejected
from pinnace_schemas.manifest import Broken, Document, Foreign
from pinnace_schemas.reasons import Reason

Subject = tuple[str, str, str]


@dataclass(slots=True)
class Findings:
    """`documents` by kind, namespace and name: where a finding about one of them is located.

    `foreign` are objects that an Application may ask for; `broken` Applications with errors that have been found.
    """

    documents: Mapping[Subject, Document] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    foreign: tuple[Foreign, ...] = ()
    broken: tuple[Broken, ...] = ()

    def add(self, subject: Subject, items: Iterable[Diagnostic]) -> None:
        """About one document; keeps the place of those that know it."""
        document = self.documents.get(subject)
        self.found += [document.locate(item) if document else item for item in items]

    def reject(self, subject: Subject, rejected: Rejected) -> None:
        """A refusal by a rule that knows no diagnostics, such as a limit."""
        message = f"{rejected.where}: {rejected.message}" if rejected.where else rejected.message
        self.add(subject, [diagnostics.error(rejected.reason, message)])

    def bodies(self) -> tuple[api.DiagnosticBody, ...]:
        """In order, each once."""
        return tuple(dict.fromkeys(body(item) for item in self.found))

    def refuse_errors(self) -> None:
        """Raises InvalidSources with everything found if anything is an error."""
        if any(item.severity is Severity.ERROR for item in self.found):
            raise InvalidSources(self.bodies())


def of_application(key: AppKey) -> Subject:
    return ("Application", key.namespace, key.name)


def of_group(name: str) -> Subject:
    return ("NodeGroup", "", name)


def of_definition(key: DefinitionKey) -> Subject:
    kind, name = key
    return (kind, "", name)


def of_node(name: str) -> Subject:
    return ("Node", "", name)


def body(item: Diagnostic) -> api.DiagnosticBody:
    """The API's form."""
    return api.DiagnosticBody(
        severity=item.severity.value,
        reason=item.reason,
        message=item.message,
        source=item.source,
        line=item.line,
        column=item.column,
        path=item.path,
        hint=item.hint,
        about=item.about,
    )


def read(
    sources: Sequence[api.Source], *, unknown_fields: Severity = Severity.ERROR
) -> tuple[Findings, tuple[Document, ...]]:
    """Documents of all sources; a name that stands twice is an error at its second place, and so is nothing at all.

    `unknown_fields`: as `manifest.read` takes it.
    """
    found: list[Diagnostic] = []
    foreign: list[Foreign] = []
    broken: list[Broken] = []
    documents: dict[Subject, Document] = {}
    for source in sources:
        manifests = manifest.read(source.text, source.name, unknown_fields=unknown_fields, takes_foreign=True)
        found += manifests.diagnostics
        foreign += manifests.foreign
        broken += manifests.broken
        for document in manifests.documents:
            about = subject(document)
            if about in documents:
                found.append(document.locate(_twice(about, documents[about])))
            documents.setdefault(about, document)
    if not (documents or found or foreign):
        names = ", ".join(source.name for source in sources)
        found.append(diagnostics.error(Reason.INVALID, f"there is no document in {names}"))
    return Findings(documents, found, tuple(foreign), tuple(broken)), tuple(documents.values())


def subject(document: Document) -> Subject:
    """What a document is about."""
    resource = document.resource
    if isinstance(resource, Application):
        return of_application(world.key_of(resource))
    return (resource.kind, "", resource.name)


def _twice(subject: Subject, first: Document) -> Diagnostic:
    kind, _, name = subject
    message = f"{kind} '{name}' stands twice in this request, first in {first.source}"
    return diagnostics.error(Reason.INVALID, message, "metadata", "name")
