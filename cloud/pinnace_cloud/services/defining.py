"""Which definitions there are for a request, or for a revision as it was; and the versions that revisions keep.

Keeps true: a revision is rendered with the definitions that it was applied with, whatever becomes of them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pinnace_cloud.definitions import checking, library
from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.definitions.library import Defined, Key
from pinnace_cloud.render import Renderer, installed
from pinnace_cloud.render.registry import Registry
from pinnace_cloud.rules import findings, world
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AppKey, DefinitionRow, MaterialRow
from pinnace_schemas import api, codec
from pinnace_schemas.application import Application
from pinnace_schemas.definition import Definition
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

DEFINITION = "definition"  # the sort of the rows that revisions keep


@dataclass(frozen=True, slots=True)
class Shelf:
    """Definitions at hand, with the text of each."""

    defined: Mapping[Key, Defined] = field(default_factory=dict)
    texts: Mapping[Key, str] = field(default_factory=dict)

    def registry(self, application: Application) -> Registry:
        """The types of packages, and of the definitions that the Application may speak of."""
        return library.registry(installed.registry(), (self.defined[key] for key in self._used(application)))

    def pins(self, application: Application) -> Mapping[MaterialRow, bytes]:
        """What its revision keeps of them, with the contents."""
        texts = {f"{kind}/{name}": self.texts[kind, name].encode() for kind, name in self._used(application)}
        return {MaterialRow(DEFINITION, pin, codec.sha256(text)): text for pin, text in texts.items()}

    def _used(self, application: Application) -> list[Key]:
        return sorted(library.used(application) & self.defined.keys())


EMPTY = Shelf()


def of_request(store: Store, compiler: Compiler | None, edit: Edit, found: Findings) -> Shelf:
    """What is stored, with the definitions of the request in their places. What is wrong with these goes to `found`.

    Raises PartMissing where a definition cannot be compiled.
    """
    with store.reading() as tx:
        rows = {(row.kind, row.name): row for row in tx.definitions.all()}
    texts = {key: world.write(document) for key, document in edit.definitions.items()}
    changed = [edit.definitions[key] for key, text in texts.items() if key not in rows or rows[key].document != text]
    stored = {key: Defined(world.read_definition(row.document), row.declared) for key, row in rows.items()}
    fresh = of_documents(compiler, changed, found)
    return Shelf({**stored, **fresh.defined}, {**{key: row.document for key, row in rows.items()}, **texts})


def of_documents(compiler: Compiler | None, documents: Collection[Definition], found: Findings) -> Shelf:
    """These definitions and no others. What is wrong with them goes to `found`. Raises as `of_request` does."""
    if not documents:
        return EMPTY
    if compiler is None:
        raise Rejected(Reason.UNSUPPORTED, "nobody here compiles definitions")
    checked = checking.checked(installed.registry(), compiler, documents)
    for key, (_, problems) in checked.items():
        found.add(findings.of_definition(key), problems)
    return Shelf(
        {key: item for key, (item, _) in checked.items()},
        {item.key: world.write(item.document) for item, _ in checked.values()},
    )


def of_revision(tx: Transaction, key: AppKey, revision: int, application: Application) -> Shelf:
    """The definitions that the revision keeps."""
    base = installed.registry()
    if not library.used(application) - _packaged(base):
        return EMPTY
    contents = [tx.materials.content(row.digest) for row in tx.materials.of(key, revision) if row.sort == DEFINITION]
    texts = [content.decode() for content in contents if content is not None]
    defined = {item.key: item for item in (Defined(world.read_definition(text)) for text in texts)}
    return Shelf(defined, dict(zip(defined, texts, strict=True)))


def renderer(tx: Transaction, key: AppKey, revision: int, application: Application) -> Renderer:
    """Of an Application as it was at a revision."""
    return Renderer(application, registry=of_revision(tx, key, revision, application).registry(application))


def _packaged(base: Registry) -> frozenset[Key]:
    components = ((library.COMPONENT, name) for name in base.components)
    return frozenset((*components, *((library.TRAIT, name) for name in base.traits)))


def rows(tx: Transaction, edit: Edit, shelf: Shelf, at: str, actor: str) -> Iterable[DefinitionRow]:
    """A new version of each definition of the edit whose content is another one."""
    for (kind, name), document in sorted(edit.definitions.items()):
        text = world.write(document)
        before = tx.definitions.get(kind, name)
        if before is None or before.document != text:
            version = before.version + 1 if before else 1
            declared = shelf.defined[kind, name].declared
            yield DefinitionRow(kind, name, version, text, codec.sha256(text.encode()), declared, at, actor)


def items(tx: Transaction, edit: Edit) -> Iterable[api.ApplyItem]:
    """What becomes of each definition of the edit; `revision` is its version."""
    for (kind, name), document in edit.definitions.items():
        before = tx.definitions.get(kind, name)
        if before is None:
            yield api.ApplyItem(kind=kind, name=name, change=api.Change.CREATED, revision=1)
        elif before.document == world.write(document):
            yield api.ApplyItem(kind=kind, name=name, change=api.Change.UNCHANGED, revision=before.version)
        else:
            yield api.ApplyItem(kind=kind, name=name, change=api.Change.CONFIGURED, revision=before.version + 1)


def delete(tx: Transaction, kind: str, name: str) -> None:
    """Raises Rejected: NOT_FOUND, or IN_USE while a current revision was rendered with any version of it."""
    row = tx.definitions.get(kind, name)
    if row is None:
        raise Rejected(Reason.NOT_FOUND, "there is no definition of this name", f"{kind} {name}")
    if users := tx.definitions.users(row.pin):
        message = f"these applications are rendered with it: {', '.join(users)}; delete or change them first"
        raise Rejected(Reason.IN_USE, message, f"{kind} {name}")
    tx.definitions.forget(kind, name)
