"""Builds overlays with `kustomize build` or `kubectl kustomize`.

What would reach out of the package is refused before the program starts; the program itself finds no git, no plugin and
no address that answers.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pinnace_cloud.adapters import programs
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.materials import manifests, overlays, packages
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.materials.packages import Files
from pinnace_schemas import diagnostics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

_REMEDY = (
    "Install kustomize or kubectl on PATH, or name it with the setting kustomize_program (PINNACE_KUSTOMIZE for the"
    " command line)."
)
_PACKAGE = "package"


class Kustomize:
    """`program` is None to look on PATH: for kustomize, then for kubectl."""

    def __init__(self, program: Path | None = None) -> None:
        self._setting = program

    def answer(self, need: Need, package: bytes) -> Answer:
        """The objects of an overlay in Kustomize's order. Raises Rejected."""
        overlay = overlays.overlay(need.question)
        where = str(overlay.source)
        files = (
            _top(packages.unpack(package, where)) if packages.is_archive(package) else packages.unpack(package, where)
        )
        if outward := tuple(overlays.outward(files)):
            return Answer(problems=tuple(_refused(problem) for problem in outward))
        with tempfile.TemporaryDirectory(prefix="pinnace-kustomize-") as name:
            folder = Path(name)
            programs.lay_out(files, folder / _PACKAGE)
            if not (folder / _PACKAGE / overlay.path).is_dir():
                raise Rejected(Reason.NOT_FOUND, f"there is no folder '{overlay.path}' in it", where)
            text = programs.run([*self._command(), f"{_PACKAGE}/{overlay.path}"], folder, where)
        return Answer(list(manifests.objects(text, where)))

    def _command(self) -> Sequence[str | Path]:
        found = programs.find(self._setting, "kustomize", "kubectl")
        if found is None:
            looked = str(self._setting or "PATH, for kubectl too")
            raise PartMissing("the program kustomize", looked, _REMEDY)
        return (found, "kustomize" if found.name.startswith("kubectl") else "build")


def _top(files: Files) -> Files:
    """Archives of source servers hold one folder, named after the version, around everything."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: data for path, data in files.items()}


def _refused(problem: str) -> diagnostics.Diagnostic:
    return diagnostics.error(Reason.INVALID, problem, "properties", "path")
