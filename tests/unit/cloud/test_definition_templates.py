"""What is read of templates and of what `cue` says, without `cue`."""

import json
from typing import Any

import pytest
from tests.unit.cloud import cue_stand_in
from tests.unit.cloud.applications import application

from pinnace_cloud.definitions import details, export, faults, library, patches, sources
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.render.patching import Strategy, Tag
from pinnace_schemas import definition, manifest
from pinnace_schemas.definition import TraitDefinition

# --- what a template must not ask for


@pytest.mark.parametrize(
    ("template", "place", "word"),
    [
        ('import "tool/exec"\n', (1, 8), "tool/exec"),
        ('// a comment\n\nimport (\n\t"strings"\n\tx "example.org/x" // "list"\n)\n', (5, 4), "example.org/x"),
        ('package any\nimport "list"\nimport "vela/kube"\n', (3, 8), "vela/kube"),
        ('import "list:list"\nimport "../other"\n', (2, 8), "../other"),
        ("@extern(embed)\npackage x\n", (1, 1), "@extern"),
        ("// first\n@if(prod)\n", (2, 1), "@if"),
    ],
)
def test_what_reaches_beyond_computing_is_refused_by_its_name(template: str, place: tuple[int, int], word: str) -> None:
    (fault,) = sources.read(template).faults
    assert (fault.line, fault.column) == place
    assert word in fault.message


def test_packages_that_compute_are_allowed() -> None:
    template = 'import (\n\t"strings"\n\t"encoding/json"\n)\nimport l "list"\noutput: {}\n'
    assert sources.read(template) == sources.Source(template, ())


def test_a_package_clause_leaves_every_line_at_its_place() -> None:
    source = sources.read("// about\npackage kiosk\n\noutput: {}")
    assert (source.text, source.lines) == ("// about\n             \n\noutput: {}", 4)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "template",
    [
        "import (\n" + '// "a"\n' * 30_000,
        "import (" + '"a" / ' * 30_000,
        "import" + " " * 200_000,
        "// +patchStrategy=replace\n" * 8_000,
        "{for a" + " " * 200_000,
        "," * 200_000,
    ],
)
def test_a_template_that_is_made_to_be_hard_is_read_at_once(template: str) -> None:
    sources.read(template)
    sources.guarded(template)
    patches.tags({}, "patch", template)


def test_a_template_has_a_largest_size() -> None:
    assert sources.read("x" * (sources.MAX_TEMPLATE_BYTES + 1)).faults == (Fault("is larger than 256 KiB"),)


def test_parameters_have_a_largest_size() -> None:
    question = Question("it", "", ("output",), {"text": "x" * sources.MAX_GIVEN_BYTES})
    with pytest.raises(ValueError, match="parameters and context are larger"):
        sources.text(sources.read(""), question)


def test_parameters_stand_behind_the_template_and_cannot_leave_their_field() -> None:
    question = Question("it", "output: {}", ("output",), {'a"} \n}': '"}\u2028 \\(context)'}, {"name": "c"})
    text = sources.text(sources.read(question.template), question).splitlines()
    assert text[:3] == ["package t", "output: {}", 'context: {"name": "c"}']
    assert text[3].startswith('parameter: {"a\\"} \\n}": "\\"}')


def test_parameters_may_hold_the_mark_of_byte_orders() -> None:
    question = Question("it", "output: {}", ("output",), {"a": "\ufeffb"})
    assert '"\\ufeffb"' in sources.text(sources.read(question.template), question)


def test_a_loop_over_what_may_be_left_out_can_be_guarded() -> None:
    template = "outputs: {\n\tfor v in parameter.pvc {\n\t\t(v.name): v\n\t}\n\tfor k, v in parameter.a.b if v {}\n}"
    assert sources.guarded(template).splitlines()[1::3] == [
        "\tif parameter.pvc != _|_ for v in parameter.pvc {",
        "\tif parameter.a.b != _|_ for k, v in parameter.a.b if v {}",
    ]


def test_a_text_within_a_field_leaves_every_line_at_its_place() -> None:
    text = 'package p\nimport (\n\t"list"\n)\n\n// how many\na: 1\nb: 2 // last'
    found = sources.with_fields(text, "all").splitlines()
    assert found[:4] == text.splitlines()[:4]
    assert found[4] == ""
    assert found[5].startswith("import pinnaceJSON")
    assert found[5].endswith("{ // how many")
    assert found[6:9] == ["a: 1", "b: 2 // last", "}"]
    assert sources.read(sources.with_fields("a: 1", "all")).faults == ()


