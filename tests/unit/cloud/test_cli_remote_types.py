"""Types of the definitions that are applied to a controller, beside those that are installed here."""

import json
import socket

import pytest
from tests.unit.cloud import controllers
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli import remote
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.settings import Place
from pinnace_schemas import api
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

DECLARED = """\
// +usage=The page that is shown
page: string
port: PORT.#x

//cue:path: #Port
let PORT = {
	#x: {
		protocol: *"TCP" | "UDP"
	}
}
"""
KIOSK = api.DefinedType(
    kind="ComponentDefinition", name="kiosk", version=2, description="A screen\nin a shop.", declared=DECLARED
)
FRONT = api.DefinedType(kind="TraitDefinition", name="front", version=1)
SILENT = "http://127.0.0.1:1"


@pytest.fixture
def filled(shell: Shell) -> Shell:
    shell.controller.held_types = (KIOSK, FRONT)
    return shell


def test_types_of_the_controller_stand_with_those_of_their_sort_and_name_it(filled: Shell) -> None:
    found = json.loads(filled.run("types", "-o", "json").out)
    (kiosk,) = [item for item in found if item["name"] == "kiosk"]
    assert (kiosk["sort"], kiosk["distribution"]) == ("component", filled.server.url)
    assert kiosk["summary"] == "A screen in a shop."
    sorts = [item["sort"] for item in found]
    assert sorts == sorted(sorts, key=["component", "trait", "policy", "step"].index)


def test_a_type_of_the_controller_is_explained_to_the_fields_of_its_fields(filled: Shell) -> None:
    ended = filled.run("explain", "kiosk", "-R")
    assert (ended.code, ended.err) == (Exit.OK, "")
    assert f"COMPONENT  kiosk ({filled.server.url})" in ended.out
    assert "  page <text>, required" in ended.out
    assert '    protocol <one of TCP, UDP>, default "TCP"' in ended.out


def test_the_schema_for_editors_has_types_of_the_controller(filled: Shell) -> None:
    found = json.loads(filled.run("schema").out)
    assert "kiosk" in found["$defs"]["Component"]["properties"]["type"]["enum"]
    assert "front" in found["$defs"]["Trait"]["properties"]["type"]["enum"]
    assert json.loads(filled.run("schema", "kiosk").out)["$defs"]["kiosk"]["required"] == ["page"]


def test_the_definition_of_a_controller_goes_before_a_package_of_this_machine(filled: Shell) -> None:
    filled.controller.held_types = (KIOSK.model_copy(update={"name": "webservice"}),)
    assert f"COMPONENT  webservice ({filled.server.url})" in filled.run("explain", "webservice").out


def test_offline_asks_no_controller(filled: Shell) -> None:
    ended = filled.run("types", "--offline")
    assert "kiosk" not in ended.out
    assert ended.err == ""


def test_where_no_controller_is_named_none_is_asked_and_nothing_said(filled: Shell) -> None:
    ended = filled.run("types", PINNACE_SERVER=None, PINNACE_TOKEN=None)
    assert ended == filled.run("types", "--offline")


@pytest.mark.parametrize("command", [["types"], ["explain", "webservice"], ["schema"]])
def test_a_controller_that_is_away_costs_one_line(filled: Shell, command: list[str]) -> None:
    ended = filled.run(*command, PINNACE_SERVER=SILENT)
    assert (ended.code, ended.out) == (Exit.OK, filled.run(*command, "--offline").out)
    (line,) = ended.err.splitlines()
    assert line.startswith(f"without the types of the controller: no answer from {SILENT}")


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("PINNACE_TOKEN", None, "no API token"),
        ("PINNACE_TOKEN", "pinnace-wrong", "token"),
        ("PINNACE_SERVER", "nowhere", "an address looks like"),
    ],
)
def test_what_keeps_the_controller_from_being_asked_is_said(
    filled: Shell, variable: str, value: str | None, why: str
) -> None:
    token = value if variable == "PINNACE_TOKEN" else controllers.TOKEN
    server = value if variable == "PINNACE_SERVER" else filled.server.url
    ended = filled.run("types", PINNACE_SERVER=server, PINNACE_TOKEN=token)
    assert ended.code == Exit.OK
    (line,) = ended.err.splitlines()
    assert line.startswith("without the types of the controller: ")
    assert why in line


def test_who_insists_on_the_controller_gets_an_error_without_it(filled: Shell) -> None:
    ended = filled.run("schema", "--remote", PINNACE_SERVER=SILENT)
    assert (ended.code, ended.out) == (Exit.UNREACHABLE, "")
    assert filled.run("types", "--remote", PINNACE_SERVER=None, PINNACE_TOKEN=None).code == Exit.DENIED


def test_a_named_controller_is_asked_though_nothing_is_configured(filled: Shell) -> None:
    token = filled.home.with_name("token")
    token.write_text(controllers.TOKEN, encoding="utf-8")
    named = ("--server", filled.server.url, "--token-file", str(token))
    assert "kiosk" in filled.run("types", *named, PINNACE_SERVER=None, PINNACE_TOKEN=None).out


def test_a_controller_that_does_not_know_the_question_is_of_another_version(filled: Shell) -> None:
    filled.controller.failure = Rejected(Reason.NOT_FOUND, "no such path in this API", "GET /api/v1/types")
    assert "use the version of the controller" in filled.run("types").err


def test_a_controller_that_keeps_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = Place(f"http://127.0.0.1:{listener.getsockname()[1]}", controllers.TOKEN)
        with pytest.raises(Unavailable, match=r"no answer from .* for 0\.1 s"):
            remote.types(place, patience_s=0.1)


def test_the_route_answers_with_what_templates_declare(filled: Shell) -> None:
    with filled.server.client() as client:
        first, second = client.get("/api/v1/types").json()
        assert first["declared"] == DECLARED
        assert second == {"kind": "TraitDefinition", "name": "front", "version": 1, "description": "", "declared": ""}
        assert "/api/v1/types" in client.get("/openapi.json").json()["paths"]
    with filled.server.client(token=None) as client:
        assert client.get("/api/v1/types").status_code == 401
