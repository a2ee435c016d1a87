"""What rules in CUE give, case by case: the same as the real `cue`."""

from typing import Any

import pytest
from tests.unit.schemas.cue import table
from tests.unit.schemas.cue.table import Case

from pinnace_schemas.cue import Unevaluable, Unsupported, parse

CASES = table.cases()


def value(text: str) -> Any:
    return parse(text, table.GIVEN.keys()).value(table.FIELD, table.GIVEN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_text_gives_what_cue_gives(case: Case) -> None:
    if case.has_value and case.is_sure:
        assert table.same(value(case.text), case.value)
    else:
        with pytest.raises((Unsupported, Unevaluable)):
            value(case.text)


def test_the_table_is_large_and_has_both_kinds() -> None:
    with_value = sum(case.has_value for case in CASES)
    assert with_value > 300
    assert len(CASES) - with_value > 100


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("x: 'bytes'", r"bytes \('...'\)"),
        ("x: #y\n#y: 5", "definitions"),
        ("x: close({a: 1})", "function close"),
        ("x: y\ny: {a: 1} @tag(a)", "attributes"),
        ('import "math"\nx: math.Pi', "only functions of 'math'"),
        ('import "encoding/json"\nx: json.Marshal(1)', "package encoding/json"),
        ('import "strings"\nx: strings.ToCamel("a")', r"function strings\.ToCamel"),
        ('import "strings"\nx: 1', "import of strings is not used"),
        ("let y = 1\nx: 2", "let y is not used"),
        ('x: "a" =~ "(?i)A"', "pattern"),
        ("A=x: 1", "alias A"),
        ("x: parameter.count == string", "must be concrete"),
        ("parameter", "outermost level"),
        ("x: 1 2", "expected ','"),
        ("x: (1", r"expected '\)'"),
        ('x: "a', "does not end"),
        ("x: 1e99999", "a number of this size"),
        ("x: " + "(" * 50 + "1" + ")" * 50, "more than 40 levels"),
        ("x: " + "+".join("1" * 70), "more than 64 parts"),
        ("x: 1 // " + "a" * 70_000, "more than 65536 characters"),
    ],
)
def test_what_is_not_known_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(Unsupported, match=what):
        parse(text, table.GIVEN.keys())


@pytest.mark.parametrize(
    "text",
    [
        "x: y.b\ny: {b: 1, if context.nope {a: 1}}",
        "x: y == _|_\ny: {if context.nope {a: 1}}",
        "x: y + 1\ny: 1\ny: >5",
    ],
)
def test_what_depends_on_the_order_of_work_in_cue_has_no_value_here(text: str) -> None:
    with pytest.raises(Unevaluable):
        value(text)
