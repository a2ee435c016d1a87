"""`pinnace types`: the component, trait, policy and step types that are installed here, and those that are defined."""

from collections.abc import Iterable
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from pinnace_cloud.cli import files, flags, known, options
from pinnace_cloud.cli.flags import Flags
from pinnace_cloud.cli.output import formats, tables
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.explaining import explanation
from pinnace_cloud.render import installed
from pinnace_cloud.render.registry import Known, Sort

app = options.command()

_HEADER = ("SORT", "NAME", "FROM", "DEPRECATED", "WHAT")
# Below this many columns the last one has lines of its own.
_WIDE = 120

OfSort = Annotated[Sort | None, typer.Argument(metavar="SORT", help="component, trait, policy or step.")]


class TypeSummary(BaseModel):
    """One type. `distribution` is the package, the file or the controller's address; `replacement` is empty unless
    it is deprecated.
    """

    model_config = ConfigDict(frozen=True)

    sort: Sort
    name: str
    distribution: str
    replacement: str
    summary: str


@app.command()
@flags.flagged
def types(
    place: Flags,
    sort: OfSort = None,
    file: known.Files = None,
    recursive: files.Recursive = False,
    remote: known.Remote = None,
    output: formats.Output = Format.TABLE,
) -> None:
    """List the types that an application may use here, and the packages, controllers and files that bring them."""
    found = installed.loaded()
    every, unread = _every(found.known, place, file, remote=remote, recursive=recursive)
    listed = [_summary(item) for item in every if sort in (None, item.sort)]
    if output.is_table:
        tables.show_long(_HEADER, [_row(item) for item in listed], _WIDE)
    else:
        formats.write(listed, output)
    if found.problems:
        installed.refuse(found)
    if unread is not None:
        raise unread


def _every(
    packaged: Iterable[Known], place: Flags, file: list[str] | None, *, remote: bool | None, recursive: bool
) -> tuple[tuple[Known, ...], known.Unread | None]:
    """What can be listed, and what keeps the rest from it."""
    try:
        return known.beside(packaged, place, file, remote=remote, recursive=recursive), None
    except known.Unread as exc:
        return exc.others, exc


def _summary(item: Known) -> TypeSummary:
    return TypeSummary(
        sort=item.sort,
        name=item.name,
        distribution=item.distribution,
        replacement=explanation.replacement(item),
        summary=explanation.summary(item),
    )


def _row(item: TypeSummary) -> tuple[str, ...]:
    instead = f"use {item.replacement}" if item.replacement else ""
    return (item.sort, item.name, item.distribution, instead, item.summary)
