"""What a Kustomize overlay is built from, as a question, and what in it would reach outside of its package."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.materials import sources
from pinnace_cloud.materials.needs import Need
from pinnace_cloud.materials.packages import Files
from pinnace_cloud.materials.sources import Source
from pinnace_schemas import tree
from pinnace_schemas.limits import DEFAULT_LIMITS

MAKER = "kustomize"
# The names that Kustomize looks for.
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# Names of fields as `casefold` makes them: to Go's JSON, and so to Kustomize, `Resources` is `resources`.
# Fields that name files or folders, or hold them inline: an inline text holds a line end or a brace.
_PATHS = frozenset(
    {
        *("resources", "bases", "components", "crds", "configurations"),
        *("generators", "transformers", "validators", "patchesstrategicmerge"),
    }
)
# Fields of these that name configurations of generators and the like.
_CONFIGURED = frozenset({"generators", "transformers", "validators"})
# Fields, of generators too, whose files Kustomize opens: one that is an address it fetches, on this machine too.
_OPENED = frozenset({"files", "envs", "env", "path", "paths"})
# Also behind the name of a key: `index.html=https://...`.
_ADDRESS = re.compile(r"(?:^|=)\s*https?:", re.IGNORECASE)
# Programs that Kustomize would start, or a chart that it would fetch.
_REFUSED = frozenset({"helmcharts", "helmchartinflationgenerator", "helmglobals"})


@dataclass(frozen=True, slots=True)
class Overlay:
    """`path` is the folder of the kustomization within the package, '.' for its top."""

    source: Source
    path: str

    @property
    def need(self) -> Need:
        """The question to ask for its objects."""
        return Need(MAKER, {"source": self.source.to_dict(), "path": self.path})


def overlay(question: Mapping[str, Any]) -> Overlay:
    """The inverse of `Overlay.need`."""
    return Overlay(sources.from_dict(question["source"]), question["path"])


def outward(files: Files) -> Iterator[str]:
    """What in any kustomization of the package is not in the package: a sentence each."""
    for path, data in files.items():
        if posixpath.basename(path) in NAMES:
            yield from (f"{path}: {problem}" for problem in _outward(posixpath.dirname(path), data, files))


def _outward(folder: str, data: bytes, files: Files) -> Iterator[str]:
    """Of one kustomization. One that cannot be read is refused: Kustomize reads some that are no good YAML."""
    try:
        documents = _documents(data)
    except (UnicodeDecodeError, tree.Misread) as exc:
        yield f"cannot be read: {exc}"
        return
    for document in documents:
        yield from map(_of_address, _addresses(document))
        for field, value in document.items() if isinstance(document, dict) else ():
            yield from _of_field(folder, field, value, files)


def _of_field(folder: str, field: str, value: Any, files: Files) -> Iterator[str]:
    name = field.casefold()
    if name in _REFUSED:
        yield f"'{field}' is not supported; use a component of type helmchart"
    if name in _PATHS:
        for item in _texts(value):
            if "\n" not in item and not _is_inside(folder, item):
                yield f"'{item}' in '{field}' is not in the package; copy it there"
    if name in _CONFIGURED:
        for item in _texts(value):
            yield from (f"{field}: {problem}" for problem in _of_configuration(folder, item, files))


def _of_configuration(folder: str, item: str, files: Files) -> Iterator[str]:
    """Of a generator or the like: a file, or the text itself."""
    data = files.get(posixpath.normpath(posixpath.join(folder, item)))
    try:
        documents = _documents(item.encode() if data is None else data)
    except (UnicodeDecodeError, tree.Misread) as exc:
        yield f"'{item}' cannot be read: {exc}"
        return
    if not all(isinstance(document, dict) for document in documents):
        yield f"'{item}' is no file of the package; a folder is not supported here, name its files"
    yield from (_of_address(address) for document in documents for address in _addresses(document))


def _documents(data: bytes) -> list[Any]:
    """Raises UnicodeDecodeError, Misread."""
    return [root.value for root in tree.read(data.decode(), DEFAULT_LIMITS)]


def _addresses(value: Any) -> Iterator[str]:
    """What Kustomize would fetch, at any depth."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key.casefold() in _OPENED:
                yield from filter(_ADDRESS.search, _texts(item))
            yield from _addresses(item)
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)


def _of_address(address: str) -> str:
    return f"'{address}' is not in the package; copy it there"


def _texts(value: Any) -> Iterator[str]:
    """Of a text or a list."""
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, str))


def _is_inside(folder: str, path: str) -> bool:
    """Kustomize takes what is no local path for an address and fetches it."""
    if "://" in path or path.startswith(("/", "git@", "github.com", "git::")):
        return False
    return not posixpath.normpath(posixpath.join(folder or ".", path)).startswith("..")
