"""The environment is set up once, whichever target asks first; what another target needs is added to it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60

# Stands for Python: writes down what it is asked for, and makes an environment whose Python is this script, too.
STAND_IN = """#!/bin/sh
echo "$@" >> "$CALLS"
if [ "$2" = venv ]; then
    rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && cp "$0" "$4/bin/pinnace-sim"
fi
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "python").write_text(STAND_IN)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(checkout: Path, target: str) -> list[str]:
    """What it made of environments and installed."""
    calls = checkout / "calls"
    calls.write_text("")
    line = ["make", target, f"PYTHON={checkout}/python"]
    environment = {"PATH": os.environ["PATH"], "CALLS": str(calls)}
    subprocess.run(line, cwd=checkout, env=environment, check=True, capture_output=True, timeout=DEADLINE_S)
    words = [call.split() for call in calls.read_text().splitlines()]
    return [each[1] if each[1] == "venv" else each[-1] for each in words if each[:1] == ["-m"]]


@pytest.mark.parametrize(("first", "second"), [("demo", "venv"), ("venv", "demo")])
def test_the_environment_is_made_once_whichever_target_asks_first(checkout: Path, first: str, second: str) -> None:
    extra = {"demo": ".[demo]", "venv": ".[dev]"}
    assert make(checkout, first) == ["venv", extra[first]]
    assert make(checkout, second) == ([".[dev]"] if second == "venv" else [])
    assert [make(checkout, target) for target in (first, second)] == [[], []]


def test_a_change_of_what_is_needed_makes_it_anew(checkout: Path) -> None:
    make(checkout, "venv")
    later = (checkout / ".venv" / ".installed").stat().st_mtime + 10
    os.utime(checkout / "pyproject.toml", (later, later))
    assert make(checkout, "venv") == ["venv", ".[dev]"]
