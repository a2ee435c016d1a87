"""The types that a command speaks of: those of the packages installed here, of a controller's definitions, and of the
definitions in files.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from pinnace_cloud.cli import files, settings
from pinnace_cloud.cli.flags import Flags
from pinnace_cloud.cli.output import console
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas.errors import PinnaceError, Rejected

Files = Annotated[
    list[str] | None,
    typer.Option("--file", "-f", metavar="FILE|DIR|-", help="Also the definitions in it; may be given several times."),
]
Remote = Annotated[
    bool | None,
    typer.Option(
        "--remote/--offline",
        help="The controller's definitions too, or an error; or without them. Else where one is configured.",
        show_default=False,
    ),
]


class Unread(PartMissing):
    """The types of files need a program that is not here. `others` are the types that are known without it."""

    def __init__(self, missing: PartMissing, others: tuple[Known, ...]) -> None:
        Rejected.__init__(self, missing.reason, missing.message, missing.where)
        self.others = others


def beside(
    packaged: Iterable[Known], flags: Flags, paths: Sequence[str] | None, *, remote: bool | None, recursive: bool
) -> tuple[Known, ...]:
    """All of them, sort by sort. Of two of one sort with one name: the file's, else the controller's, as in `apply`.

    Raises as `files.read` and `defined.types` do, and what keeps the controller from answering where it is insisted on;
    Unread where nobody can read the definitions of files, with the others.
    """
    others = (*packaged, *_of_controller(flags, remote=remote))
    try:
        return _in_order((*others, *_of_files(paths, recursive=recursive)))
    except PartMissing as exc:
        raise Unread(exc, _in_order(others)) from exc


def _in_order(found: Iterable[Known]) -> tuple[Known, ...]:
    order = list(Sort)
    by_name = {(item.sort, item.name): item for item in found}
    return tuple(sorted(by_name.values(), key=lambda item: order.index(item.sort)))


def _of_controller(flags: Flags, *, remote: bool | None) -> tuple[Known, ...]:
    """`remote` None: where one is configured, and with a line that says why where it cannot be asked."""
    if remote is False:
        return ()
    try:
        return _asked(flags) if remote or settings.is_named(flags.server, flags.token_file) else ()
    except PinnaceError as exc:
        if remote:
            raise
        console.note(f"without the types of the controller: {exc}")
        return ()


def _asked(flags: Flags) -> tuple[Known, ...]:
    # Like the definitions of files: as much again as a command takes to start that speaks of packages only.
    from pinnace_cloud.cli import remote

    return remote.types(settings.resolve(flags.server, flags.token_file, flags.ca_file))


def _of_files(paths: Sequence[str] | None, *, recursive: bool) -> tuple[Known, ...]:
    if not paths:
        return ()
    from pinnace_cloud.cli import defined

    return defined.types(files.read(paths, recursive=recursive), defined.compiler())
