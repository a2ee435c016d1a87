"""Which health rules of definitions travel with the objects: for whom, with which properties and names."""

from typing import Any

import pytest
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.applications import application, component, deploy, topology
from tests.unit.cloud.cue_stand_in import StandIn

from pinnace_cloud.definitions import checking, library
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.render import Purpose, Renderer, Rendering, installed, output, preparing
from pinnace_schemas import manifest
from pinnace_schemas.definition import ComponentDefinition, Definition, TraitDefinition
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.health_rules import MAX_TEXT, HealthRules, Ruled, Texts
from pinnace_schemas.reasons import Reason

POLICY = "isHealth: context.output.status.ready > 0"
MESSAGE = 'message: "\\(parameter.image) of \\(context.name)"'
UNSUPPORTED = "isHealth: nothing.that.is.there"
UNKNOWN_MESSAGE = "message: nothing.that.is.there"
BY_DETAILS = "isHealth: context.status.details.size > 0"
Json = dict[str, Any]


def definition(name: str, fields: Json, kind: str = "ComponentDefinition", **status: str) -> Definition:
    text = cue_stand_in.definition(name, fields, kind, status=status)
    (document,) = manifest.read(text).documents
    found = document.resource
    assert isinstance(found, ComponentDefinition | TraitDefinition)
    return found


def kiosk(**status: str) -> Definition:
    service = {"apiVersion": "v1", "kind": "Service"}
    fields = {"output": cue_stand_in.config_map(image="$image"), "outputs": {"front": service}}
    return definition("kiosk", fields, **status)


def screen(name: str = "screen", *traits: Json, **properties: Any) -> Json:
    return component(name, "kiosk", *traits, **properties)


def prepared(definitions: tuple[Definition, ...], *components: Json, **spec: Any) -> Renderer:
    registry = library.registry(installed.registry(), map(Defined, definitions))
    document = application(*components, metadata={"annotations": {"note": "on"}}, **spec)
    renderer = Renderer(document, registry=registry, purpose=Purpose.APPLY)
    return preparing.prepared(renderer, StandIn().answers)


def rendered(definitions: tuple[Definition, ...], *components: Json, **spec: Any) -> Rendering:
    found = prepared(definitions, *components, **spec).render(None)
    assert found.errors == ()
    return found


def health(definitions: tuple[Definition, ...], *components: Json) -> HealthRules:
    found = rendered(definitions, *components).health
    assert found is not None
    return found


def test_a_component_is_judged_by_its_definition_with_its_objects_and_what_the_texts_speak_of() -> None:
    found = health((kiosk(healthPolicy=POLICY, customStatus=MESSAGE),), component(), screen())
    assert found.texts == (Texts(policy=POLICY, message=MESSAGE),)
    assert found.ruled == (
        Ruled(
            name="screen",
            texts=0,
            context={"name": "screen"},
            parameter={"image": "nginx"},
            output=1,
            outputs={"front": 2},
        ),
    )


def test_properties_and_names_that_no_text_speaks_of_stay_out_so_that_they_change_no_bundle() -> None:
    (found,) = health((kiosk(healthPolicy=POLICY),), screen()).ruled
    assert (found.context, found.parameter) == (None, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("message: context.appName + context.namespace", {"appName": "shop", "namespace": "default"}),
        ("message: context.appAnnotations.note", {"appAnnotations": {"note": "on"}}),
    ],
)
def test_a_rule_finds_the_names_that_its_template_finds(text: str, names: Json) -> None:
    (found,) = health((kiosk(customStatus=text),), screen()).ruled
    assert found.context == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("message: parameter.page", {"page"}),
        ('message: "\\(parameter.page)" + parameter.size$', {"page", "size$"}),
        ('message: parameter["pa" + "ge"]', {"page", "size$", "secret", "image"}),
        ("let p = parameter\nmessage: p.page", {"page", "size$", "secret", "image"}),
    ],
)
def test_only_properties_that_a_text_may_look_at_travel(text: str, names: set[str]) -> None:
    properties = {"page": "a", "size$": "b", "secret": "c"}
    (found,) = health((kiosk(customStatus=text),), screen(**properties)).ruled
    assert found.parameter is not None
    assert found.parameter.keys() == names


def test_a_context_that_is_taken_as_a_whole_has_all_names() -> None:
    (found,) = health((kiosk(customStatus='message: "\\(len(context))"'),), screen()).ruled
    assert found.context is not None
    assert {"name", "namespace", "appName", "replicaKey", "clusterVersion"} <= found.context.keys()


def test_a_definition_that_is_used_often_has_its_texts_once() -> None:
    found = health((kiosk(healthPolicy=POLICY, customStatus=MESSAGE),), *(screen(f"s{number}") for number in range(20)))
    assert (len(found.texts), len(found.ruled)) == (1, 20)
    assert [item.output for item in found.ruled] == [*range(0, 40, 2)]


