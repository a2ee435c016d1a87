"""What a definition says of the health of what it made: details, verdict and message; and the components it may see."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.real.definitions.asking import Json, definition
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.applications import application
from typer.testing import CliRunner

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.cli import app
from pinnace_cloud.definitions import checking, library
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.render import Renderer, installed, preparing
from pinnace_cloud.render.health import judge
from pinnace_cloud.render.health.rule import Health
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic

pytestmark = pytest.mark.real

TEMPLATE = """
output: {apiVersion: "v1", kind: "ConfigMap", data: {}}
parameter: {wanted: *2 | int}
"""
LAMP: Json = {"name": "lamp", "type": "lamp", "properties": {"wanted": 3}}


def checked(
    evaluator: CueEvaluator, kind: str = "ComponentDefinition", **status: str
) -> tuple[Defined, list[Diagnostic]]:
    text = cue_stand_in.definition("lamp", TEMPLATE, kind, status=status)
    ((found, problems),) = checking.checked(installed.registry(), evaluator, [definition(text)]).values()
    return found, list(problems)


def health(evaluator: CueEvaluator, lit: dict[str, Any], **status: str) -> Health:
    found, problems = checked(evaluator, **status)
    assert diagnostics.errors(problems) == ()
    document = application(LAMP)
    registry = library.registry(installed.registry(), [found])
    rendering = preparing.prepared(Renderer(document, registry=registry), evaluator.answers).render(None)
    (made,) = rendering.rendered
    seen = {made.identity: {**made.object, "status": lit}}
    (judged,) = judge.judge(document, rendering, registry, seen, evaluator.answers)
    return judged.health


def test_details_are_told_by_name_and_seen_by_the_verdict_and_the_message(evaluator: CueEvaluator) -> None:
    found = health(
        evaluator,
        {"lit": 3},
        details='lit: context.output.status.lit\nshare: "\\(lit) of \\(parameter.wanted)"\nnames: [context.name]\n',
        healthPolicy="isHealth: context.status.details.lit == parameter.wanted",
        customStatus='message: "\\(context.status.details.share) in \\(context.status.details.names[0])"',
    )
    assert (found.is_healthy, found.message, found.error) == (True, "3 of 3 in lamp", "")
    assert found.details == {"lit": "3", "share": "3 of 3", "names": '["lamp"]'}


def test_what_is_for_other_texts_or_for_nobody_is_not_shown(evaluator: CueEvaluator) -> None:
    found = health(
        evaluator,
        {},
        details=f'$rooms: ["hall", "attic"]\ncount: len($rooms)\nsecret: 1 @private()\n{"x" * 32}: 1\n_aside: 2\n',
        customStatus='message: "first \\(context.status.details.$rooms[0])"',
    )
    assert (found.message, found.details) == ("first hall", {"count": "2"})


def test_a_detail_without_a_value_is_shown_as_that_and_hides_no_other(evaluator: CueEvaluator) -> None:
    text = "lit: context.output.status.lit\nopen: string\nif parameter.wanted > 2 {\n\tmany: true\n}\n"
    found = health(evaluator, {}, details=text, healthPolicy="isHealth: true")
    assert (found.is_healthy, found.error) == (True, "")
    assert found.details == {"lit": "_|_", "open": "_|_", "many": "true"}


def test_details_may_import_what_computes(evaluator: CueEvaluator) -> None:
    imports = 'package lamps\nimport "strings"\nimport "encoding/json"\n\n'
    text = f"{imports}name: strings.ToUpper(context.name)\nall: json.Marshal([1])\n"
    assert health(evaluator, {}, details=text).details == {"name": "LAMP", "all": "[1]"}


def test_details_that_fail_are_named_and_the_verdict_still_counts(evaluator: CueEvaluator) -> None:
    found = health(
        evaluator, {"lit": 0}, details="\nshare: 1 / context.output.status.lit", healthPolicy="isHealth: true"
    )
    assert (found.is_healthy, found.details) == (True, {})
    assert "template of component type 'lamp', line 2, column" in found.error
    assert "division by zero" in found.error


@pytest.mark.parametrize("kind", ["ComponentDefinition", "TraitDefinition"])
def test_details_that_are_wrong_are_refused_at_their_place(evaluator: CueEvaluator, kind: str) -> None:
    _, (problem,) = checked(evaluator, kind, details="lit: nope.lit")
    assert problem.path == "spec.status.details"
    assert "line 1, column 6" in problem.message


def test_health_prints_details_in_its_body_and_in_its_wide_table(cue: Path, tmp_path: Path) -> None:
    lamp = cue_stand_in.definition("lamp", TEMPLATE, status={"details": "wanted: parameter.wanted"})
    metadata = {"name": "hall", "namespace": "default"}
    document = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": metadata}
    texts = [lamp, json.dumps({**document, "spec": {"components": [LAMP]}})]
    (tmp_path / "all.yaml").write_text("\n---\n".join(texts), encoding="utf-8")
    live = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "lamp", "namespace": "default"}}
    (tmp_path / "live.json").write_text(json.dumps(live), encoding="utf-8")
    command = ["health", "-f", str(tmp_path / "all.yaml"), "--objects", str(tmp_path / "live.json"), "-o"]
    (body,) = json.loads(CliRunner().invoke(app.app, [*command, "json"], env={"PINNACE_CUE": str(cue)}).stdout)
    assert body["details"] == {"wanted": "3"}
    wide = CliRunner().invoke(app.app, [*command, "wide"], env={"PINNACE_CUE": str(cue)}).stdout.splitlines()
    assert [line.split()[-2:] for line in wide] == [["MESSAGE", "DETAILS"], ["wanted:", "3"]]


def test_a_template_sees_the_components_of_the_application_as_they_are_written(evaluator: CueEvaluator) -> None:
    template = 'output: {apiVersion: "v1", kind: "ConfigMap", data: {for c in context.components {(c.name): c.type}}}'
    text = cue_stand_in.definition("index", template)
    ((found, problems),) = checking.checked(installed.registry(), evaluator, [definition(text)]).values()
    assert problems == ()
    other = {"name": "web", "type": "webservice", "properties": {"image": "nginx:1"}}
    document = application({"name": "index", "type": "index", "properties": {}}, other)
    registry = library.registry(installed.registry(), [found])
    made = preparing.prepared(Renderer(document, registry=registry), evaluator.answers).render(None)
    assert made.errors == ()
    assert made.objects[0]["data"] == {"index": "index", "web": "webservice"}
