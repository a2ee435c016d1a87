"""Where a machine cannot run a program now, nobody is told that the program's input is wrong."""

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
