"""What is built and installed: exactly our packages and programs, from the source distribution alone."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"pinnace_cloud", "pinnace_edge", "pinnace_schemas", "pinnace_sim"}
DEADLINE_S = 120

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Made from the source distribution, as a package index would; without isolation it needs no network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE_S)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as opened:
        yield opened


def test_wheel_holds_the_four_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_wheel_holds_every_module_and_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for folder in ("cloud", "edge", "schemas", "simulators"):
        for package in PACKAGES & {path.name for path in (ROOT / folder).iterdir()}:
            modules = {str(path.relative_to(ROOT / folder)) for path in (ROOT / folder / package).rglob("*.py")}
            assert modules <= names, sorted(modules - names)
            assert f"{package}/py.typed" in names


def test_wheel_offers_the_types_that_come_with_pinnace(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    parser = ConfigParser()
    parser.read_string(wheel.read(entry_points).decode())
    groups = {name for name in parser.sections() if name.startswith("pinnace.")}
    assert groups == {"pinnace.components", "pinnace.traits", "pinnace.policies", "pinnace.steps"}


def test_wheel_installs_the_programs_of_operators_and_of_sites(wheel: zipfile.ZipFile) -> None:
    entry_points = next(name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    parser = ConfigParser()
    parser.read_string(wheel.read(entry_points).decode())
    assert set(parser["console_scripts"]) == {"pinnace", "pinnace-edge", "pinnace-sim"}
