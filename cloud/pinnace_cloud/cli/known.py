"""The types that a command speaks of: those of the packages installed here, and those of the definitions in files."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from pinnace_cloud.cli import files
from pinnace_cloud.render.registry import Known, Sort

Files = Annotated[
    list[str] | None,
    typer.Option("--file", "-f", metavar="FILE|DIR|-", help="Also the definitions in it; may be given several times."),
]


def beside(packaged: Iterable[Known], paths: Sequence[str] | None, *, recursive: bool) -> tuple[Known, ...]:
    """These types with those of the definitions in files, sort by sort.

    Raises as `files.read` and `defined.types` do.
    """
    if not paths:
        return tuple(packaged)
    # Twice what a command takes to start that speaks of packages only.
    from pinnace_cloud.cli import defined

    own = defined.types(files.read(paths, recursive=recursive), defined.compiler())
    order = list(Sort)
    return tuple(sorted((*packaged, *own), key=lambda item: order.index(item.sort)))