def test_a_trait_is_judged_with_the_objects_that_it_made_and_no_workload() -> None:
    fields = {"outputs": {"page": cue_stand_in.config_map()}}
    front = definition("front", fields, "TraitDefinition", customStatus='message: "at \\(parameter.domain)"')
    trait = {"type": "front", "properties": {"domain": "a.example"}}
    found = health((kiosk(healthPolicy=POLICY), front), screen("screen", trait), component("web", "webservice", trait))
    assert [(item.name, item.output, item.outputs) for item in found.ruled] == [
        ("screen", 0, {"front": 1}),
        ("screen (trait front)", None, {"page": 2}),
        ("web (trait front)", None, {"page": 4}),
    ]
    assert found.ruled[1].parameter == {"domain": "a.example"}


def test_another_group_is_judged_with_the_properties_that_its_override_gives() -> None:
    trial = {"components": [{"name": "screen", "properties": {"image": "9"}}]}
    policies = [
        topology("shops", clusters=["shops"]),
        topology("lab", clusters=["lab"]),
        {"name": "trial", "type": "override", "properties": trial},
    ]
    steps = {"steps": [{"name": "a", **deploy("shops")}, {"name": "b", **deploy("lab", "trial")}]}
    renderer = prepared((kiosk(customStatus=MESSAGE),), screen(), policies=policies, workflow=steps)
    found = {name: renderer.render(name).health for name in ("shops", "lab")}
    assert {name: rules and rules.ruled[0].parameter for name, rules in found.items()} == {
        "shops": {"image": "nginx"},
        "lab": {"image": "9"},
    }


def test_without_rules_nothing_travels() -> None:
    assert rendered((kiosk(),), screen(), component()).health is None


def test_a_rule_that_sites_cannot_evaluate_stays_at_home_and_the_other_one_travels() -> None:
    assert health((kiosk(healthPolicy=UNSUPPORTED, customStatus=MESSAGE),), screen()).texts == (Texts(message=MESSAGE),)
    assert rendered((kiosk(healthPolicy=UNSUPPORTED),), screen()).health is None


def test_a_rule_that_looks_at_details_stays_at_home() -> None:
    document = kiosk(details="size: 1", healthPolicy=BY_DETAILS, customStatus=MESSAGE)
    assert health((document,), screen()).texts == (Texts(message=MESSAGE),)


@pytest.mark.parametrize(
    ("status", "path", "words"),
    [
        ({"healthPolicy": UNSUPPORTED}, "spec.status.healthPolicy", "line 1, column 11"),
        ({"customStatus": UNKNOWN_MESSAGE}, "spec.status.customStatus", "sites show no message of it"),
        ({"healthPolicy": POLICY + " " * MAX_TEXT}, "spec.status.healthPolicy", f"longer than {MAX_TEXT} characters"),
        ({"details": "size: 1", "healthPolicy": BY_DETAILS}, "spec.status.healthPolicy", "looks at status.details"),
    ],
)
def test_a_rule_that_sites_cannot_evaluate_is_warned_of_at_its_place(status: Json, path: str, words: str) -> None:
    document = kiosk(**status)
    ((item, (problem,)),) = checking.checked(installed.registry(), StandIn(), [document]).values()
    assert (problem.severity, problem.reason, problem.path) == (Severity.WARNING, Reason.UNSUPPORTED, path)
    assert words in problem.message
    assert not item.is_wrong


@pytest.mark.parametrize(
    ("status", "path", "words"),
    [
        ({"healthPolicy": "isHealthy: true"}, "spec.status.healthPolicy", "no 'isHealth', so nothing that it makes"),
        ({"customStatus": 'mesage: ""'}, "spec.status.customStatus", "no 'message', so it says nothing"),
    ],
)
def test_a_rule_that_gives_nothing_is_warned_of_at_its_place(status: Json, path: str, words: str) -> None:
    ((_, (problem,)),) = checking.checked(installed.registry(), StandIn(), [kiosk(**status)]).values()
    assert (problem.severity, problem.reason, problem.path) == (Severity.WARNING, Reason.INVALID, path)
    assert words in problem.message


def test_what_is_printed_names_the_rules_that_judge_an_object() -> None:
    found = rendered((kiosk(healthPolicy=POLICY),), screen(), component())
    first, second, third = output.to_yaml(found.rendered, found.policy, found.health).split("---\n")[1:]
    assert first.startswith("# component: screen (workload)\n# judged by: healthPolicy of screen\n")
    assert "# judged by: healthPolicy of screen\n" in second
    assert "judged" not in third