def test_details_are_for_people_unless_they_say_otherwise() -> None:
    text = f'a: 1\nb: {{c: 1}} @private()\nd: "x" @local(y)\n$e: 2\n{"f" * 32}: 3\ng: string\n'
    found = details.read(text, {"a": "1", "b": "{}", "d": '"x"', "$e": "2", "f" * 32: "3", "g": "_|_", "h": '"_|_ "'})
    assert found.values == {"a": 1, "$e": 2, "h": "_|_ "}
    assert found.shown == {"a": "1", "g": "_|_", "h": "_|_ "}


# --- what cue complains of


def test_wrong_parameters_are_told_at_their_properties_and_nothing_that_follows_from_them() -> None:
    said = """\
parameter.ports.0.port: conflicting values "x" and int (mismatched types string and int):
    ./p0/template.cue:3:9
    ./p0/template.cue:40:2
parameter.kind: 2 errors in empty disjunction:
parameter.kind: conflicting values "a" and "c":
    ./p0/template.cue:4:9
parameter.kind: conflicting values "b" and "c":
    ./p0/template.cue:4:9
parameter."a.b/c": incomplete value string:
    ./p0/template.cue:5:9
output.x: conflicting values 1 and 2:
    ./p0/template.cue:7:1
"""
    found = [(item.path, item.message) for item in faults.problems("'it'", faults.read(said, 10))]
    assert found == [
        ("properties.ports[0].port", 'conflicting values "x" and int (mismatched types string and int)'),
        ("properties.kind", 'conflicting values "a" and "c"; conflicting values "b" and "c"'),
        ('properties["a.b/c"]', "is required: string"),
    ]


def test_a_wrong_template_is_told_with_line_and_column_of_its_own_text() -> None:
    said = 'output.a: reference "nope" not found:\n    ./p7/template.cue:3:5\n'
    (problem,) = faults.problems("trait type 'x'", faults.read(said, 9))
    assert (problem.path, problem.message) == (
        "properties",
        "template of trait type 'x', line 2, column 5: output.a: reference \"nope\" not found",
    )


def test_what_is_found_behind_the_template_is_its_end_or_no_place() -> None:
    ended = faults.read("expected '}', found 'EOF':\n    ./p0/template.cue:9:1\n", 3)
    assert ended == (Fault("expected '}', found 'EOF'", (), 3, 1),)
    assert faults.read("output.a: some reason:\n    ./p0/template.cue:9:1\n", 3) == (
        Fault("some reason", ("output", "a")),
    )


# --- what cue prints


def test_values_and_the_marks_of_their_fields_are_read() -> None:
    text = '''\
patch: {
	metadata: labels: "a/b": "x\\ty"
	spec: {
		// what it is
		// +patchKey=name
		containers: [{
			name: "a"
			// +patchKey=name
			// +patchStrategy=retainKeys
			env: [{
				name: "A"
			}, {
				name:  "B"
				value: """
					first "line"
					\x20 \\("second")

					"""
			}]
		}, 2, -1.5, 1e+30, true, null, [], {}]
		// +patchStrategy=retainKeys
		strategy: type: "x"
	}
}
// ---
{}
'''
    text = text.replace('\\("second")', "// ---")
    first, second = export.read(text)
    env = [{"name": "A"}, {"name": "B", "value": 'first "line"\n  // ---\n'}]
    assert first.value == {
        "patch": {
            "metadata": {"labels": {"a/b": "x\ty"}},
            "spec": {
                "containers": [{"name": "a", "env": env}, 2, -1.5, 1e30, True, None, [], {}],
                "strategy": {"type": "x"},
            },
        }
    }
    assert first.marks == {
        "patch.spec.containers": {"patchKey": "name"},
        "patch.spec.containers[].env": {"patchKey": "name", "patchStrategy": "retainKeys"},
        "patch.spec.strategy": {"patchStrategy": "retainKeys"},
    }
    assert second.value == {}


@pytest.mark.parametrize(
    "text", ["a: string\n", "a: {\n", "a: [1\n", "a: 'bytes'\n", "a\n", "a: 1 & 2\n", "a: 1E+999\n"]
)
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        export.read(text)


def test_texts_that_hold_three_quotes_are_raw() -> None:
    text = 'a: ##"""\n\tb"""#\n\t\\n\\##t\\##u0001\\##\\n\n\t"""##\n'
    (found,) = export.read(text)
    assert found.value == {"a": 'b"""#\n\\n\t\x01\\n'}


# --- how a patch is meant


