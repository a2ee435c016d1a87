"""The folders that Applications speak of, such as `./charts/shop`, packed to go along with their files.

Reads what lies in such a folder and nothing else: it lies beside or below the file, and no link in it leads out.
"""

import base64
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from pinnace_cloud.materials import packages, references
from pinnace_schemas import api
from pinnace_schemas.diagnostics import STDIN
from pinnace_schemas.errors import Rejected

# What version control keeps there is no part of a chart, and is large.
_LEFT_OUT = frozenset({".git", ".hg", ".svn"})


def read(sources: Iterable[api.Source]) -> tuple[api.Folder, ...]:
    """Each folder once for each file that speaks of it. Raises BadParameter, naming the folder or file.

    One that is not there is left out: whoever renders shows it at its place, with everything else that is wrong.
    """
    spoken_of = [(source.name, path) for source in sources for path in references.folders(source.text)]
    return tuple(_folder(name, path) for name, path in spoken_of if (_beside(name) / path).exists())


def request(sources: tuple[api.Source, ...], *, strict: bool, refresh: bool) -> api.ApplyRequest:
    """What the controller is asked about these files."""
    return api.ApplyRequest(sources=sources, folders=read(sources), strict=strict, refresh=refresh)


def _folder(source: str, path: str) -> api.Folder:
    beside = _beside(source)
    try:
        files = dict(_files(beside, beside / path))
    except OSError as exc:
        raise typer.BadParameter(f"{exc.filename}, of which {source} speaks: {exc.strerror}") from exc
    except Rejected as exc:
        raise typer.BadParameter(f"{path}, of which {source} speaks: {exc.message}") from exc
    if not files:
        raise typer.BadParameter(f"{path}, of which {source} speaks: there is no file in this folder")
    return api.Folder(source=source, path=path, files=_encoded(files))


def _beside(source: str) -> Path:
    """What the paths in a file start from."""
    return Path() if source == STDIN else Path(source).parent


def _encoded(files: packages.Files) -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in files.items()}


def _files(beside: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    """By path below the folder, in order. Sizes are summed up before anything large is read."""
    root = folder.resolve(strict=True)
    if not root.is_relative_to(beside.resolve()):
        raise typer.BadParameter(f"{folder}: is a link that leads out of the folder of its file")
    sizes: dict[str, int] = {}
    for place, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        for name in sorted((*names, *(item for item in folders if Path(place, item).is_symlink()))):
            path = Path(place, name)
            key = path.relative_to(root).as_posix()
            sizes[key] = _size(path, root)
            packages.check_sizes(sizes, str(folder), packages.MAX_FOLDER_BYTES)
            yield key, path.read_bytes()


def _size(path: Path, root: Path) -> int:
    if not path.resolve(strict=True).is_relative_to(root):
        raise typer.BadParameter(f"{path}: is a link that leads out of its folder; copy the file there")
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise typer.BadParameter(f"{path}: is no plain file")
    return found.st_size


def _raise(error: OSError) -> None:
    raise error
