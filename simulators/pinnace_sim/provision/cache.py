"""Owns the cache folder that real parts are built or unpacked into: where it is, and who may write to it.

Readers need no lock, because whatever appears in the cache appears complete (`os.replace` from a neighbouring
temporary name). Writers of one part exclude each other by a file lock. Refuses to clean up: what is in the cache
stays until a person removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path


def root(environment: Mapping[str, str] = os.environ) -> Path:
    """The cache folder: `PINNACE_CACHE`, else `pinnace` in `XDG_CACHE_HOME`, else `~/.cache/pinnace`; maybe absent."""
    if own := environment.get("PINNACE_CACHE"):
        return Path(own).expanduser().absolute()
    base = environment.get("XDG_CACHE_HOME")
    # The XDG specification says that a relative path is to be ignored.
    if base and Path(base).is_absolute():
        return Path(base) / "pinnace"
    return Path(environment.get("HOME") or Path.home()) / ".cache" / "pinnace"


def say(text: str) -> None:
    """One line of progress on stderr, where it disturbs no output that a program reads."""
    print(f"pinnace: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep every other writer of `folder` out, in this process and others, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another process is filling {folder}; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A temporary folder on the same file system as `folder`, so that its contents can be moved there in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tmp-", dir=folder) as name:
        yield Path(name)


def publish(made: Path, target: Path) -> None:
    """Move what was made in a workspace to its final name in one step. A reader sees the whole or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, target)
