"""Rules in CUE as those who judge by them see it: a text that is read, a field that is asked for, two errors."""

import pytest

from pinnace_schemas.cue import Unevaluable, Unsupported, parse

GIVEN = frozenset({"context", "parameter"})
READY = """
ready: {
	replicas: *0 | int
} & {
	if context.output.status.readyReplicas != _|_ {
		replicas: context.output.status.readyReplicas
	}
}
isHealth: ready.replicas == context.output.spec.replicas
message:  "\\(ready.replicas) of \\(context.output.spec.replicas)"
"""


def given(**status: int) -> dict[str, object]:
    return {"context": {"output": {"spec": {"replicas": 2}, "status": status}}, "parameter": {}}


def test_a_rule_judges_each_time_by_what_it_is_given() -> None:
    rule = parse(READY, GIVEN)
    assert (rule.value("isHealth", given(readyReplicas=2)), rule.value("message", given(readyReplicas=2))) == (
        True,
        "2 of 2",
    )
    assert (rule.value("isHealth", given()), rule.value("message", given())) == (False, "0 of 2")


def test_a_name_that_nothing_declares_is_refused_with_its_place() -> None:
    with pytest.raises(Unsupported, match="nothing declares 'contxt'") as caught:
        parse("isHealth: true\nmessage: contxt.name", GIVEN)
    assert (caught.value.line, caught.value.column) == (2, 10)


def test_a_field_that_is_missing_is_named() -> None:
    with pytest.raises(Unevaluable, match=r"context\.output\.status: there is no 'readyReplicas'"):
        parse("isHealth: context.output.status.readyReplicas > 0", GIVEN).value("isHealth", given())
