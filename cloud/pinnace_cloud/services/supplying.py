"""Gives Applications what they are rendered with: charts and overlays, objects given at apply time, other answers.

Keeps true: an address is asked once. From then on its package is the one whose digest is kept with the revision, until
the Application names another version or somebody asks to look again. What a revision was rendered with is kept with it,
so that a rollback, or a new group, gives the same objects whatever has become of the address.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from pinnace_cloud.definitions.compiling import Compiler
from pinnace_cloud.materials import given, needs, packages, sources
from pinnace_cloud.materials.given import Given
from pinnace_cloud.materials.needs import Answer, Materials, Need
from pinnace_cloud.materials.sources import Kind, Source
from pinnace_schemas import codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# Helm takes half a second and 100 MiB for a chart; a fleet may have one with other values in each of its groups.
_AT_ONCE = 4

Work = Callable[[], Answer]


class Packager(Protocol):
    """Answers a need whose question names a `source`, from the package that was found there; from several threads."""

    def answer(self, need: Need, package: bytes) -> Answer:
        """Raises Rejected."""
        ...


class Maker(Protocol):
    """Answers needs that depend on nothing but their question. What it says is not kept: it says it again."""

    def answers(self, needs: Sequence[Need]) -> Mapping[str, Answer]:
        """By the key of each need. A need that cannot be answered has a refusal that says why."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """Who answers, by the maker that a need names. `fetch` raises Rejected or Unavailable. Without a compiler there are
    no definitions.
    """

    fetch: Callable[[Source], bytes]
    packagers: Mapping[str, Packager] = field(default_factory=dict)
    makers: Mapping[str, Maker] = field(default_factory=dict)
    compiler: Compiler | None = None


def closed() -> Workshop:
    """Nobody answers and nothing is fetched."""

    def refuse(source: Source) -> bytes:
        raise Rejected(Reason.UNSUPPORTED, "nothing is fetched here", str(source))

    return Workshop(refuse)


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is for one Application before anybody is asked.

    Args:
        file: its file; paths of folders and files are relative to it.
        folders: packed folders by path, such as `./charts/shop`.
        objects: everything that is given beside Applications.
        pins: digests of packages by source; `content` has the bytes by digest.
        answers: kept ones by key; they are used as long as their packages are the same.
    """

    namespace: str = "default"
    file: str = "-"
    folders: Mapping[str, bytes] = field(default_factory=dict)
    objects: tuple[Given, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)
    answers: Materials = field(default_factory=dict)
    content: Callable[[str], bytes | None] = lambda _digest: None


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept with a revision: digests by key of a need and by source, and the new contents by digest."""

    answers: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)


class Supply:
    """The answers for one Application. Remembers what was used."""

    def __init__(self, workshop: Workshop, stock: Stock) -> None:
        self._workshop = workshop
        self._stock = stock
        self._answers: dict[str, Answer] = {}
        self._packages: dict[str, bytes] = {}
        self._fetched_packages: dict[str, bytes] = {}
        self.used: set[Given] = set()

    def answers(self, asked: Sequence[Need]) -> Mapping[str, Answer]:
        """By the key of each need. Raises Unavailable where an address does not answer."""
        (found,) = answers_of_all(self._workshop, [self], [asked])
        return found

    def own_answers(self, asked: Sequence[Need]) -> dict[str, Answer]:
        """Those that depend on more than their question, to needs that no maker answers."""
        # Addresses and the store are asked one after the other, programs run side by side.
        works = {need.key: self._work(need) for need in asked if need.maker not in self._workshop.makers}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = dict(zip(works, pool.map(lambda work: work(), works.values()), strict=True))
        self._answers |= found
        return found

    def keep(self) -> Keep:
        """Everything that was answered and would not be answered alike for ever."""
        written = {key: needs.write(answer) for key, answer in self._answers.items() if not answer.is_refusal}
        digests = {key: codec.sha256(data) for key, data in written.items()}
        pins = {name: digest for answer in self._answers.values() for name, digest in answer.pins.items()}
        contents = {digests[key]: data for key, data in written.items()}
        return Keep(digests, pins, {**contents, **self._packages})

    def _work(self, need: Need) -> Work:
        """What gives the answer, with everything that it takes for it at hand."""
        if need.maker == given.MAKER:
            return partial(_same, self._selected(need))
        packager = self._workshop.packagers.get(need.maker)
        if packager is None:
            refused = needs.refusal(Reason.UNSUPPORTED, f"nobody here answers for '{need.maker}'", "properties")
            return partial(_same, refused)
        try:
            return self._packaged(need, packager)
        except Rejected as exc:
            return partial(_same, needs.refusal(exc.reason, str(exc), "properties"))

    def _selected(self, need: Need) -> Answer:
        answer, chosen = given.answer(need, self._stock.objects, self._stock.file, self._stock.namespace)
        self.used.update(chosen)
        return answer

    def _packaged(self, need: Need, packager: Packager) -> Work:
        source = sources.from_dict(need.question["source"])
        digest = self._digest(source)
        pins = {str(source): digest}
        kept = self._stock.answers.get(need.key)
        if kept is not None and kept.pins == pins:
            return partial(_same, kept)
        return partial(_made, packager, need, self._package(source, digest), pins)

    def _digest(self, source: Source) -> str:
        """Of the package that is used. Raises Rejected if it is not the one that the Application asks for."""
        digest = self._stock.pins.get(str(source), "") if source.kind is not Kind.FOLDER else ""
        if not digest or (source.digest and source.digest != digest):
            package = self._folder(source) if source.kind is Kind.FOLDER else self._fetched(source)
            digest = codec.sha256(package)
            self._packages[digest] = package
        if source.digest and source.digest != digest:
            message = f"its sha256 is {digest}, not {source.digest}"
            raise Rejected(Reason.DIGEST_MISMATCH, message, str(source))
        return digest

    def _folder(self, source: Source) -> bytes:
        package = self._stock.folders.get(source.location)
        if package is None:
            message = "no such folder came along; it must lie there beside the file that 'pinnace apply -f' reads"
            raise Rejected(Reason.NOT_FOUND, message, source.location)
        return package

    def _fetched(self, source: Source) -> bytes:
        """At most once for each Application: two of its components get the same package."""
        name = str(source)
        if name not in self._fetched_packages:
            package = self._workshop.fetch(source)
            codec.check_size(package, packages.MAX_BYTES, name)
            self._fetched_packages[name] = package
        return self._fetched_packages[name]

    def _package(self, source: Source, digest: str) -> bytes:
        package = self._packages.get(digest) or self._stock.content(digest)
        if package is None or codec.sha256(package) != digest:
            raise Rejected(Reason.STORE_DAMAGED, f"its package {digest} is not in the store any more", str(source))
        self._packages[digest] = package
        return package


def answers_of_all(
    workshop: Workshop, supplies: Sequence[Supply], asked: Sequence[Sequence[Need]]
) -> list[dict[str, Answer]]:
    """Of each supply for what is asked of it; a maker gets the needs of all at once. Raises as `Supply.answers`."""
    found = [supply.own_answers(needs) for supply, needs in zip(supplies, asked, strict=True)]
    for name, maker in workshop.makers.items():
        theirs = {need.key: need for needs in asked for need in needs if need.maker == name}
        made = maker.answers(tuple(theirs.values())) if theirs else {}
        for answers, own in zip(found, asked, strict=True):
            answers |= {need.key: made[need.key] for need in own if need.key in theirs}
    return found


def _same(answer: Answer) -> Answer:
    return answer


def _made(packager: Packager, need: Need, package: bytes, pins: Mapping[str, str]) -> Answer:
    try:
        answer = packager.answer(need, package)
    except Rejected as exc:
        return needs.refusal(exc.reason, str(exc), "properties")
    return Answer(answer.value, answer.problems, pins)


def unused(objects: Iterable[Given], supplies: Iterable[Supply]) -> tuple[Given, ...]:
    """What was given and that nobody asked for."""
    used = {item for supply in supplies for item in supply.used}
    return tuple(item for item in objects if item not in used)
