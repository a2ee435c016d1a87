"""What of definitions and their parameters is refused, with its place."""

import pytest
from tests.real.definitions.asking import definition, kiosk, objects, rendered, said, trait, worker
from tests.unit.cloud import cue_stand_in

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions import checking, questions
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.render import installed
from pinnace_schemas.reasons import Reason

pytestmark = pytest.mark.real


def test_everything_that_is_wrong_is_told_at_its_place(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    component = kiosk(trait("sized", size="huge"), pages=[{"url": 1}], imgae="x", port="80")
    found = rendered(evaluator, defined, component)
    assert [item.path.removeprefix("spec.components[0].") for item in found.errors] == [
        "properties.pages[0].url",
        "properties.port",
        "traits[0].properties.size",
    ]
    for wrong, path in (
        ({"url": 1}, "url"),
        ({"url": "a", "more": 2}, "more"),
        ({"url": "a", "seconds": 0}, "seconds"),
    ):
        (problem,) = rendered(evaluator, defined, kiosk(pages=[{"url": "b"}, wrong])).errors
        assert problem.path == f"spec.components[0].properties.pages[1].{path}"
    (problem,) = rendered(evaluator, defined, kiosk(trait("sized", size="huge"))).errors
    assert problem.path == "spec.components[0].traits[0].properties.size"
    assert "'large'" in problem.message


def test_an_undeclared_property_is_a_warning_and_with_strict_an_error(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    (warning,) = rendered(evaluator, defined, kiosk(nihgt=True)).diagnostics
    assert (str(warning.severity), warning.path, warning.hint) == (
        "warning",
        "spec.components[0].properties.nihgt",
        "did you mean 'night'?",
    )
    assert rendered(evaluator, defined, kiosk(nihgt=True), strict=True).errors


def test_what_is_missing_is_required(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    component = {"name": "screen", "type": "kiosk", "properties": {"pages": [], "settings": {}}}
    (problem,) = rendered(evaluator, defined, component).errors
    assert (problem.path, problem.message) == ("spec.components[0].properties.image", "is required")


def test_an_own_error_of_a_template_is_shown(evaluator: CueEvaluator) -> None:
    template = 'output: {apiVersion: "v1", kind: "A"}\nerrs: ["no \\(parameter.kind) here"]'
    own = Defined(definition(cue_stand_in.definition("own", template)))
    component = {"name": "c", "type": "own", "properties": {"kind": "x"}}
    assert [item.message for item in rendered(evaluator, (own,), component).errors] == ["no x here"]


def test_an_output_that_is_no_object_is_refused_and_one_without_a_name_gets_one(evaluator: CueEvaluator) -> None:
    for template, word in (
        ('output: {kind: "A"}', "output.apiVersion"),
        ('output: {apiVersion: "v1", kind: "A"}\noutputs: b: 1', "outputs.b"),
        ('output: {apiVersion: "v1", kind: "A", metadata: labels: 1}', "output.metadata.labels"),
    ):
        own = Defined(definition(cue_stand_in.definition("own", template)))
        (problem,) = rendered(evaluator, (own,), {"name": "c", "type": "own"}).errors
        assert word in problem.message
    named = 'output: {apiVersion: "v1", kind: "ConfigMap"}\noutputs: more: {apiVersion: "v1", kind: "ConfigMap"}'
    own = Defined(definition(cue_stand_in.definition("own", named)))
    found = objects(evaluator, (own,), {"name": "c", "type": "own"})
    assert [item["metadata"]["name"] for item in found] == ["c", "c-more"]


def test_processing_is_refused_by_its_name(evaluator: CueEvaluator) -> None:
    template = 'processing: {output: {x?: string}, http: {method: "GET", url: "http://a"}}\npatch: {}'
    own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
    (problem,) = rendered(evaluator, (own,), worker(trait("own"))).errors
    assert (problem.reason, problem.path) == (Reason.UNSUPPORTED, "spec.components[0].traits[0].properties")
    assert "processing" in problem.message


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("output: {\n\ta: nope.x\n}", "line 2, column 5"),
        ("output: {\n\ta: 1\n", "line 3, column 1"),
        ("output: a: 1\n}", "line 2, column 1"),
        ("a: 1\na: 2", "column 4"),
        ('import "list"\noutput: {}', "line 1, column 8"),
        ('import "tool/exec"\noutput: {}', "line 1, column 8"),
    ],
)
def test_a_template_that_does_not_compile_is_refused_with_its_place(
    evaluator: CueEvaluator, template: str, place: str
) -> None:
    wrong = definition(cue_stand_in.definition("wrong", template))
    right = definition(cue_stand_in.definition("right", "output: {}"))
    checked = checking.checked(installed.registry(), evaluator, [right, wrong])
    assert checked["ComponentDefinition", "right"][1] == ()
    problem = checked["ComponentDefinition", "wrong"][1][0]
    assert problem.path == "spec.schematic.cue.template"
    assert place in problem.message


def test_one_that_is_wrong_among_many_is_found_and_the_others_are_answered(evaluator: CueEvaluator) -> None:
    asked_for = [
        Question("'it'", "output: n: parameter.n\nparameter: n: <40", questions.OF_COMPONENT, {"n": n}).need
        for n in range(45)
    ]
    found = evaluator.answers(asked_for)
    answers = [found[need.key] for need in asked_for]
    assert [item.value["fields"]["output"]["n"] for item in answers if item.value] == list(range(40))
    assert all("out of bound" in said(item) for item in answers[40:])
