"""`pinnace types`, `explain` and `schema` with definitions of files, by the real `cue`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pinnace_cloud.cli import app
from pinnace_sim.provision import Part, installed, require

pytestmark = pytest.mark.real

FOLDER = Path(__file__).parents[1] / "unit" / "cloud" / "definitions"


@pytest.fixture(scope="module")
def cue() -> Path:
    require(Part.CUE)
    return installed.locate("cue")


def said(cue: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app.app, [*arguments, "-f", str(FOLDER)], env={"PINNACE_CUE": str(cue)})
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_types_of_a_folder_stand_with_those_of_their_sort(cue: Path) -> None:
    found = json.loads(said(cue, "types", "-o", "json"))
    assert {item["name"] for item in found if item["distribution"] != "pinnace"} >= {"kiosk", "front", "trim"}
    sorts = [item["sort"] for item in found]
    assert sorts == sorted(sorts, key=["component", "trait", "policy", "step"].index)
    (kiosk,) = [item for item in found if item["name"] == "kiosk"]
    assert kiosk["summary"] == "A screen in a shop that shows web pages."
    assert kiosk["distribution"] == str(FOLDER / "kiosk.yaml")


def test_a_template_says_what_its_properties_are(cue: Path) -> None:
    lines = said(cue, "explain", "kiosk").splitlines()
    assert lines[2] == "A screen in a shop that shows web pages."
    assert lines[lines.index("  image <text>, required") + 1].strip() == "The image of the browser"
    assert "  port <whole number>" in lines


def test_a_template_that_declares_nothing_takes_anything(cue: Path) -> None:
    assert said(cue, "explain", "trim").splitlines()[-1] == "PROPERTIES  <map of anything>"


def test_editors_are_told_of_defined_types(cue: Path) -> None:
    found = json.loads(said(cue, "schema"))
    assert "kiosk" in found["$defs"]["Component"]["properties"]["type"]["enum"]
    assert {"image", "port"} <= found["$defs"]["component.kiosk"]["properties"].keys()
