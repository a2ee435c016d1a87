"""Which nodes a group has."""

from typing import Any

import pytest

from pinnace_schemas import fields, resources
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.resources import Node, NodeGroup, Selector


def node(name: str, **labels: str) -> Node:
    return Node.model_validate({"metadata": {"name": name, "labels": labels}})


def group(**spec: Any) -> NodeGroup:
    return NodeGroup.model_validate({"metadata": {"name": "north"}, "spec": spec})


def selects(labels: dict[str, str], *expressions: dict[str, Any]) -> bool:
    return resources.matches(Selector.model_validate({"matchExpressions": list(expressions)}), labels)


NODES = (node("a", region="north", tier="1"), node("b", region="south"), node("c"))


def test_members_are_named_nodes_united_with_selected_ones() -> None:
    found = group(nodes=["c", "later"], selector={"matchLabels": {"region": "north"}})
    assert resources.group_members(found, NODES) == ("a", "c", "later")


def test_no_selector_selects_nothing_and_an_empty_one_everything() -> None:
    assert resources.group_members(group(), NODES) == ()
    assert resources.group_members(group(selector={}), NODES) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"key": "region", "operator": "In", "values": ["north", "east"]}, True),
        ({"key": "region", "operator": "In", "values": ["south"]}, False),
        ({"key": "region", "operator": "NotIn", "values": ["south"]}, True),
        ({"key": "missing", "operator": "NotIn", "values": ["south"]}, True),
        ({"key": "missing", "operator": "In", "values": ["south"]}, False),
        ({"key": "region", "operator": "Exists"}, True),
        ({"key": "missing", "operator": "Exists"}, False),
        ({"key": "missing", "operator": "DoesNotExist"}, True),
    ],
)
def test_expressions_mean_what_they_mean_in_kubernetes(expression: dict[str, Any], expected: bool) -> None:
    assert selects({"region": "north"}, expression) is expected


def test_all_parts_of_a_selector_must_hold() -> None:
    exists = {"key": "region", "operator": "Exists"}
    other = {"key": "tier", "operator": "Exists"}
    assert selects({"region": "north"}, exists)
    assert not selects({"region": "north"}, exists, other)


@pytest.mark.parametrize("expression", [{"operator": "In"}, {"operator": "Exists", "values": ["x"]}])
def test_values_must_fit_the_operator(expression: dict[str, Any]) -> None:
    value = {"metadata": {"name": "g"}, "spec": {"selector": {"matchExpressions": [{"key": "k", **expression}]}}}
    _, (problem,) = fields.check(NodeGroup, value, Severity.ERROR)
    assert problem.path == "spec.selector.matchExpressions[0]"


def test_names_of_groups_and_nodes_are_dns_labels() -> None:
    for model in (Node, NodeGroup):
        _, (problem,) = fields.check(model, {"metadata": {"name": "a b"}}, Severity.WARNING)
        assert (problem.path, problem.severity) == ("metadata.name", Severity.ERROR)


def test_resources_are_written_as_they_were_read() -> None:
    value = {
        "apiVersion": "pinnace.dev/v1alpha1",
        "kind": "Node",
        "metadata": {"name": "shop-1", "labels": {"region": "north"}},
        "spec": {"description": "first shop"},
    }
    assert resources.to_dict(Node.model_validate(value)) == value
