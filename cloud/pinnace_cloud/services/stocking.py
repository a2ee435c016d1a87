"""Prepares Applications for rendering: from a request, or from what the store keeps with a revision."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pinnace_cloud.materials import needs, packages
from pinnace_cloud.materials.given import Given
from pinnace_cloud.render import Renderer, preparing
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.services import supplying
from pinnace_cloud.services.defining import EMPTY, Shelf
from pinnace_cloud.services.supplying import Keep, Stock, Supply, Workshop
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AppKey, MaterialRow
from pinnace_schemas import api
from pinnace_schemas.application import Application
from pinnace_schemas.errors import Rejected
from pinnace_schemas.manifest import Document
from pinnace_schemas.reasons import Reason

ANSWER, PACKAGE = "answer", "package"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An Application with everything that it is rendered with, and what is kept of it."""

    renderer: Renderer
    rows: frozenset[MaterialRow]
    contents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Work:
    """An Application before it has everything; `pins` are the definitions that it speaks of."""

    renderer: Renderer
    supply: Supply
    pins: Mapping[MaterialRow, bytes]

    def prepared(self, renderer: Renderer) -> Prepared:
        """With the renderer that has everything."""
        keep = self.supply.keep()
        contents = {row.digest: content for row, content in self.pins.items()}
        return Prepared(renderer, frozenset((*_rows(keep), *self.pins)), {**keep.contents, **contents})


def of_request(
    store: Store,
    workshop: Workshop,
    request: api.ApplyRequest,
    documents: Iterable[Document],
    found: Findings,
    shelf: Shelf = EMPTY,
) -> Mapping[AppKey, Prepared]:
    """The Applications of a request, prepared side by side. Objects that nobody asks for become errors in `found`.

    Raises Unavailable where an address does not answer, Rejected for a folder that is no folder.
    """
    folders = tuple((folder.source, folder.path, packed(folder)) for folder in request.folders)
    objects = {Given(item.object, item.source): item.problem for item in found.foreign}
    works: dict[AppKey, _Work] = {}
    for document in documents:
        application = document.resource
        if isinstance(application, Application):
            key = AppKey(application.namespace, application.name)
            own = {path: package for source, path, package in folders if source == document.source}
            stock = _stock(store, key, document.source, own, tuple(objects), is_fresh=request.refresh)
            renderer = Renderer(application, strict=request.strict, registry=shelf.registry(application))
            works[key] = _Work(renderer, Supply(workshop, stock), shelf.pins(application))
    supplies = [work.supply for work in works.values()]
    made = preparing.together(
        [work.renderer for work in works.values()],
        lambda asked: supplying.answers_of_all(workshop, supplies, asked),
    )
    found.found += [objects[item] for item in supplying.unused(objects, supplies)]
    return {key: work.prepared(renderer) for (key, work), renderer in zip(works.items(), made, strict=True)}


def of_revision(tx: Transaction, workshop: Workshop, key: AppKey, revision: int, renderer: Renderer) -> Prepared:
    """An Application as it was at a revision; no address is asked for what the store keeps."""
    rows = tx.materials.of(key, revision)
    known = dict(_answers(tx, rows))
    supply = Supply(workshop, Stock(key.namespace, pins=_named(rows, PACKAGE), content=tx.materials.content))
    return Prepared(preparing.prepared(renderer, supply.answers, known), rows, {})


def _rows(keep: Keep) -> Iterator[MaterialRow]:
    for sort, names in ((ANSWER, keep.answers), (PACKAGE, keep.pins)):
        yield from (MaterialRow(sort, name, digest) for name, digest in names.items())


def _stock(
    store: Store,
    key: AppKey,
    file: str,
    folders: Mapping[str, bytes],
    objects: tuple[Given, ...],
    *,
    is_fresh: bool,
) -> Stock:
    with store.reading() as tx:
        row = tx.applications.get(key)
        rows = frozenset[MaterialRow]() if row is None else tx.materials.of(key, row.current.revision)
        answers = dict(_answers(tx, rows))

    def content(digest: str) -> bytes | None:
        with store.reading() as tx:
            return tx.materials.content(digest)

    pins = {} if is_fresh else _named(rows, PACKAGE)
    return Stock(key.namespace, file, folders, objects, pins, answers, content)


def _answers(tx: Transaction, rows: Iterable[MaterialRow]) -> Iterator[tuple[str, needs.Answer]]:
    for name, digest in _named(rows, ANSWER).items():
        data = tx.materials.content(digest)
        if data is not None:
            yield name, needs.read(data)


def _named(rows: Iterable[MaterialRow], sort: str) -> dict[str, str]:
    return {row.name: row.digest for row in rows if row.sort == sort}


def packed(folder: api.Folder) -> bytes:
    """A folder as it is kept: checked as everything that enters. Raises Rejected."""
    where = f"{folder.path} of {folder.source}"
    try:
        plain = {path: base64.b64decode(text, validate=True) for path, text in folder.files.items()}
    except ValueError as exc:
        raise Rejected(Reason.MALFORMED, "its files are not in Base64", where) from exc
    files = {packages.check_path(path, where): data for path, data in plain.items()}
    packages.check_sizes({path: len(data) for path, data in files.items()}, where, packages.MAX_FOLDER_BYTES)
    return packages.pack(files)
