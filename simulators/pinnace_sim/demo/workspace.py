"""The one folder of a run: everything that the demo and its programs write lies in it, and it is gone afterwards.

Keeps true: no folder stays when the demo is killed (SIGKILL); a shell that outlives it removes it. After a failure the
folder is kept for who looks for the reason.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Waits for a word. None means that the demo is dead, and its programs with it, within moments: then the folder goes, in
# spite of those that may still write a last file.
_REMOVE = 'read -r word; [ "$word" = done ] || for _ in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 0.2; done'


class Workspace:
    """`folder` exists while the block of `opened` runs, and after it if `keep` was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_kept = False

    @property
    def logs(self) -> Path:
        """Where `keep` puts them."""
        return self.folder / "logs"

    @property
    def has_logs(self) -> bool:
        """Whether there is something to look at."""
        return self.logs.is_dir() and any(self.logs.iterdir())

    def keep(self, failure: str = "") -> None:
        """Leave the folder where it is, with every log so far and the failure: some programs take theirs with them.

        What cannot be kept, as on a full disk, is left out: it is not the reason that a person has to be told.
        """
        with contextlib.suppress(OSError):
            self.logs.mkdir(exist_ok=True)
            for path in self.folder.glob("*/*.log"):
                if path.parent != self.logs:
                    _link(path, self.logs / f"{path.parent.name}-{path.name}")
            if failure:
                (self.logs / "failure.txt").write_text(failure)
        self.is_kept = self.has_logs


def _link(path: Path, there: Path) -> None:
    """The same file under a second name, which takes no room; what is written later is in it too."""
    there.unlink(missing_ok=True)
    try:
        there.hardlink_to(path)
    except OSError:
        shutil.copy(path, there)


@contextlib.contextmanager
def opened(prefix: str) -> Iterator[Workspace]:
    """Makes the folder and has every temporary file, also those of programs started from here, made in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    space = Workspace(folder)
    with _undertaker(folder), _temporary_files_in(folder):
        try:
            yield space
        finally:
            if not space.is_kept:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _undertaker(folder: Path) -> Iterator[None]:
    command = ["/bin/sh", "-c", _REMOVE, "undertaker", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, cwd="/") as process:
        try:
            yield
        finally:
            process.communicate(b"done\n")


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    before, outer = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        os.environ.pop("TMPDIR")
        if outer is not None:
            os.environ["TMPDIR"] = outer
