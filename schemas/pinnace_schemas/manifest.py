"""Manifests: the YAML or JSON that people write, as documents of known kinds and everything that is wrong with them.

All errors are collected, each with source, line, column and field path. A document with an error is not given.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pinnace_schemas import application, diagnostics, fields, remains, tree
from pinnace_schemas.application import Application
from pinnace_schemas.definition import ComponentDefinition, TraitDefinition
from pinnace_schemas.diagnostics import STDIN, Diagnostic, InText, Severity
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.reasons import Reason
from pinnace_schemas.remains import Remains
from pinnace_schemas.resources import Node, NodeGroup
from pinnace_schemas.written import Tree

Resource = Application | ComponentDefinition | TraitDefinition | NodeGroup | Node

_MODELS: dict[tuple[str, str], type[Resource]] = {
    ("core.oam.dev/v1beta1", "Application"): Application,
    ("core.oam.dev/v1beta1", "ComponentDefinition"): ComponentDefinition,
    ("core.oam.dev/v1beta1", "TraitDefinition"): TraitDefinition,
    ("pinnace.dev/v1alpha1", "NodeGroup"): NodeGroup,
    ("pinnace.dev/v1alpha1", "Node"): Node,
}
# Before v1beta1 an Application had another shape; nobody's clusters serve it any more.
_OLD = ("core.oam.dev/v1alpha2", "Application")


@dataclass(frozen=True, slots=True)
class Document:
    """One valid resource and where it was written."""

    resource: Resource
    source: str
    _tree: Tree = field(repr=False, compare=False)

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """The same with source, line and column: of the deepest part of its path that was written."""
        return _located(diagnostic, self.source, self._tree)


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """A Kubernetes object of a kind that is not ours; `problem` is what is wrong with it if nobody asks for it."""

    object: dict[str, Any]
    source: str
    problem: Diagnostic


@dataclass(frozen=True, slots=True)
class Broken:
    """An Application with errors; `document` holds what is left of it, and is for nothing but finding more of them."""

    remains: Remains
    document: Document


@dataclass(frozen=True, slots=True)
class Manifests:
    """What one text holds."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    foreign: tuple[Foreign, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return diagnostics.errors(self.diagnostics)


def read(
    text: str,
    source: str = STDIN,
    *,
    unknown_fields: Severity = Severity.ERROR,
    limits: Limits = DEFAULT_LIMITS,
    takes_foreign: bool = False,
) -> Manifests:
    """Documents in order, and diagnostics.

    Args:
        text: multi-document YAML, or JSON.
        source: file name for the diagnostics, '-' for standard input.
        unknown_fields: severity of what KubeVela lets pass: fields of the envelope that nobody knows, and names of an
            Application that are no DNS labels.
        limits: bytes (`max_bundle_bytes`) and depth of the text.
        takes_foreign: objects of other kinds, also those of a List, are given instead of refused.
    """
    documents: list[Document] = []
    foreign: list[Foreign] = []
    broken: list[Broken] = []
    found: list[Diagnostic] = []
    try:
        for root in tree.read(text, limits):
            resource, problems = parse(root.value, unknown_fields=unknown_fields)
            if takes_foreign and (items := _foreign(root.value)):
                foreign += [Foreign(item, source, _located(_unasked(problems[0]), source, root)) for item in items]
                continue
            found += [_located(item, source, root) for item in problems]
            if resource is not None:
                documents.append(Document(resource, source, root))
            elif left := _remains(root.value, problems):
                names = tuple(left.further(application.name_problems(left.application, unknown_fields)))
                found += [_located(item, source, root) for item in names]
                broken.append(Broken(left.with_told(names), Document(left.application, source, root)))
    except tree.Misread as exc:
        found.append(Diagnostic(Severity.ERROR, exc.reason, exc.message, source, exc.line, exc.column))
    return Manifests(tuple(documents), tuple(found), tuple(foreign), tuple(broken))


def _remains(value: Any, problems: Iterable[Diagnostic]) -> Remains | None:
    is_application = isinstance(value, dict) and _MODELS.get(_kind(value)) is Application
    return remains.of(value, problems) if is_application else None


def _kind(value: dict[str, Any]) -> tuple[str, str]:
    return str(value.get("apiVersion")), str(value.get("kind"))


def parse(value: Any, *, unknown_fields: Severity = Severity.ERROR) -> tuple[Resource | None, tuple[Diagnostic, ...]]:
    """One document that is already plain JSON. The resource is None where anything is an error."""
    if not isinstance(value, dict):
        message = f"a document must be a map, got {fields.describe(value)}"
        return None, (diagnostics.error(Reason.MALFORMED, message),)
    kind = _kind(value)
    model = _MODELS.get(kind)
    if model is None:
        return None, (_unknown_kind(value, kind, unknown_fields),)
    resource, problems = fields.check(model, value, unknown_fields)
    if isinstance(resource, Application):
        problems += application.name_problems(resource, unknown_fields)
    return (None if diagnostics.errors(problems) else resource), problems


# Groups of which every kind is read here or by nobody.
_OUR_GROUPS = ("core.oam.dev", "pinnace.dev")


def _foreign(value: Any) -> list[dict[str, Any]]:
    """The object, or those of a List; none where anything is no object, or one of ours."""
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in ("apiVersion", "kind")):
        return []
    items = value.get("items")
    if value["kind"] == "List" and isinstance(items, list):
        found = [_foreign(item) for item in items]
        return [item for inner in found for item in inner] if all(found) else []
    metadata = value.get("metadata")
    is_named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str) and metadata["name"] != ""
    is_ours = value["apiVersion"].partition("/")[0] in _OUR_GROUPS
    return [value] if is_named and not is_ours else []


def _unasked(problem: Diagnostic) -> Diagnostic:
    return replace(problem, message=f"{problem.message}, and no component asks for it")


def applications(manifests: Manifests) -> Iterator[tuple[Application, Document]]:
    """The Applications, each with its document."""
    for document in manifests.documents:
        if isinstance(document.resource, Application):
            yield document.resource, document


def _unknown_kind(value: dict[str, Any], kind: tuple[str, str], severity: Severity) -> Diagnostic:
    known = ", ".join(f"{name} ({version})" for version, name in _MODELS)
    if kind == _OLD:
        message = f"an Application of {_OLD[0]} is not read: write it as core.oam.dev/v1beta1"
        return Diagnostic(severity, Reason.UNKNOWN_KIND, message, path="apiVersion")
    for name in ("apiVersion", "kind"):
        if not isinstance(value.get(name), str):
            message = f"must be a text, got {fields.describe(value.get(name))}"
            return diagnostics.error(Reason.UNKNOWN_KIND, message, name, hint=f"known kinds: {known}")
    names = [name for _, name in _MODELS]
    message = f"apiVersion {kind[0]} does not hold it" if kind[1] in names else "not a kind that is taken here"
    path = "apiVersion" if kind[1] in names else "kind"
    return diagnostics.error(Reason.UNKNOWN_KIND, f"{kind[1]}: {message}", path, hint=f"known kinds: {known}")


def _located(diagnostic: Diagnostic, source: str, root: Tree) -> Diagnostic:
    path = diagnostics.split_path(diagnostic.path)
    about = application.about(root.value, path)
    if isinstance(diagnostic, InText) and (place := root.place_in_text(path, *diagnostic.at)):
        line, column = place
        return replace(diagnostic, message=diagnostic.plain, source=source, line=line, column=column, about=about)
    line, column = root.position(path)
    return replace(diagnostic, source=source, line=line, column=column, about=about)
