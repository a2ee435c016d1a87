"""Definitions by the real `cue`: what they render to, what is refused, and what a hostile template cannot do."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.applications import application
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud import workshop
from pinnace_cloud.adapters.cue import program
from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.adapters.sandbox import Bounds
from pinnace_cloud.definitions import checking, library, questions
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.errors import InvalidSources, PartMissing
from pinnace_cloud.materials.needs import Answer
from pinnace_cloud.render import Renderer, Rendering, installed, preparing
from pinnace_cloud.render.health import judge
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.workshop import Programs
from pinnace_schemas import manifest
from pinnace_schemas.definition import ComponentDefinition, Definition, TraitDefinition
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision import Part, require
from pinnace_sim.provision import installed as programs

pytestmark = pytest.mark.real

FOLDER = Path(__file__).parents[1] / "unit" / "cloud" / "definitions"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def cue() -> Path:
    require(Part.CUE)
    return programs.locate("cue")


@pytest.fixture(scope="module")
def evaluator(cue: Path) -> CueEvaluator:
    return CueEvaluator(lambda: cue)


@pytest.fixture(scope="module")
def defined(evaluator: CueEvaluator) -> tuple[Defined, ...]:
    """All definitions of the folder."""
    documents = [definition(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    checked = checking.checked(installed.registry(), evaluator, documents)
    assert [problems for _, problems in checked.values() if problems] == []
    return tuple(item for item, _ in checked.values())


@pytest.fixture(scope="module")
def keyset(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    return desks.new_keys(tmp_path_factory.mktemp("keyset") / "keys")


@pytest.fixture
def desk(tmp_path: Path, keyset: KeySet, cue: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, keyset, workshop=workshop.make(Programs(cue=cue), os.environ))
    made.apply(desks.group("shops"))
    yield made
    made.close()


def definition(text: str) -> Definition:
    (document,) = manifest.read(text).documents
    found = document.resource
    assert isinstance(found, ComponentDefinition | TraitDefinition)
    return found


def kiosk(*traits: Json, **properties: Any) -> Json:
    return {
        "name": "screen",
        "type": "kiosk",
        "properties": {"image": "browser:1", "pages": [{"url": "http://a"}], "settings": {}, **properties},
        "traits": list(traits),
    }


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def rendered(
    evaluator: CueEvaluator, defined: tuple[Defined, ...], component: Json, strict: bool = False, **metadata: Any
) -> Rendering:
    document = application(component, metadata=metadata)
    renderer = Renderer(document, registry=library.registry(installed.registry(), defined), strict=strict)
    return preparing.prepared(renderer, evaluator.answers).render(None)


def objects(evaluator: CueEvaluator, defined: tuple[Defined, ...], component: Json, **metadata: Any) -> list[Json]:
    found = rendered(evaluator, defined, component, **metadata)
    assert found.errors == ()
    return list(found.objects)


def asked(evaluator: CueEvaluator, template: str, **parameter: Any) -> Answer:
    question = Question("'it'", template, questions.OF_COMPONENT, parameter, {"name": "c"})
    return evaluator.answers([question.need])[question.need.key]


def said(answer: Answer) -> str:
    return "; ".join(item.message for item in answer.problems)


# --- what definitions render to


def test_conditions_loops_imports_and_helpers(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    pages = [{"url": "http://a"}, {"url": "http://b", "seconds": 5}]
    first, service = objects(
        evaluator, defined, kiosk(pages=pages, port=8080, night=True, settings={"lang": "de", "a": "1"})
    )
    assert first["spec"]["template"]["spec"] == {
        "containers": [
            {
                "name": "screen",
                "image": "browser:1",
                "env": [
                    {"name": "PAGES", "value": "http://a=30 http://b=5"},
                    {"name": "A", "value": "1"},
                    {"name": "LANG", "value": "de"},
                ],
                "ports": [{"name": "port-8080", "containerPort": 8080}],
            }
        ],
        "tolerations": [{"key": "night", "operator": "Exists"}],
    }
    assert (service["kind"], service["spec"]["ports"]) == ("Service", [{"port": 8080}])
    (alone,) = objects(evaluator, defined, kiosk())
    assert "ports" not in alone["spec"]["template"]["spec"]["containers"][0]


def test_a_patch_finds_entries_by_their_key(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("log-shipper", size="10Mi")))
    pod = made["spec"]["template"]["spec"]
    assert [item["name"] for item in pod["containers"]] == ["screen", "log-shipper"]
    assert pod["containers"][0]["image"] == "browser:1"
    assert pod["containers"][0]["volumeMounts"] == [{"name": "logs", "mountPath": "/var/log/app"}]
    assert pod["volumes"] == [{"name": "logs", "emptyDir": {"sizeLimit": "10Mi"}}]


def test_a_trait_sees_what_is_there_and_adds_and_patches_further_objects(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    component = kiosk(trait("front", domain="shop.example"), port=80)
    _, service, ingress = objects(evaluator, defined, component, labels={"team": "a"})
    assert service["metadata"]["annotations"] == {"example.org/domain": "shop.example"}
    assert ingress["metadata"]["annotations"] == {
        "example.org/application": "shop",
        "example.org/image": "browser:1",
        "example.org/label-team": "a",
    }
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    assert backend == {"service": {"name": "screen", "port": {"number": 80}}}


def test_a_trait_knows_the_type_of_its_component(evaluator: CueEvaluator) -> None:
    template = r'patch: metadata: annotations: "of": "\(context.componentType) in \(context.namespace)"'
    own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
    (made,) = objects(evaluator, (own,), kiosk_of_nothing(trait("own")), namespace="retail")
    assert made["metadata"]["annotations"] == {"of": "worker in retail"}


def test_a_merge_patch_takes_away_and_replaces(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    spec = {"template": {"spec": {"tolerations": None, "containers": [{"name": "other"}]}}}
    (made,) = objects(evaluator, defined, kiosk(trait("trim", spec=spec), night=True))
    assert made["spec"]["template"]["spec"] == {"containers": [{"name": "other"}]}


def test_defaults_of_choices_hold_until_something_else_is_chosen(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    (small,) = objects(evaluator, defined, kiosk(trait("sized")))
    (large,) = objects(evaluator, defined, kiosk(trait("sized", size="large", replicas=5)))
    assert [item["spec"]["replicas"] for item in (small, large)] == [1, 5]
    limits = [item["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] for item in (small, large)]
    assert limits == [{"cpu": "100m", "memory": "64Mi"}, {"cpu": "1", "memory": "1Gi"}]


def test_an_open_list_says_something_of_every_entry(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("log-shipper"), trait("hooks", stop=["sleep", "5"])))
    containers = made["spec"]["template"]["spec"]["containers"]
    assert [item["name"] for item in containers] == ["screen", "log-shipper"]
    assert [item["lifecycle"]["preStop"]["exec"]["command"] for item in containers] == [["sleep", "5"]] * 2


def test_a_default_of_a_patch_gives_way_and_a_value_does_not(evaluator: CueEvaluator) -> None:
    template = "patch: spec: replicas: parameter.replicas\nparameter: replicas: *1 | int"
    own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
    plain = {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "c"}, "spec": {"replicas": 3}}

    def component(**properties: Any) -> Json:
        kind = {"name": "c", "type": "k8s-objects", "properties": {"objects": [plain]}}
        return {**kind, "traits": [trait("own", **properties)]}

    (made,) = objects(evaluator, (own,), component())
    assert made["spec"]["replicas"] == 3
    (problem,) = rendered(evaluator, (own,), component(replicas=2)).errors
    assert "spec.replicas" in problem.message


def test_a_default_of_an_output_gives_way_to_a_patch(evaluator: CueEvaluator) -> None:
    template = 'output: {apiVersion: "apps/v1", kind: "Deployment", spec: {replicas: *1 | int, paused: false}}'
    made = Defined(definition(cue_stand_in.definition("made", template)))
    text = "patch: spec: {replicas: parameter.n, paused: parameter.paused}\nparameter: {n: int, paused: *false | bool}"
    own = Defined(definition(cue_stand_in.definition("own", text, "TraitDefinition")))

    def component(*traits: Json) -> Json:
        return {"name": "c", "type": "made", "traits": list(traits)}

    (found,) = objects(evaluator, (made, own), component(trait("own", n=3), trait("own", n=3)))
    assert found["spec"] == {"replicas": 3, "paused": False}
    for traits in ([trait("own", n=3, paused=True)], [trait("scaler", replicas=2), trait("own", n=3)]):
        assert rendered(evaluator, (made, own), component(*traits)).errors
    with_both = rendered(evaluator, (made, own), component(trait("own", n=3), trait("own", n=4)))
    assert "spec.replicas" in with_both.errors[0].message


def test_definitions_and_built_in_types_go_together(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("scaler", replicas=3), trait("labels", tier="front")))
    assert (made["spec"]["replicas"], made["metadata"]["labels"]["tier"]) == (3, "front")
    web = {"name": "web", "type": "webservice", "properties": {"image": "nginx:1"}, "traits": [trait("log-shipper")]}
    (made,) = objects(evaluator, defined, web)
    assert len(made["spec"]["template"]["spec"]["containers"]) == 2


# --- what is refused


def test_everything_that_is_wrong_is_told_at_its_place(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    component = kiosk(trait("sized", size="huge"), pages=[{"url": 1}], imgae="x", port="80")
    found = rendered(evaluator, defined, component)
    assert [item.path for item in found.errors] == ["spec.components[0].properties.port"]
    for wrong, path in (
        ({"url": 1}, "url"),
        ({"url": "a", "more": 2}, "more"),
        ({"url": "a", "seconds": 0}, "seconds"),
    ):
        (problem,) = rendered(evaluator, defined, kiosk(pages=[{"url": "b"}, wrong])).errors
        assert problem.path == f"spec.components[0].properties.pages[1].{path}"
    (problem,) = rendered(evaluator, defined, kiosk(trait("sized", size="huge"))).errors
    assert problem.path == "spec.components[0].traits[0].properties.size"
    assert '"large"' in problem.message


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
    (problem,) = rendered(evaluator, (own,), kiosk_of_nothing(trait("own"))).errors
    assert (problem.reason, problem.path) == (Reason.UNSUPPORTED, "spec.components[0].traits[0].properties")
    assert "processing" in problem.message


def kiosk_of_nothing(*traits: Json) -> Json:
    return {"name": "web", "type": "worker", "properties": {"image": "nginx:1"}, "traits": list(traits)}


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


# --- what a hostile template cannot do


@pytest.mark.parametrize(
    "template",
    [
        'import "p1"\noutput: p1.output',
        'import "{module}/p1"\noutput: p1.output',
        "output: p1.output",
        "output: {secret: context.secret}",
        "output: {} } package p1\nleak: {",
        "output: a: {\n}\n}\n{",
    ],
)
def test_a_template_sees_nothing_of_another_one(evaluator: CueEvaluator, template: str) -> None:
    other = Question("'other'", "output: it: parameter.secret", questions.OF_COMPONENT, {"secret": "hidden"})
    hostile = Question("'hostile'", template, questions.OF_COMPONENT, {"n": template})
    found = evaluator.answers([hostile.need, other.need])
    assert found[other.need.key].value["fields"]["output"] == {"it": "hidden"}
    assert found[hostile.need.key].is_refusal
    assert "hidden" not in said(found[hostile.need.key])


def test_a_parameter_is_a_value_and_never_text_of_the_template(evaluator: CueEvaluator) -> None:
    text = '"} \noutput: evil: true\n\\(context)\u2028 // {'
    answer = asked(evaluator, "output: it: parameter.text", text=text, **{'a"}\noutput: evil: 1': 1})
    assert answer.value["fields"]["output"] == {"it": text}


def test_no_file_is_read_and_no_program_is_run(evaluator: CueEvaluator, tmp_path: Path) -> None:
    told = tmp_path / "told"
    for template in (
        "@extern(embed)\npackage x\noutput: it: _ @embed(file=template.cue,type=text)",
        f'import "tool/exec"\noutput: exec.Run & {{cmd: "touch {told}"}}',
        f'import "tool/file"\noutput: file.Read & {{filename: "{Path(__file__)}"}}',
    ):
        assert asked(evaluator, template).is_refusal
    answer = asked(evaluator, 'output: it: _ @embed(file="/etc/hostname",type=text)\noutput: x: string @tag(x,var=now)')
    assert answer.is_refusal
    assert not told.exists()


@pytest.mark.parametrize(
    ("template", "excess"),
    [
        ('import "list"\noutput: it: list.Repeat([1, 2, 3, 4, 5, 6, 7, 8], 100000000)', "bytes of memory"),
        ('import "strings"\noutput: it: strings.Repeat("abcdefghij", 1000000000)', "bytes of memory"),
        (
            'import "list"\nl: list.Range(0, 4000, 1)\noutput: n: len([for a in l for b in l if a*b == -7 {1}])',
            "more than",
        ),
    ],
)
def test_a_template_that_takes_too_much_ends_itself_and_no_other(cue: Path, template: str, excess: str) -> None:
    bounded = CueEvaluator(lambda: cue, Bounds(wall_s=10.0, cpu_s=2))
    hostile = Question("'hostile'", template, questions.OF_COMPONENT)
    other = Question("'other'", "output: it: 1", questions.OF_COMPONENT)
    found = bounded.answers([hostile.need, other.need])
    assert excess in said(found[hostile.need.key])
    assert found[other.need.key].value["fields"]["output"] == {"it": 1}


@pytest.mark.parametrize("is_tagged", [True, False])
def test_what_nests_too_deeply_is_refused_and_no_other(evaluator: CueEvaluator, is_tagged: bool) -> None:
    fields = questions.OF_TRAIT if is_tagged else questions.OF_COMPONENT
    for levels in (80, 900):
        deep = f"{'outputs: a: ' + 'b: ' * levels}1"
        hostile = Question("'hostile'", deep, fields, is_tagged=is_tagged)
        other = Question("'other'", "outputs: it: 1", fields, is_tagged=is_tagged)
        found = evaluator.answers([hostile.need, other.need])
        assert found[hostile.need.key].is_refusal
        assert found[other.need.key].value["fields"]["outputs"] == {"it": 1}


def test_bytes_are_no_json(evaluator: CueEvaluator) -> None:
    question = Question("'it'", "patch: it: 'bytes'", questions.OF_TRAIT, is_tagged=True).need
    assert "no JSON" in said(evaluator.answers([question])[question.key])


def test_a_json_patch_has_operations(evaluator: CueEvaluator) -> None:
    for patch in ("{}", "operations: 1", "operations: [1]"):
        template = f"// +patchStrategy=jsonPatch\npatch: {{{patch.strip('{}')}}}"
        own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
        (problem,) = rendered(evaluator, (own,), kiosk_of_nothing(trait("own"))).errors
        assert "operations" in problem.message


def test_numbers_that_json_cannot_hold_are_refused(evaluator: CueEvaluator) -> None:
    assert "no JSON" in said(asked(evaluator, "output: it: 1e400"))


def test_texts_are_the_same_with_marks_and_without(evaluator: CueEvaluator) -> None:
    text = 'a"""\n\\n \ufeff\t\x01#\n'
    template = "output: it: parameter.text\npatch: it: parameter.text\nparameter: text: string"
    plain = asked(evaluator, template, text=text).value["fields"]["output"]
    question = Question("'it'", template, questions.OF_TRAIT, {"text": text}, is_tagged=True).need
    marked = evaluator.answers([question])[question.key].value["fields"]["patch"]
    assert plain == marked == {"it": text}


