"""The same input renders to the same bytes in every process: whatever its hash seed, and under every Python.

Rendered are KubeVela's Applications and our own examples.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.compat import kubevela

from pinnace_sim.provision import give_up

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DIGESTS = Path(__file__).with_name("digests.py")
SEEDS = ("0", "1", "4711", "random")
# Other Pythons that can import Pinnace; paths of their interpreters, as in PATH.
OTHERS = "PINNACE_PYTHONS"
DEADLINE_S = 240


@cache
def paths() -> str:
    theirs = [kubevela.ROOT / "apps" / f"{item.name}.yaml" for item in kubevela.examples() if item.part == "rendered"]
    return "".join(f"{path}\n" for path in (*theirs, *sorted((ROOT / "docs" / "examples").rglob("*.yaml"))))


def digests(python: str, seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [python, str(DIGESTS)]
    done = subprocess.run(
        command, input=paths(), capture_output=True, text=True, check=False, timeout=DEADLINE_S, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@cache
def ours() -> list[str]:
    return digests(sys.executable, SEEDS[0])


def candidates() -> Iterator[str]:
    """Interpreters of other versions from 3.11 on, each version once."""
    named = os.environ.get(OTHERS, "").split(os.pathsep)
    on_path = (shutil.which(f"python3.{minor}") for minor in range(11, 20))
    managed = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    seen: set[tuple[int, ...]] = {sys.version_info[:2]}
    for python in filter(None, (*named, *on_path, *map(str, managed))):
        version = version_of(python)
        if version not in seen and version >= (3, 11):
            seen.add(version)
            yield python


def version_of(python: str) -> tuple[int, ...]:
    """(0,) for what is no Python."""
    code = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=DEADLINE_S)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else (0,)


def test_there_is_something_to_compare() -> None:
    assert len(ours()) > 3


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_every_hash_seed_gives_the_same_bytes(seed: str) -> None:
    assert digests(sys.executable, seed) == ours()


def with_pinnace(python: str, folder: Path) -> tuple[str, str]:
    """An interpreter of that version that can render, from an environment of its own if need be; else ('', why)."""
    check = ["-c", "from pinnace_cloud.render import installed; installed.types(); import yaml"]
    own = str(folder / "bin" / "python")
    for command in (
        [python, *check],
        [python, "-m", "venv", str(folder)],
        [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{ROOT}[cli]"],
        [own, *check],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)
        if done.returncode == 0 and command[1:] == check:
            return command[0], ""
    return "", done.stderr.strip().splitlines()[-1]


@pytest.mark.timeout(600)
def test_every_python_at_hand_gives_the_same_bytes(tmp_path: Path) -> None:
    lacking: dict[str, str] = {}
    compared = 0
    for number, python in enumerate(candidates()):
        able, why = with_pinnace(python, tmp_path / str(number))
        if able:
            assert digests(able, SEEDS[1]) == ours(), python
            compared += 1
        else:
            lacking[python] = why
    if lacking:
        named = "; ".join(f"{python}: {why}" for python, why in lacking.items())
        give_up(f"not every Python at hand can render ({named})")
    if not compared:
        pytest.skip(f"there is no other Python here; name some in {OTHERS}")
