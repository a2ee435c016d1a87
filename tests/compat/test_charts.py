"""KubeVela's Applications of charts and of objects from elsewhere ask for what they name, and render once it is there.

The set has no expected objects for them: they depend on charts and clusters that it does not hold.
"""

import re
from collections.abc import Mapping, Sequence

import pytest
from tests.compat import kubevela
from tests.compat.kubevela import Example

from pinnace_cloud.materials import charts, given
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.render import Purpose, Renderer, installed, preparing
from pinnace_schemas import manifest
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Severity

TYPES = {"helmchart", "ref-objects"}
# What is said of an Application that means another cluster than the one it goes to, or an address.
FROM_ELSEWHERE = re.compile(r"spec\.components\[\d\]\.properties\.(objects\[\d\]\.cluster|urls\[\d\])\Z")


def examples() -> list[Example]:
    known = installed.registry()
    return [
        item
        for item in kubevela.examples()
        if item.components & TYPES and item.components <= {*known.components} and item.traits <= {*known.traits}
    ]


def answers(needs: Sequence[Need]) -> Mapping[str, Answer]:
    return {need.key: Answer([_object(need)]) for need in needs}


def _object(need: Need) -> KubeObject:
    """One that was asked for, or that a chart may make."""
    assert need.maker in (charts.MAKER, given.MAKER)
    metadata = {"name": need.question.get("name") or "any"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"values.yaml": "a: 1\n"}}


def test_the_set_has_such_applications() -> None:
    kubevela.require()
    assert len(examples()) >= 20


@pytest.mark.parametrize("example", examples(), ids=lambda item: item.name)
def test_application_renders_once_its_charts_and_objects_are_there(example: Example) -> None:
    read = manifest.read(example.text(), example.name, unknown_fields=Severity.WARNING)
    ((application, _),) = manifest.applications(read)
    asking = Renderer(application, purpose=Purpose.PRINT)
    renderings = tuple(preparing.prepared(asking, answers).each())
    problems = [item for rendering in renderings for item in rendering.errors]
    if problems:
        assert all(FROM_ELSEWHERE.match(item.path) for item in problems)
    else:
        assert any(rendering.needs for rendering in asking.each())
        assert all(rendering.objects for rendering in renderings)