def test_what_one_definition_declares_does_not_depend_on_another(evaluator: CueEvaluator) -> None:
    own = "output: {}\nparameter: {\n\t// ---\n\ta: string\n}"
    large = 'import "strings"\noutput: {}\nparameter: (strings.Repeat("a", 1000000)): string'
    other = "output: {}\nparameter: b: string"
    found = evaluator.compile({"own": own, "large": large, "other": other})
    assert [item.faults for item in found.values()] == [(), (), ()]
    assert found["other"].declared.strip() == "b: string"
    assert "a: string" in found["own"].declared
    assert found["large"].declared == "..."


def test_definitions_that_take_too_long_together_are_refused(cue: Path) -> None:
    found = CueEvaluator(lambda: cue, patience_s=0).compile({"one": "output: {}", "other": "output: {}"})
    assert all("takes more than" in item.faults[0].message for item in found.values())


def test_too_much_output_is_refused(cue: Path) -> None:
    bounded = CueEvaluator(lambda: cue, Bounds(output_bytes=64 * 1024))
    answer = asked(bounded, 'import "strings"\noutput: it: strings.Repeat("abcdefghij", 100000)')
    assert "bytes of output" in said(answer)


def test_a_call_that_never_ends_ends_with_its_time(cue: Path, tmp_path: Path) -> None:
    endless = tmp_path / "cue"
    endless.write_text("#!/bin/sh\nwhile :; do :; done\n")
    endless.chmod(0o755)
    answer = asked(CueEvaluator(lambda: endless, Bounds(wall_s=0.2)), "output: {}")
    assert "more than 0.2 s" in said(answer)


