"""The JSON Schema that editors get agrees with what rendering takes, over all of KubeVela's Applications."""

import json
import re
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.compat import kubevela
from tests.compat.kubevela import Example

from pinnace_cloud.explaining import document
from pinnace_cloud.render import installed
from pinnace_schemas import tree
from pinnace_schemas.limits import DEFAULT_LIMITS

pytestmark = pytest.mark.slow

# Refused for what no schema can say: a name that stands twice.
BEYOND_A_SCHEMA = {"kv__test__e2e-test__testdata__app__app8"}
# A workflow step that is not known is wrong for editors and for `apply`, and a warning where it is rendered only.
STEP_TYPE = re.compile(r"\$\.spec\.workflow\.steps\[\d+\](\.subSteps\[\d+\])?\.type: ")


@cache
def validator(*, strict: bool = False) -> Draft202012Validator:
    # As it is printed and read again.
    schema = json.loads(json.dumps(document.application(installed.types(), strict=strict)))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def problems(value: Any, *, strict: bool = False) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(strict=strict).iter_errors(value)]


def of_part(part: str) -> list[Example]:
    return [item for item in kubevela.examples() if item.part == part]


@pytest.mark.parametrize("example", kubevela.renderable(), ids=lambda item: item.name)
def test_what_renders_is_right_by_the_schema(example: Example) -> None:
    for item in tree.read(example.text(), DEFAULT_LIMITS):
        assert [problem for problem in problems(item.value) if not STEP_TYPE.match(problem)] == []


@pytest.mark.parametrize("example", of_part("rejected"), ids=lambda item: item.name)
def test_what_is_refused_for_a_property_is_wrong_by_the_schema(example: Example) -> None:
    (item,) = tree.read(example.text(), DEFAULT_LIMITS)
    assert (problems(item.value) == []) == (example.name in BEYOND_A_SCHEMA)


WEB: dict[str, Any] = {
    "apiVersion": "core.oam.dev/v1beta1",
    "kind": "Application",
    "metadata": {"name": "shop"},
    "spec": {"components": [{"name": "web", "type": "webservice", "properties": {"image": "nginx", "imagge": "x"}}]},
}


def test_an_undeclared_property_is_wrong_only_by_the_strict_schema() -> None:
    assert problems(WEB) == []
    (problem,) = problems(WEB, strict=True)
    assert "$.spec.components[0].properties" in problem
    assert "'imagge' was unexpected" in problem


@pytest.mark.parametrize(
    ("component", "place"),
    [
        ({"name": "web", "type": "webservise"}, "$.spec.components[0].type"),
        ({"name": "web", "type": "webservice"}, "$.spec.components[0]"),
        ({"name": "web", "type": "webservice", "properties": {"image": 1}}, "$.spec.components[0].properties.image"),
        ({"name": "web", "type": "webservice", "properties": {"image": None}}, "$.spec.components[0].properties.image"),
    ],
)
def test_a_mistake_is_wrong_at_its_place(component: dict[str, Any], place: str) -> None:
    (problem,) = problems({**WEB, "spec": {"components": [component]}})
    assert problem.startswith(f"{place}: ")
