"""Types of definitions in files, beside those of packages: listed, explained, and in the schema of editors."""

import json
from pathlib import Path

import pytest
from tests.unit.cloud import cue_stand_in, shells
from tests.unit.cloud.cue_stand_in import StandIn
from tests.unit.cloud.shells import Ended, Shell

from pinnace_cloud.cli import defined
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.explaining import document, explanation, lookup
from pinnace_cloud.render import installed
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas import api
from pinnace_schemas.definition import DESCRIPTION
from pinnace_schemas.errors import Rejected

PARAMETERS = """\
// +usage=The page that is shown
page:  string
dim: *false | bool
// +usage=Who may touch it
people: [...{
\t// +usage=How they are called
\tname: string
}]
"""


def described(name: str, text: str, kind: str = "ComponentDefinition") -> str:
    value = json.loads(cue_stand_in.definition(name, "output: {}", kind))
    value["metadata"]["annotations"] = {DESCRIPTION: text}
    return json.dumps(value)


def types(*texts: str) -> tuple[Known, ...]:
    sources = [api.Source(name=f"{number}.yaml", text=text) for number, text in enumerate(texts)]
    return defined.types(sources, StandIn(declared=PARAMETERS))


def without_cue(shell: Shell, folder: Path, *arguments: str) -> Ended:
    return shell.run(*arguments, PINNACE_CUE=None, PINNACE_CACHE=str(folder), PATH=str(folder))


def test_a_definition_is_a_type_of_its_file_with_its_own_description() -> None:
    found = types(
        shells.APPLICATION, described("kiosk", "A screen\n  in a shop."), described("dim", "", "TraitDefinition")
    )
    assert [(item.sort, item.name, item.distribution) for item in found] == [
        (Sort.COMPONENT, "kiosk", "1.yaml"),
        (Sort.TRAIT, "dim", "2.yaml"),
    ]
    assert [explanation.summary(item) for item in found] == ["A screen in a shop.", ""]


def test_properties_are_explained_by_what_the_template_says_of_them() -> None:
    (kiosk,) = types(described("kiosk", "A screen."))
    found = explanation.explain(*lookup.find([*installed.types(), kiosk], "kiosk"))
    assert found.description == "A screen."
    page, dim, people = found.fields
    assert (page.type, page.required, page.description) == ("text", True, "The page that is shown")
    assert (dim.type, dim.required) == ("true or false", False)
    assert [(item.name, item.description) for item in people.fields] == [("name", "How they are called")]


def test_one_name_may_be_a_component_and_a_trait() -> None:
    found = types(described("kiosk", "A screen."), described("kiosk", "A frame.", "TraitDefinition"))
    with pytest.raises(Rejected, match="say component/kiosk or trait/kiosk"):
        lookup.find(found, "kiosk")
    assert explanation.summary(lookup.find(found, "trait/kiosk")[0]) == "A frame."


@pytest.mark.slow
def test_editors_complete_a_defined_type_beside_the_installed_ones() -> None:
    (kiosk,) = types(described("kiosk", "A screen."))
    schema = document.application([*installed.types(), kiosk])
    kinds = schema["$defs"]["Component"]["properties"]["type"]
    assert dict(zip(kinds["enum"], kinds["enumDescriptions"], strict=True))["kiosk"] == "A screen."
    assert "webservice" in kinds["enum"]
    assert schema["$defs"]["component.kiosk"]["required"] == ["page"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([cue_stand_in.definition("kiosk", "broken")], "reference not found"),
        ([described("webservice", "Another one.")], "is there already"),
        ([described("kiosk", "One."), described("kiosk", "Two.")], "stands twice"),
        (["# nothing"], "there is no document"),
    ],
)
def test_what_is_wrong_with_a_definition_is_told_with_its_place(texts: list[str], message: str) -> None:
    with pytest.raises(InvalidSources) as caught:
        types(*texts)
    (item,) = caught.value.diagnostics
    assert message in item.message


@pytest.mark.parametrize("command", [["types"], ["explain", "kiosk"], ["schema"]])
def test_without_cue_the_commands_say_what_to_install(shell: Shell, tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "kiosk.yaml"
    path.write_text(described("kiosk", "A screen."), encoding="utf-8")
    ended = without_cue(shell, tmp_path, *command, "-f", str(path))
    assert (ended.code, ended.out) == (Exit.REFUSED, shell.run("types").out if command == ["types"] else "")
    assert f"cannot show {path}: ComponentDefinition kiosk: the program cue v0.14.1 is missing" in ended.err
    assert "go install cuelang.org/go/cmd/cue@v0.14.1" in ended.err


def test_without_cue_the_definitions_that_cannot_be_listed_are_counted(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("---\n".join(described(f"kiosk-{number}", "A screen.") + "\n" for number in range(9)))
    ended = without_cue(shell, tmp_path, "types", "-o", "json", "-f", str(path))
    assert [item["name"] for item in json.loads(ended.out)] == [item.name for item in installed.types()]
    assert f"{path}: ComponentDefinition kiosk-4 and 4 more: the program" in ended.err


def test_files_without_a_definition_need_no_cue_and_bring_no_type(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(shells.APPLICATION, encoding="utf-8")
    assert without_cue(shell, tmp_path, "types", "-f", str(path)) == shell.run("types")
