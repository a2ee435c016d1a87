"""Definitions over the API and on the command line: listed, described, deleted, and used without a controller."""

import json
from pathlib import Path

import pytest
from tests.unit.cloud import controllers, cue_stand_in, shells
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_schemas import api

KIOSK = json.loads(cue_stand_in.definition("kiosk", "output: {}"))


def status(name: str = "kiosk", kind: str = "ComponentDefinition", **versions: int) -> api.DefinitionStatus:
    """Version 2; `versions` is what applications of the default namespace are rendered with."""
    by_name = {f"default/{name}": version for name, version in versions.items()}
    summary = api.DefinitionSummary(
        kind=kind,
        name=name,
        version=2,
        description="A screen in a shop.",
        applications=tuple(by_name),
        outdated=tuple(item for item, version in by_name.items() if version != 2),
        changed_at=controllers.SEEN,
        changed_by=controllers.ACTOR,
    )
    return api.DefinitionStatus(summary=summary, versions=by_name, document=KIOSK)


@pytest.fixture
def filled(shell: Shell) -> Shell:
    held = shell.controller.held_definitions
    held["ComponentDefinition", "kiosk"] = status(shop=1, till=2)
    held["TraitDefinition", "front"] = status("front", "TraitDefinition")
    return shell


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("definitions", ["kiosk", "front"]),
        ("comp", ["kiosk"]),
        ("componentdefinitions", ["kiosk"]),
        ("trait", ["front"]),
        ("traitdefinition", ["front"]),
    ],
)
def test_definitions_are_listed_by_kind(filled: Shell, word: str, names: list[str]) -> None:
    table = filled.run("get", word).table
    assert table[0] == ["KIND", "NAME", "VERSION", "APPLICATIONS", "OUTDATED", "CHANGED"]
    assert [row[1] for row in table[1:]] == names


def test_those_that_an_application_has_an_older_version_of_are_not_as_wanted(filled: Shell) -> None:
    (row,) = filled.run("get", "definitions", "--not-converged").table[1:]
    assert row[:5] == ["ComponentDefinition", "kiosk", "2", "2", "1"]


def test_one_definition_is_given_by_the_name_of_either_kind(filled: Shell) -> None:
    assert (
        json.loads(filled.run("get", "definition", "front", "-o", "json").out)["summary"]["kind"] == "TraitDefinition"
    )
    missing = filled.run("get", "comp", "front")
    assert missing.code == Exit.NOT_FOUND
    assert "ComponentDefinition front" in missing.err


def test_a_description_names_who_has_which_version(filled: Shell) -> None:
    out = filled.run("describe", "comp/kiosk").out
    assert "Definition:     ComponentDefinition kiosk\n" in out
    assert "Applications:   default/shop (version 1), default/till (version 2)\n" in out
    assert "Outdated:       default/shop: apply again to render with version 2\n" in out


def test_a_definition_in_use_stays_and_says_who_uses_it(filled: Shell) -> None:
    ended = filled.run("delete", "componentdefinition", "kiosk")
    assert ended.code == Exit.REFUSED
    assert "default/shop is rendered with it" in ended.err
    ended = filled.run("delete", "trait/front")
    assert ended == shells.Ended(Exit.OK, "traitdefinition front deleted\n", "")
    assert filled.controller.calls == [("delete_definition", "TraitDefinition", "front", controllers.ACTOR)]


def test_delete_by_file_takes_the_application_before_its_definition(filled: Shell, tmp_path: Path) -> None:
    filled.controller.hold(controllers.application())
    filled.controller.held_definitions["ComponentDefinition", "kiosk"] = status()
    path = tmp_path / "both.yaml"
    path.write_text(f"{json.dumps(KIOSK)}\n---\n{shells.APPLICATION}", encoding="utf-8")
    ended = filled.run("delete", "-f", str(path))
    assert ended.out == "application default/shop deleted\ncomponentdefinition kiosk deleted\n"


def test_a_delete_says_which_kind_is_meant(filled: Shell) -> None:
    ended = filled.run("delete", "definition", "kiosk")
    assert ended.code == Exit.USAGE
    assert "componentdefinitions" in ended.err


def test_rendering_without_cue_says_what_to_install(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "both.yaml"
    text = shells.APPLICATION.replace("webservice", "kiosk")
    path.write_text(f"{json.dumps(KIOSK)}\n---\n{text}", encoding="utf-8")
    ended = shell.run("render", "-f", str(path), PINNACE_CUE=None, PINNACE_CACHE=str(tmp_path), PATH=str(tmp_path))
    assert ended.code == Exit.REFUSED
    assert "go install cuelang.org/go/cmd/cue@v0.14.1" in ended.err


def test_routes_take_the_two_kinds_and_no_other(filled: Shell) -> None:
    with filled.server.client() as client:
        found = client.get("/api/v1/definitions/ComponentDefinition/kiosk")
        assert found.json()["versions"] == {"default/shop": 1, "default/till": 2}
        assert client.delete("/api/v1/definitions/ComponentDefinition/kiosk").status_code == 409
        assert client.delete("/api/v1/definitions/TraitDefinition/front").status_code == 204
        assert client.get("/api/v1/definitions/TraitDefinition/front").status_code == 404
        assert client.get("/api/v1/definitions/PolicyDefinition/front").status_code == 422
