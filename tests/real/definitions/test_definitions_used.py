"""Definitions in use: the program, the controller, health, and the page about them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from tests.real.definitions.asking import FOLDER, Json, asked, definition, kiosk, trait
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.applications import application
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud.adapters.cue import program
from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions import checking, library, questions
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.errors import InvalidSources, PartMissing
from pinnace_cloud.materials.needs import Answer
from pinnace_cloud.render import Renderer, installed, preparing
from pinnace_cloud.render.health import judge
from pinnace_edge.rules import defined as defined_rules
from pinnace_schemas import manifest
from pinnace_schemas.reasons import Reason

pytestmark = pytest.mark.real

DEFINED = ("kiosk", "front", "teller")
TELLER = cue_stand_in.definition(
    "teller",
    'output: {apiVersion: "v1", kind: "ConfigMap"}',
    status={
        "healthPolicy": 'isHealth: context.replicaKey == "" && context.output.metadata.name == context.name',
        "customStatus": 'message: "\\(context.appName), \\(context.appLabels.team), \\(context.appAnnotations.note), "'
        ' + "\\(context.namespace), \\(context.name), "'
        ' + "\\(context.clusterVersion.major).\\(context.clusterVersion.minor)"',
    },
)
TOLD = {"name": "told", "type": "teller", "properties": {}}


def test_a_missing_program_is_named_with_what_to_install(tmp_path: Path) -> None:
    nowhere = {"PINNACE_CACHE": str(tmp_path), "PATH": str(tmp_path)}
    with pytest.raises(PartMissing, match=r"go install cuelang\.org/go/cmd/cue@v0\.14\.1"):
        program.locate(None, nowhere)
    answer = asked(CueEvaluator(lambda: program.locate(None, nowhere)), "output: {}")
    assert answer.problems[0].reason is Reason.PART_MISSING


def test_a_program_of_another_version_on_path_is_not_taken(tmp_path: Path) -> None:
    other = tmp_path / "cue"
    other.write_text("#!/bin/sh\necho cue version v0.9.0\n")
    other.chmod(0o755)
    with pytest.raises(PartMissing, match=r"v0\.9\.0"):
        program.locate(None, {"PINNACE_CACHE": str(tmp_path / "cache"), "PATH": str(tmp_path)})


def test_the_programs_of_tests_are_where_the_controller_looks(cue: Path) -> None:
    assert program.locate(None, os.environ) == cue


def live(ready: int) -> Json:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "screen", "namespace": "default"},
        "spec": {"replicas": 2},
        "status": {"readyReplicas": ready},
    }


@pytest.mark.parametrize("ready", [1, 2])
def test_health_and_message_come_from_the_definition(
    evaluator: CueEvaluator, defined: tuple[Defined, ...], ready: int
) -> None:
    document = application(kiosk(trait("sized", replicas=2)))
    registry = library.registry(installed.registry(), defined)
    rendering = preparing.prepared(Renderer(document, registry=registry), evaluator.answers).render(None)
    seen = {rendering.rendered[0].identity: live(ready)}
    component, _ = judge.judge(document, rendering, registry, seen, evaluator.answers)
    assert component.health.is_healthy is (ready == 2)
    assert component.health.message == f"{ready} of 2 screens of screen"


def test_sites_say_the_same_as_cue_with_all_names_of_the_context(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    front = trait("front", domain="a.example")
    metadata = {"labels": {"team": "a"}, "annotations": {"note": "on"}}
    document = application(kiosk(trait("sized", replicas=2), front, port=80), TOLD, metadata=metadata)
    registry = library.registry(installed.registry(), [*defined, Defined(definition(TELLER))])
    rendering = preparing.prepared(Renderer(document, registry=registry), evaluator.answers).render(None)
    assert rendering.errors == ()
    seen = {item.identity: {**item.object, "status": {"readyReplicas": 1}} for item in rendering.rendered}
    judged = judge.judge(document, rendering, registry, seen, evaluator.answers)
    by_cue = [(item.health.is_healthy, item.health.message) for item in judged if item.type in DEFINED]
    assert rendering.health is not None
    objects = dict(enumerate(seen.values()))
    by_sites = [
        defined_rules.said(item, rendering.health.of(item), objects, kinds_say=True) for item in rendering.health.ruled
    ]
    assert [(item.is_healthy is True, item.message) for item in by_sites] == by_cue
    assert by_cue == [
        (False, "1 of 2 screens of screen"),
        (True, "http://a.example/"),
        (True, "shop, a, on, default, told, 1.28"),
    ]


def test_the_controller_takes_definitions_and_delivers_what_they_render_to(desk: Desk) -> None:
    shop = (
        desks.application()
        .replace("type: webservice", "type: kiosk")
        .replace(
            '{image: "nginx:1"}', '{image: "nginx:1", pages: [], settings: {}}\n      traits: [{type: log-shipper}]'
        )
    )
    texts = [(FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in ("kiosk", "log-shipper")]
    response = desk.apply(shop, *texts)
    assert {item.kind for item in response.items} == {"Application", "ComponentDefinition", "TraitDefinition"}
    (made,) = yaml.safe_load(desk.read_bundle())["objects"]
    assert [item["image"] for item in made["spec"]["template"]["spec"]["containers"]] == [
        "nginx:1",
        "registry.example.org/shipper:1",
    ]
    with pytest.raises(InvalidSources, match="template of 'kiosk', line 1, column 12"):
        desk.apply(cue_stand_in.definition("kiosk", "output: a: nope"))
    indent = " " * (texts[0].split("output:")[0].rpartition("\n")[2].count(" "))
    wrong = texts[0].replace("output:", f"wrong: nowhere\n{indent}output:", 1)
    with pytest.raises(InvalidSources) as refused:
        desk.apply(wrong)
    (told,) = refused.value.diagnostics
    assert wrong.split("\n")[(told.line or 0) - 1][(told.column or 0) - 1 :] == "nowhere"


def test_the_answer_does_not_depend_on_the_order_of_the_questions(cue: Path) -> None:
    def answers(order: range) -> Mapping[str, Answer]:
        needs = [Question("'it'", f"output: n: {n}", questions.OF_COMPONENT).need for n in order]
        return CueEvaluator(lambda: cue).answers(needs)

    assert answers(range(5)) == answers(range(4, -1, -1))


def test_the_example_of_the_page_renders_and_is_healthy(evaluator: CueEvaluator) -> None:
    page = (Path(__file__).parents[3] / "docs" / "definitions.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    example = checking.checked(installed.registry(), evaluator, [definition(first)])
    ((found, problems),) = example.values()
    assert problems == ()
    ((document, _),) = manifest.applications(manifest.read(second))
    registry = library.registry(installed.registry(), [found])
    rendering = preparing.prepared(Renderer(document, registry=registry), evaluator.answers).render(None)
    assert rendering.diagnostics == ()
    (made,) = rendering.objects
    assert made["spec"]["replicas"] == 2
    assert made["spec"]["template"]["spec"]["containers"][0]["args"] == ["--page", "https://offers.example.org/"]
    running = {**made, "status": {"readyReplicas": 2}}
    component, _ = judge.judge(
        document, rendering, registry, {rendering.rendered[0].identity: running}, evaluator.answers
    )
    assert (component.health.is_healthy, component.health.message) == (
        True,
        "2 screens show https://offers.example.org/",
    )