def test_marks_become_tags_below_the_patch() -> None:
    marks = {
        "patch.spec.a": {"patchKey": "name"},
        "patch.b": {"patchStrategy": "replace"},
        "other.c": {"patchKey": "x"},
    }
    assert patches.tags(marks, "patch", "") == {"spec.a": Tag("name"), "b": Tag(strategy=Strategy.REPLACE)}


def test_a_comment_above_the_patch_itself_is_of_the_whole() -> None:
    comment = "// +patchStrategy=jsonMergePatch\n"
    whole = {"": Tag(strategy=Strategy.JSON_MERGE_PATCH)}
    assert patches.tags({}, "patch", f"{comment}patch: parameter") == whole
    assert patches.tags({}, "patch", f"if parameter.x {{\n\t{comment}\t// more\n\tpatch: {{}}\n}}") == whole
    assert patches.tags({}, "patch", f"{comment}patch: spec: x: 1") == {}
    assert patches.tags({}, "patch", f"{comment}\nother: 1\npatch: 1") == {}
    assert patches.tags({}, "patchOutputs.a", f"{comment}patch: 1") == {}


def test_lists_without_a_key_that_are_shorter_are_asked_for_at_length() -> None:
    base = {"spec": {"a": [1, 2], "b": [1, 2], "c": [1, 2], "d": [1]}}
    patch = {"spec": {"a": [], "b": [], "c": [], "d": [1]}}
    tags = {"spec.b": Tag("name"), "spec.c": Tag(strategy=Strategy.REPLACE)}
    assert patches.fit(base, patch, tags) == {"spec": {"a": 2}}
    assert patches.fit(base, patch, {"": Tag(strategy=Strategy.JSON_MERGE_PATCH)}) == {}


def test_values_that_are_others_are_asked_for_since_they_may_be_defaults() -> None:
    base = {"spec": {"replicas": 3, "kept": 1, "list": [{"a": 1}]}}
    patch = {"spec": {"replicas": 1, "kept": 2, "list": [{"a": 2}]}}
    fit = patches.fit(base, patch, {"spec.kept": Tag(strategy=Strategy.RETAIN_KEYS)})
    assert fit == {"spec": {"replicas": [3]}}
    assert not patches.is_of_lists(fit)
    assert patches.is_of_lists({"spec": {"a": 2, **fit}})
    question = Question("it", "", ("patch",), fit={"spec": {"a": 2, "b": ["x"]}})
    assert 'patch: {"spec": {"a": [*{} | _, *{} | _], "b": "x"}}' in sources.text(sources.read(""), question)


# --- documents


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"schematic": {"helm": {}}}, "spec.schematic"),
        ({"schematic": {"cue": {}}}, "spec.schematic.cue.template"),
        ({}, "spec.schematic"),
        ({"schematic": {"cue": {"template": "output: {}"}}, "stauts": {}}, "spec.stauts"),
    ],
)
def test_a_document_without_a_template_is_refused_by_its_field(change: dict[str, Any], path: str) -> None:
    value = {"apiVersion": "core.oam.dev/v1beta1", "kind": "TraitDefinition", "metadata": {"name": "x"}, "spec": change}
    assert [item.path for item in manifest.parse(value)[1]] == [path]


@pytest.mark.parametrize(("name", "is_right"), [("ingress.test", True), ("x", True), ("a_b", False), ("-a", False)])
def test_names_are_those_of_kubernetes(name: str, is_right: bool) -> None:
    document, _ = manifest.parse(json.loads(cue_stand_in.definition(name, "output: {}")))
    assert (document is not None) is is_right


def test_a_document_is_written_as_it_was_read_without_what_servers_add() -> None:
    value = json.loads(cue_stand_in.definition("x", "output: {}", "TraitDefinition", podDisruptive=True))
    value["metadata"] |= {"namespace": "vela-system", "labels": {"a": "b"}}
    served = {**value, "metadata": {**value["metadata"], "resourceVersion": "7"}, "status": {"configMapRef": "x"}}
    document, _ = manifest.parse(served)
    assert isinstance(document, TraitDefinition)
    assert definition.to_dict(document) == value


def test_types_are_found_wherever_an_application_names_them() -> None:
    part = {"name": "web", "type": "kiosk", "traits": [{"type": "front"}]}
    change = {
        "type": "override",
        "properties": {"components": [{"type": "screen", "traits": [{"type": "sized"}, 1]}, 2]},
    }
    found = library.used(application(part, policies=[change, {"type": "topology"}]))
    assert found == {
        ("ComponentDefinition", "kiosk"),
        ("TraitDefinition", "front"),
        ("ComponentDefinition", "screen"),
        ("TraitDefinition", "sized"),
    }
