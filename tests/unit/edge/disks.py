"""Small file systems, and somebody who fills them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pinnace_sim.provision import give_up


@contextmanager
def small_disk(place: Path, size_bytes: int) -> Iterator[Path]:
    """A small file system of its own, which only root can mount."""
    place.mkdir()
    mounted = os.geteuid() == 0 and not _mount("-t", "tmpfs", "-o", f"size={size_bytes}", "none", str(place))
    if not mounted:
        give_up("a small file system cannot be mounted here (needs root)")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode


def fill(disk: Path) -> Path:
    """Someone else takes all there is."""
    other = disk / "other"
    with other.open("ab", buffering=0) as file:
        for size in (65536, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    assert os.statvfs(disk).f_bavail == 0
    return other
