"""Where a machine cannot run a program now, nobody is told that the program's input is wrong."""

import sys
from pathlib import Path

import pytest

from pinnace_cloud.adapters import sandbox
from pinnace_cloud.adapters.sandbox import Bounds
from pinnace_schemas.errors import Unavailable


def said(home: Path, script: str) -> str:
    (home / "work").mkdir()
    return sandbox.run(["/bin/sh", "-c", script], home, {}, Bounds()).errors


def test_machine_without_room_for_temporary_files_may_have_some_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(Unavailable, match="no program can be run"), sandbox.folder():
        pass


def test_program_that_finds_the_disk_full_may_be_asked_later(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="full"):
        said(tmp_path, "echo write out: no space left on device >&2; exit 1")


def test_program_that_only_speaks_of_a_full_disk_is_heard(tmp_path: Path) -> None:
    assert "no space left" in said(tmp_path, "echo no space left on device >&2")


# Takes so many MiB of addresses, and then so many that it uses.
TAKES = """
import mmap, sys, time
reserved, used = (int(each) * 2**20 for each in sys.argv[1:])
addresses = mmap.mmap(-1, reserved, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0)
memory = b"x" * used
print("taken", flush=True)
while used > 100 * 2**20:
    time.sleep(1)
"""


@pytest.mark.parametrize(("reserved", "used", "excess"), [(1000, 10, ""), (1, 200, "more than 128 MiB of memory")])
def test_memory_that_a_program_uses_is_bounded_and_not_what_it_only_reserves(
    tmp_path: Path, reserved: int, used: int, excess: str
) -> None:
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-I", "-S", "-c", TAKES, str(reserved), str(used)]
    finished = sandbox.run(command, tmp_path, {}, Bounds(memory_bytes=128 * 1024 * 1024))
    assert (finished.excess, finished.is_good) == (excess, not excess)
    assert bool(finished.code) == bool(excess)
