"""What a Kustomize overlay is built from, as a question, and what in it would reach outside of its package."""

import posixpath
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
# Fields that name files or folders, or hold them inline: an inline text holds a line end or a brace.
_PATHS = (
    *("resources", "bases", "components", "crds", "configurations"),
    *("generators", "transformers", "validators", "patchesStrategicMerge"),
)
# Programs that Kustomize would start, or a chart that it would fetch.
_REFUSED = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")


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
            yield from (f"{path}: {problem}" for problem in _outward(posixpath.dirname(path), data))


def _outward(folder: str, data: bytes) -> Iterator[str]:
    """Of one kustomization. What cannot be read is left to Kustomize to refuse."""
    try:
        document = next((root.value for root in tree.read(data.decode(), DEFAULT_LIMITS)), None)
    except (UnicodeDecodeError, tree.Misread):
        return
    if not isinstance(document, dict):
        return
    for name in _REFUSED:
        if name in document:
            yield f"'{name}' is not supported; use a component of type helmchart"
    for field in _PATHS:
        for item in document.get(field) or ():
            if isinstance(item, str) and "\n" not in item and not _is_inside(folder, item):
                yield f"'{item}' in '{field}' is not in the package; copy it there"


def _is_inside(folder: str, path: str) -> bool:
    """Kustomize takes what is no local path for an address and fetches it."""
    if "://" in path or path.startswith(("/", "git@", "github.com", "git::")):
        return False
    return not posixpath.normpath(posixpath.join(folder or ".", path)).startswith("..")
