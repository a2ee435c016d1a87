"""Runs a program on text that nobody vouches for: in an empty folder, with an empty environment, within bounds.

The bounds are the kernel's (rlimits, set by a shell before the program takes its place), and ours those of time and of
memory in use: the kernel bounds addresses (RLIMIT_AS), of which a Go program reserves far more than it uses, and
RLIMIT_DATA does not hold where such a program begins to use what it has reserved.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pinnace_schemas import amounts
from pinnace_schemas.errors import Unavailable

_SHELL: Final = "/bin/sh"
# POSIX gives the sizes of `ulimit` in KiB, that of files in blocks.
_SCRIPT: Final = 'ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && shift 3 && exec "$@"'
_KIB: Final = 1024
_BLOCK: Final = 512
# A program fills some 40 MB meanwhile.
_LOOK_S: Final = 0.02
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
# Less than a process takes to start: what is left when nothing is.
_LEAST_S: Final = 0.01
# How Go says that the disk is full.
_FULL: Final = "no space left on device"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one process."""

    # Two hundred components of KubeVela's largest definition take 2 s; a machine under load takes some times as long.
    wall_s: float = 60.0
    cpu_s: int = 30
    # In use, without the program itself: some times the 150 MB that 200 components take.
    memory_bytes: int = 768 * 1024 * 1024
    # A Go program reserves about 1 GiB that it never uses. For what grows faster than we look.
    address_bytes: int = 2 * 1024 * 1024 * 1024
    # The largest bundle (`max_bundle_bytes`), for some dozen components at their largest together.
    output_bytes: int = 64 * 1024 * 1024

    def until(self, ends: float) -> "Bounds":
        """These, and no time beyond that moment of the monotonic clock."""
        return replace(self, wall_s=min(self.wall_s, max(ends - time.monotonic(), _LEAST_S)))


@dataclass(frozen=True, slots=True)
class Finished:
    """`excess` says which bound was reached, '' for none; then the texts are not complete."""

    code: int
    out: str
    errors: str
    excess: str = ""

    @property
    def is_good(self) -> bool:
        return self.code == 0 and not self.excess


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that is gone afterwards, readable by nobody else.

    Raises Unavailable where this machine cannot work in it now: a full disk, too many processes.
    """
    try:
        with TemporaryDirectory(prefix="pinnace-") as name:
            yield Path(name)
    except OSError as exc:
        raise Unavailable(f"no program can be run here: {exc}") from exc


def run(command: Sequence[str], home: Path, environment: Mapping[str, str], bounds: Bounds) -> Finished:
    """The program in the folder `work` of `home`, with this environment and no other.

    What it prints goes to files beside that folder, which the kernel keeps small. Raises Unavailable for a full disk.
    """
    limits = (bounds.address_bytes // _KIB, bounds.cpu_s, bounds.output_bytes // _BLOCK)
    out, errors = home / "out", home / "errors"
    with out.open("wb") as out_file, errors.open("wb") as errors_file:
        process = subprocess.Popen(
            [_SHELL, "-c", _SCRIPT, "sh", *map(str, limits), *command],
            cwd=home / "work",
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out_file,
            stderr=errors_file,
            start_new_session=True,
        )
        excess = _wait(process, bounds)
    code = process.returncode
    said = errors.read_text(encoding="utf-8", errors="replace")
    if code and _FULL in said:
        raise Unavailable(f"the disk for temporary files is full: {said.strip()[-200:]}")
    excess = excess or _excess(code, said, bounds)
    return Finished(code, out.read_text(encoding="utf-8", errors="replace"), said, excess)


def _wait(process: subprocess.Popen[bytes], bounds: Bounds) -> str:
    """Until it ends; which bound it was killed for, '' for none."""
    ends = time.monotonic() + bounds.wall_s
    while True:
        left = ends - time.monotonic()
        excess = _memory(bounds) if _in_use(process.pid) > bounds.memory_bytes else ""
        if excess or left <= 0:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return excess or f"more than {bounds.wall_s:g} s"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(min(left, _LOOK_S))
            return ""


def _in_use(pid: int) -> int:
    """Bytes of memory that are its own; 0 where the system does not say."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(pages[1]) - int(pages[2])) * _PAGE


def _memory(bounds: Bounds) -> str:
    return f"more than {amounts.size(bounds.memory_bytes)} of memory"


def _excess(code: int, said: str, bounds: Bounds) -> str:
    """Which bound a program reached that ended with this code; '' for none."""
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"more than {bounds.cpu_s} s of processor time"
    if -code == signal.SIGXFSZ or "file too large" in said:
        return f"more than {amounts.size(bounds.output_bytes)} of output"
    # How Go says that the kernel gave no more memory.
    if "out of memory" in said or "pthread_create failed" in said or "cannot allocate memory" in said:
        return _memory(bounds)
    return "more depth than its stack holds" if "stack overflow" in said or "goroutine stack exceeds" in said else ""
