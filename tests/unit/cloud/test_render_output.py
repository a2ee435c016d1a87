"""Printed objects are read back as the same objects by Kubernetes tools."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cloud import applications

from pinnace_cloud import render
from pinnace_cloud.render import Rendered, output
from pinnace_cloud.render.kinds import Identity, Kind
from pinnace_cloud.render.parts import Origin
from pinnace_schemas import tree
from pinnace_schemas.limits import DEFAULT_LIMITS

DOUBTFUL = (
    *("1e3", "007", "0o17", "0x1F", "1_000", ".5", "+1", ".inf", "1e400"),
    *("on", "yes", "y", "N", "null", "~", "", "true", "<<"),
    *("2026-01-01", "1:30", "- a", "a: b", "a #b", " a", "a ", "---", "a\nb\n", "a\r\nb", "\x07"),
)


def printed(value: Any) -> str:
    identity = Identity(Kind("", ""), "", "")
    return output.to_yaml([Rendered({"value": value}, "web", Origin.WORKLOAD, "webservice", "", identity)])


def read(text: str) -> Any:
    (found,) = tree.read(text, DEFAULT_LIMITS)
    return found.value["value"]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_texts_stay_texts(text: str) -> None:
    assert read(printed(text)) == text
    assert read(printed({text: [text]})) == {text: [text]}


@pytest.mark.parametrize("text", ["1e3", "007", "on", "y", "null"])
def test_texts_that_tools_would_misread_are_quoted(text: str) -> None:
    assert f"value: '{text}'" in printed(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(JSON)
def test_any_json_value_is_read_back(value: Any) -> None:
    assert read(printed(value)) == value


def test_every_document_says_which_component_it_is_of() -> None:
    text = output.to_yaml(render.render(applications.everything()).rendered)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# component: web (workload)",
        "# component: web (trait expose)",
        "# component: job (workload)",
        "# component: agent (workload)",
        "# component: agent (auxiliary)",
        "# component: load (workload)",
        "# component: plain (workload)",
    ]


def test_a_document_says_what_policies_ask_of_its_object() -> None:
    rule = {"selector": {"resourceTypes": ["Service"]}, "strategy": "never"}
    policy = {"type": "garbage-collect", "properties": {"rules": [rule]}}
    exposed = applications.component("web", ports=[{"port": 80, "expose": True}])
    found = render.render(applications.application(exposed, policies=[policy]))
    text = output.to_yaml(found.rendered, found.policy)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# component: web (workload)",
        "# component: web (auxiliary)",
        '# handled: {"prune":"never"}',
    ]


def test_json_is_one_list_as_kubectl_prints_it() -> None:
    found = render.render(applications.everything())
    value = json.loads(output.to_json(found.rendered))
    assert (value["kind"], value["items"]) == ("List", list(found.objects))
