"""The files of `-f`: one file, a directory (its *.yaml, *.yml and *.json, by name) or '-' for standard input."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from pinnace_schemas import amounts, api
from pinnace_schemas.diagnostics import STDIN

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})

Files = Annotated[
    list[str], typer.Option("--file", "-f", metavar="FILE|DIR|-", help="What to read; may be given several times.")
]
Recursive = Annotated[bool, typer.Option("--recursive", "-R", help="Also the folders within a folder.")]


def read(paths: Iterable[str], *, recursive: bool) -> tuple[api.Source, ...]:
    """Every file once, in the order given. Raises BadParameter, naming the file."""
    found = dict.fromkeys(path for name in paths for path in _expand(name, recursive))
    return tuple(api.Source(name=name, text=_text(name)) for name in found)


def _expand(name: str, recursive: bool) -> Iterator[str]:
    path = Path(name)
    if name == STDIN or not path.is_dir():
        yield name
        return
    inside = sorted(path.rglob("*") if recursive else path.iterdir())
    files = [item for item in inside if item.suffix in _SUFFIXES and item.is_file()]
    if not files:
        raise typer.BadParameter(f"{name}: no *.yaml, *.yml or *.json in this folder{'' if recursive else '; see -R'}")
    yield from (str(item) for item in files)


def _text(name: str) -> str:
    try:
        data = _bytes(name)
        text = data.decode("utf-8-sig")
    except OSError as exc:
        raise typer.BadParameter(f"{name}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise typer.BadParameter(f"{name}: no UTF-8 text, at byte {exc.start}") from exc
    if len(data) > api.MAX_SOURCE_BYTES:
        raise typer.BadParameter(f"{name}: a file has at most {amounts.size(api.MAX_SOURCE_BYTES)}")
    return text


def _bytes(name: str) -> bytes:
    """One more than is allowed, at most."""
    if name == STDIN:
        return sys.stdin.buffer.read(api.MAX_SOURCE_BYTES + 1)
    with Path(name).open("rb") as stream:
        return stream.read(api.MAX_SOURCE_BYTES + 1)
