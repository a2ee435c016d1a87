"""Definitions in the controller: their versions, who is rendered with which, and what cannot be deleted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk
from tests.unit.cloud.cue_stand_in import StandIn

from pinnace_cloud.definitions import questions
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.signing.keys import KeySet
from pinnace_schemas import api
from pinnace_schemas.api import Change
from pinnace_schemas.definition import DESCRIPTION
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

SHOP = desks.application().replace("webservice", "kiosk")
FIRST = cue_stand_in.definition("kiosk", {"output": cue_stand_in.config_map(image="$image", by="first")})
SECOND = cue_stand_in.definition("kiosk", {"output": cue_stand_in.config_map(image="$image", by="second")})


@pytest.fixture
def cue() -> StandIn:
    return StandIn()


@pytest.fixture
def desk(tmp_path: Path, keyset: KeySet, cue: StandIn) -> Iterator[Desk]:
    def fetch(_source: object) -> bytes:
        raise AssertionError("nothing is fetched for a definition")

    made = Desk(tmp_path, keyset, workshop=Workshop(fetch, {}, {questions.MAKER: cue}, cue))
    made.apply(desks.group("shops"))
    yield made
    made.close()


def rendered_by(desk: Desk, group: str = "shops") -> str:
    """Which version made what is delivered."""
    (item,) = json.loads(desk.read_bundle(group))["objects"]
    by: str = item["data"]["by"]
    return by


def item(response: api.ApplyResponse, kind: str) -> api.ApplyItem:
    (found,) = [entry for entry in response.items if entry.kind == kind]
    return found


def test_a_definition_and_what_uses_it_are_applied_together(desk: Desk) -> None:
    response = desk.apply(SHOP, FIRST)
    assert (item(response, "ComponentDefinition").change, item(response, "ComponentDefinition").revision) == (
        Change.CREATED,
        1,
    )
    assert rendered_by(desk) == "first"


def test_a_changed_definition_changes_nothing_until_the_application_is_applied_again(desk: Desk) -> None:
    desk.apply(SHOP, FIRST)
    before = desk.bundle()
    assert item(desk.apply(SECOND), "ComponentDefinition").revision == 2
    assert desk.bundle() == before
    again = desk.apply(SHOP)
    assert item(again, "Application").revision == 2
    assert rendered_by(desk) == "second"


def test_the_same_definition_again_is_unchanged(desk: Desk) -> None:
    desk.apply(FIRST)
    assert item(desk.apply(FIRST), "ComponentDefinition").change is Change.UNCHANGED
    assert item(desk.apply(SHOP), "Application").revision == 1
    assert item(desk.apply(SHOP), "Application").change is Change.UNCHANGED


def test_a_new_group_is_rendered_with_the_version_that_the_application_keeps(desk: Desk) -> None:
    everywhere = SHOP.replace("{clusters: [shops]}", "{clusterLabelSelector: {kind: shop}}")
    desk.apply(everywhere, FIRST, desks.group("shops", labels="{kind: shop}"))
    desk.apply(SECOND)
    desk.apply(desks.group("more", labels="{kind: shop}"))
    assert rendered_by(desk, "more") == "first"


def test_a_rollback_takes_the_version_of_that_revision(desk: Desk) -> None:
    desk.apply(SHOP, FIRST)
    desk.apply(SHOP, SECOND)
    assert rendered_by(desk) == "second"
    desk.controller.rollback("default", "shop", None, desks.ACTOR)
    assert rendered_by(desk) == "first"


def test_sites_are_told_the_health_rules_of_the_version_that_an_application_keeps(desk: Desk) -> None:
    old, new = (json.dumps(json.loads(FIRST) | {"spec": judging(number)}) for number in (1, 2))
    desk.apply(SHOP, old)
    before = desk.bundle()
    assert policy_of(desk) == "isHealth: context.output.data.n == 1"
    desk.apply(new)
    assert desk.bundle() == before
    desk.apply(SHOP)
    assert policy_of(desk) == "isHealth: context.output.data.n == 2"
    desk.controller.rollback("default", "shop", None, desks.ACTOR)
    assert desk.bundle() == before


def judging(number: int) -> dict[str, object]:
    """The same template, with another rule."""
    return {**json.loads(FIRST)["spec"], "status": {"healthPolicy": f"isHealth: context.output.data.n == {number}"}}


def policy_of(desk: Desk) -> str:
    """Of the one component, as it is delivered."""
    (texts,) = json.loads(desk.read_bundle("shops"))["health"]["texts"]
    policy: str = texts["policy"]
    return policy


def test_a_definition_in_use_is_not_deleted_and_names_who_uses_it(desk: Desk) -> None:
    desk.apply(SHOP, FIRST)
    with pytest.raises(Rejected, match="default/shop") as refused:
        desk.controller.delete_definition("ComponentDefinition", "kiosk", desks.ACTOR)
    assert refused.value.reason is Reason.IN_USE
    desk.controller.delete_application("default", "shop", force=True, actor=desks.ACTOR)
    desk.controller.delete_definition("ComponentDefinition", "kiosk", desks.ACTOR)
    assert desk.controller.definitions() == ()
    with pytest.raises(InvalidSources, match="unknown component type 'kiosk'"):
        desk.apply(SHOP)


def test_a_definition_that_is_not_there_is_not_found(desk: Desk) -> None:
    for ask in (
        lambda: desk.controller.definition("TraitDefinition", "kiosk"),
        lambda: desk.controller.delete_definition("TraitDefinition", "kiosk", desks.ACTOR),
    ):
        with pytest.raises(Rejected) as refused:
            ask()
        assert refused.value.reason is Reason.NOT_FOUND


def test_it_is_shown_who_is_rendered_with_an_older_version(desk: Desk) -> None:
    desk.apply(SHOP, FIRST)
    desk.apply(SECOND)
    (summary,) = desk.controller.definitions()
    assert (summary.version, summary.applications, summary.outdated) == (2, ("default/shop",), ("default/shop",))
    status = desk.controller.definition("ComponentDefinition", "kiosk")
    assert status.versions == {"default/shop": 1}
    assert status.document == json.loads(SECOND)
    desk.apply(SHOP)
    assert desk.controller.definitions()[0].outdated == ()


def test_types_are_told_with_what_the_newest_template_declares(desk: Desk, cue: StandIn) -> None:
    described = json.loads(SECOND)
    described["metadata"]["annotations"] = {DESCRIPTION: "A screen."}
    cue.declared = "image: string\n"
    desk.apply(FIRST)
    cue.declared = "image: string\nsize?: int\n"
    desk.apply(json.dumps(described))
    (found,) = desk.controller.types()
    assert (found.kind, found.name, found.version) == ("ComponentDefinition", "kiosk", 2)
    assert (found.description, found.declared) == ("A screen.", cue.declared)


def test_a_template_that_does_not_compile_is_refused_with_line_and_column(desk: Desk) -> None:
    with pytest.raises(InvalidSources) as refused:
        desk.apply(SHOP, cue_stand_in.definition("kiosk", "broken"))
    first = refused.value.diagnostics[0]
    assert first.path == "spec.schematic.cue.template"
    assert "line 3, column 7: output: reference not found" in first.message
    assert (first.source, first.line) == ("file1.yaml", 1)
    assert desk.controller.definitions() == ()


def test_a_template_in_a_literal_block_that_does_not_compile_is_refused_at_its_line_of_the_file(
    desk: Desk, cue: StandIn
) -> None:
    written = yaml.safe_dump({**json.loads(FIRST), "spec": None}).replace("spec: null", "spec:")
    written += "  status:\n    healthPolicy: |\n      isHealth: true\n  schematic:\n    cue:\n      template: |\n"
    before = written.count("\n")
    cue.faults = (Fault("reference not found", ("output",), 3, 7), Fault("is too large"))
    with pytest.raises(InvalidSources) as refused:
        desk.apply(f"{written}        one\n        two\n        three four\n")
    (first, second) = [item for item in refused.value.diagnostics if item.path == "spec.schematic.cue.template"]
    assert first.message == "template of 'kiosk': output: reference not found"
    assert (first.line, first.column) == (before + 3, 8 + 7)
    assert (second.message, second.line) == ("template of 'kiosk': is too large", before)


def test_a_rule_that_sites_cannot_evaluate_is_warned_of_at_its_line_of_the_file(desk: Desk) -> None:
    written = yaml.safe_dump({**json.loads(FIRST), "spec": {"schematic": {"cue": {"template": "{}"}}}})
    written += "  status:\n    healthPolicy: |\n      a: 1\n      isHealth: a ==\n"
    (warning,) = [item for item in desk.apply(written).diagnostics if item.path == "spec.status.healthPolicy"]
    assert warning.line == written.count("\n")
    assert "line" not in warning.message


@pytest.mark.parametrize(("kind", "name"), [("ComponentDefinition", "webservice"), ("TraitDefinition", "scaler")])
def test_the_name_of_a_type_that_is_there_already_is_refused(desk: Desk, kind: str, name: str) -> None:
    with pytest.raises(InvalidSources, match=f"type '{name}' is there already") as refused:
        desk.apply(cue_stand_in.definition(name, {}, kind))
    assert refused.value.diagnostics[0].path == "metadata.name"


def test_a_trait_may_be_called_as_a_component(desk: Desk) -> None:
    patch = {"patch": {"data": {"trait": "yes"}}}
    text = SHOP.replace('{image: "nginx:1"}', '{image: "nginx:1"}\n      traits: [{type: kiosk}]')
    desk.apply(text, FIRST, cue_stand_in.definition("kiosk", patch, "TraitDefinition"))
    (made,) = json.loads(desk.read_bundle())["objects"]
    assert made["data"] == {"by": "first", "image": "nginx:1", "trait": "yes"}


def test_wrong_parameters_are_shown_at_their_place_in_the_file(desk: Desk) -> None:
    with pytest.raises(InvalidSources) as refused:
        desk.apply(SHOP.replace("nginx:1", "wrong"), FIRST)
    (problem,) = [entry for entry in refused.value.diagnostics if entry.severity == "error"]
    assert (problem.path, problem.source) == ("spec.components[0].properties.image", "file0.yaml")
    assert problem.line == 9


def named(name: str) -> str:
    """The same with other objects."""
    return SHOP.replace("name: shop", f"name: {name}").replace("name: web", f"name: {name}")


def test_components_are_asked_for_together(desk: Desk, cue: StandIn) -> None:
    components = "".join(
        f"    - {{name: web{number}, type: kiosk, properties: {{image: 'i{number}'}}}}\n" for number in range(50)
    )
    desk.apply(SHOP.replace("  policies:", f"{components}  policies:"), FIRST)
    assert cue.rounds == [51]


def test_applications_of_one_request_are_asked_for_together_and_each_gets_its_own(desk: Desk, cue: StandIn) -> None:
    names = [f"shop{number}" for number in range(20)]
    desk.apply(FIRST, *(named(name).replace("nginx:1", f"i:{name}") for name in names))
    assert cue.rounds == [20]
    made = [json.loads(desk.read_bundle(name=name))["objects"][0]["data"]["image"] for name in names]
    assert made == [f"i:{name}" for name in names]


def test_who_has_everything_is_not_asked_again_while_another_asks_on(desk: Desk, cue: StandIn) -> None:
    """A trait asks once its component is there."""
    front = cue_stand_in.definition("front", {"patch": {"data": {"trait": "yes"}}}, "TraitDefinition")
    other = named("other").replace('{image: "nginx:1"}', '{image: "nginx:1"}\n      traits: [{type: front}]')
    desk.apply(FIRST, front, SHOP, other)
    assert cue.rounds == [2, 1]
    data = [json.loads(desk.read_bundle(name=name))["objects"][0]["data"] for name in ("shop", "other")]
    assert ["trait" in item for item in data] == [False, True]


def test_a_dry_run_and_a_diff_store_no_definition(desk: Desk) -> None:
    desk.apply(SHOP, FIRST, dry_run=True)
    response = desk.controller.diff(api.ApplyRequest(sources=desks.sources(SHOP, FIRST)))
    assert [entry.change for entry in response.documents] == [Change.CREATED, Change.CREATED]
    assert desk.controller.definitions() == ()


def test_what_was_done_with_definitions_is_in_the_audit_trail(desk: Desk) -> None:
    desk.apply(FIRST)
    desk.controller.delete_definition("ComponentDefinition", "kiosk", desks.ACTOR)
    with desk.store.reading() as tx:
        trail = [(row.action, row.subject) for row in tx.access.trail(2)]
    assert trail == [("delete", "ComponentDefinition kiosk"), ("apply", "ComponentDefinition kiosk version 1")]
