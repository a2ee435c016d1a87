"""Where the cache is, and that what appears in it is complete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pinnace_sim.provision import cache


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PINNACE_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/pinnace"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/c"}, "/c/.cache/pinnace"),
        ({"XDG_CACHE_HOME": "", "HOME": "/c"}, "/c/.cache/pinnace"),
    ],
)
def test_own_variable_comes_before_xdg_and_home(environment: dict[str, str], expected: str) -> None:
    assert cache.root(environment) == Path(expected)


def test_what_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with cache.workspace(tmp_path) as work:
            (work / "half").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_published_file_replaces_the_older_one(tmp_path: Path) -> None:
    with cache.workspace(tmp_path) as work:
        (work / "new").write_text("new")
        (tmp_path / "part").write_text("old")
        cache.publish(work / "new", tmp_path / "part")
    assert (tmp_path / "part").read_text() == "new"


def test_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from pinnace_sim.provision import cache\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with cache.exclusive(folder): print((folder / 'done').exists())"
    )
    with cache.exclusive(tmp_path):
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        (tmp_path / "done").touch()
    assert second.communicate(timeout=30)[0].strip() == "True"
