"""Builds overlays with `kustomize build` or `kubectl kustomize`.

What would reach out of the package is refused before the program starts; the program itself finds no git, no plugin and
no address that answers.
"""

from collections.abc import Sequence
from pathlib import Path

from pinnace_cloud.adapters import programs, sandbox
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


class Kustomize:
    """`program` is None to look on PATH: for kustomize, then for kubectl."""

    def __init__(self, program: Path | None = None) -> None:
        self._named = program

    def answer(self, need: Need, package: bytes) -> Answer:
        """The objects of an overlay in Kustomize's order. Raises Rejected."""
        overlay = overlays.overlay(need.question)
        where = str(overlay.source)
        files = packages.unpack(package, where)
        files = _top(files) if packages.is_archive(package) else files
        if outward := tuple(overlays.outward(files)):
            return Answer(problems=tuple(_refused(problem) for problem in outward))
        with sandbox.folder() as home:
            work = home / programs.WORK
            programs.lay_out(files, work)
            if not (work / overlay.path).is_dir():
                raise Rejected(Reason.NOT_FOUND, f"there is no folder '{overlay.path}' in it", where)
            text = programs.run([*self._command(), "--", f"./{overlay.path}"], home, where)
        return Answer(list(manifests.objects(text, where)))

    def _command(self) -> Sequence[str]:
        found = programs.find(self._named, "kustomize", "kubectl")
        if found is None:
            raise PartMissing("the program kustomize", str(self._named or "PATH, for kubectl too"), _REMEDY)
        return (str(found.absolute()), "kustomize" if found.name.startswith("kubectl") else "build")


def _top(files: Files) -> Files:
    """Archives of source servers hold one folder, named after the version, around everything."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: data for path, data in files.items()}


def _refused(problem: str) -> diagnostics.Diagnostic:
    return diagnostics.error(Reason.INVALID, problem, "properties", "path")