def test_many_that_take_long_take_no_longer_together(tmp_path: Path) -> None:
    endless = tmp_path / "cue"
    endless.write_text("#!/bin/sh\nwhile :; do :; done\n")
    endless.chmod(0o755)
    needs = [Question("'it'", f"output: n: {n}", questions.OF_COMPONENT).need for n in range(20)]
    found = CueEvaluator(lambda: endless, Bounds(wall_s=60.0), patience_s=0.3).answers(needs)
    assert all(found[need.key].is_refusal for need in needs)


def test_nothing_is_left_in_the_folder_of_temporary_files(
    evaluator: CueEvaluator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    asked(evaluator, "output: here: 1")
    asked(evaluator, "output: nope")
    assert list(tmp_path.iterdir()) == []


# --- the program itself


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


# --- health, and the controller


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


def test_the_answer_does_not_depend_on_the_order_of_the_questions(cue: Path) -> None:
    def answers(order: range) -> Mapping[str, Answer]:
        needs = [Question("'it'", f"output: n: {n}", questions.OF_COMPONENT).need for n in order]
        return CueEvaluator(lambda: cue).answers(needs)

    assert answers(range(5)) == answers(range(4, -1, -1))


def test_the_example_of_the_page_renders_and_is_healthy(evaluator: CueEvaluator) -> None:
    page = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
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
