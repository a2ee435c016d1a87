"""What a hostile template cannot do."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.real.definitions.asking import asked, definition, rendered, said, trait, worker
from tests.unit.cloud import cue_stand_in

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.adapters.sandbox import Bounds
from pinnace_cloud.definitions import questions
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.definitions.questions import Question

pytestmark = pytest.mark.real


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
        ('import "list"\noutput: it: list.Repeat([1, 2, 3, 4, 5, 6, 7, 8], 100000000)', "of memory"),
        ('import "strings"\noutput: it: strings.Repeat("abcdefghij", 1000000000)', "of memory"),
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


# Says why there is no answer, and what the program took at most, in KiB.
ASKED = """
import resource, sys
from pathlib import Path
from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.adapters.sandbox import Bounds
from pinnace_cloud.definitions import questions
need = questions.Question("'it'", sys.argv[2], questions.OF_COMPONENT).need
found = CueEvaluator(lambda: Path(sys.argv[1]), Bounds(memory_bytes=int(sys.argv[3]))).answers([need])
print(found[need.key].problems[0].message)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
MIB = 1024 * 1024
GROWS = 'import "list"\nl: list.Range(0, 3000, 1)\noutput: {for a in l for b in l {"\\(a)-\\(b)": {x: a, y: b}}}'
LENGTHY = 'import "strings"\ns: [for n in [1, 2, 3, 4] {strings.Repeat("abcdefghij", 15000000 + n)}]\noutput: it: s'


@pytest.mark.parametrize("template", [GROWS, LENGTHY])
def test_a_template_that_grows_is_ended_before_it_has_more_memory_than_it_may(cue: Path, template: str) -> None:
    command = [sys.executable, "-c", ASKED, str(cue), template, str(384 * MIB)]
    problem, most = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "more than 384 MiB of memory" in problem
    own = cue.stat().st_size // 1024
    assert int(most) <= 384 * 1024 + own + 100 * 1024, "with the program itself, and what it takes between two looks"


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
        (problem,) = rendered(evaluator, (own,), worker(trait("own"))).errors
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
    # A moment is left to each even then, in which a small one may be compiled.
    large = "output: {\n" + "".join(f"a{number}: {number}\n" for number in range(16_000)) + "}"
    found = CueEvaluator(lambda: cue, patience_s=0).compile({"one": large, "other": large})
    assert all("takes more than" in item.faults[0].message for item in found.values())


def test_too_much_output_is_refused(cue: Path) -> None:
    bounded = CueEvaluator(lambda: cue, Bounds(output_bytes=64 * 1024))
    answer = asked(bounded, 'import "strings"\noutput: it: strings.Repeat("abcdefghij", 100000)')
    assert "more than 64 KiB of output" in said(answer)


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
