"""`pinnace types`, `explain` and `schema` with definitions of files and of a controller, by the real `cue`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cloud import cue_stand_in, serving
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk
from typer.testing import CliRunner

from pinnace_cloud import api as http
from pinnace_cloud import workshop
from pinnace_cloud.cli import app
from pinnace_cloud.workshop import Programs
from pinnace_sim.provision import Part, installed, require

pytestmark = pytest.mark.real

FOLDER = Path(__file__).parents[1] / "unit" / "cloud" / "definitions"


@pytest.fixture(scope="module")
def cue() -> Path:
    require(Part.CUE)
    return installed.locate("cue")


def said(cue: Path, *arguments: str) -> str:
    environment = {"PINNACE_CUE": str(cue)}
    result = CliRunner().invoke(app.app, [*arguments, "--offline", "-f", str(FOLDER)], env=environment)
    assert result.exit_code == 0, result.stderr
    return result.stdout


LAMP = cue_stand_in.definition(
    "lamp",
    """
output: {apiVersion: "v1", kind: "ConfigMap", data: sockets: "\\(len(parameter.sockets))"}
#Socket: {
	// +usage=Where it hangs
	room: string
	kind: *"E27" | "GU10"
}
parameter: {
	sockets: [...#Socket]
	main?: #Socket
	volts: *230 | int
}
""",
)


@pytest.fixture(scope="module")
def controller(cue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where a controller is whose `lamp` is a type; with an environment of nobody else's."""
    folder = tmp_path_factory.mktemp("controller")
    desk = Desk(folder, desks.new_keys(folder / "keys"), workshop=workshop.make(Programs(cue=cue), os.environ))
    desk.apply(LAMP)
    token = desk.controller.tokens.create("tester")
    with serving.serve() as server:
        server.use(desk.controller, http.ApiSettings("0.1.0"))
        yield {"PINNACE_SERVER": server.url, "PINNACE_TOKEN": token, "XDG_CONFIG_HOME": str(folder)}
    desk.close()


def test_a_type_of_the_controller_is_explained_with_choices_and_what_it_names(controller: dict[str, str]) -> None:
    result = CliRunner().invoke(app.app, ["explain", "lamp", "-R"], env={**controller, "PINNACE_CUE": "/nowhere"})
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == f"COMPONENT  lamp ({controller['PINNACE_SERVER']})"
    fields = lines[lines.index("FIELDS") + 1 :]
    socket = ["    room <text>, required", "        Where it hangs", '    kind <one of E27, GU10>, default "E27"']
    assert [item.rstrip() for item in fields] == [
        "  sockets <list of maps>",
        *socket,
        "  main <map>",
        *socket,
        "  volts <whole number>, default 230",
    ]


def test_the_definition_in_a_file_goes_before_that_of_the_controller(
    cue: Path, controller: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "lamp.yaml"
    path.write_text(cue_stand_in.definition("lamp", "output: {}\nparameter: {watts: int}"), encoding="utf-8")
    environment = {**controller, "PINNACE_CUE": str(cue)}
    result = CliRunner().invoke(app.app, ["explain", "lamp", "-f", str(path)], env=environment)
    assert result.stdout.startswith(f"COMPONENT  lamp ({path})")
    assert "  watts <whole number>, required" in result.stdout


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
