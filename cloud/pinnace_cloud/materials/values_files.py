"""Values files that lie within a chart, and the chart without the values that they stand for.

As Flux has it for `valuesFiles`: paths are relative to the chart, and its `values.yaml` counts only where it is named.
"""

from pathlib import PurePosixPath

from pinnace_cloud.materials import packages
from pinnace_cloud.materials.packages import Files
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

_DEFAULTS = "values.yaml"


def read(files: Files, path: str, where: str) -> bytes:
    """The file of the chart. Raises Rejected for a path that leads out of it, or to nothing."""
    inside = _of_chart(files, where)
    name = packages.check_path(path, where)
    if name not in inside:
        known = ", ".join(name for name in inside if name.endswith((".yaml", ".yml")) and "/" not in name)
        raise Rejected(Reason.NOT_FOUND, f"the chart has no file '{path}'; beside its templates it has {known}", where)
    return inside[name]


def without_defaults(files: Files, where: str) -> Files:
    """The files of the chart in its own folder, with no values; those of its subcharts stay."""
    return {**_of_chart(files, where), _DEFAULTS: b"{}\n"}


def _of_chart(files: Files, where: str) -> Files:
    """By their paths within the chart: an archive has a folder around everything."""
    marks = [path for path in map(PurePosixPath, files) if path.name == "Chart.yaml"]
    if not marks:
        raise Rejected(Reason.INVALID, "holds no Chart.yaml, so it is no chart", where)
    root = min(marks, key=lambda path: len(path.parts)).parent
    inside = {PurePosixPath(path): data for path, data in files.items()}
    return {str(path.relative_to(root)): data for path, data in inside.items() if path.is_relative_to(root)}
