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

ADDRESS = """
let suffix = {
	if parameter.name != _|_ {"-" + parameter.name}
	if parameter.name == _|_ {""}
}
let found = [for item in context.outputs if item.kind == "Route" && item.metadata.name == context.name + suffix {item}]
route: *_|_ | _
if len(found) > 0 {route: found[0]}
entry: *{} | {}
if route != _|_ if route.status.entries != _|_ if len(route.status.entries) > 0 {
	entry: route.status.entries[0]
}
if entry != _|_ {
	if entry.host != _|_ {message: "at \\(entry.host)"}
	if entry.host == _|_ {message: "nowhere yet"}
}
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


def route(**status: object) -> dict[str, object]:
    return {
        "context": {"name": "a", "outputs": {"r": {"kind": "Route", "metadata": {"name": "a-b"}, "status": status}}}
    }


@pytest.mark.parametrize(
    ("status", "message"),
    [({}, "nowhere yet"), ({"entries": []}, "nowhere yet"), ({"entries": [{"host": "h"}]}, "at h")],
)
def test_the_object_of_a_named_trait_is_found_and_spoken_of(status: dict[str, object], message: str) -> None:
    """The shape of the message of KubeVela's `gateway`."""
    assert parse(ADDRESS, GIVEN).value("message", route(**status) | {"parameter": {"name": "b"}}) == message


def test_there_is_no_message_where_that_of_cue_does_not_see_the_object() -> None:
    """Without a name `cue` says that there is no host, whatever the object has."""
    with pytest.raises(Unevaluable, match="within comprehensions"):
        parse(ADDRESS, GIVEN).value("message", route(entries=[{"host": "h"}]) | {"parameter": {}})
