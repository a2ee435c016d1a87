"""What is alike in many renderings is held once, and what is not alike never is."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, deploy, topology

from pinnace_cloud.render import Renderer
from pinnace_cloud.render.sharing import Shared
from pinnace_schemas import codec

GROUPS = 20


def variants() -> Renderer:
    """One component with a Service, in another variant for each group."""
    policies: list[dict[str, Any]] = []
    steps = []
    for number in range(GROUPS):
        name = f"g{number:02}"
        patch = {"name": "web", "properties": {"env": [{"name": "SHOP", "value": name}]}}
        override = {"name": f"{name}-only", "type": "override", "properties": {"components": [patch]}}
        policies += [topology(name, clusters=[name]), override]
        steps.append(deploy(name, f"{name}-only"))
    web = component(ports=[{"port": 80, "expose": True}])
    return Renderer(application(web, component("api"), policies=policies, workflow={"steps": steps}))


def test_renderings_hold_no_more_than_the_distinct_objects() -> None:
    objects = [item for rendering in variants().each() for item in rendering.objects]
    distinct = {codec.canonical(item) for item in objects}
    assert len(objects) == 3 * GROUPS
    assert len({id(item) for item in objects}) == len(distinct) == GROUPS + 2


@pytest.mark.parametrize("other", [1, True, 1.0, "1", None, [1], {"a": 1}], ids=repr)
def test_values_of_different_kinds_are_not_alike(other: Any) -> None:
    values: list[Any] = [1, True, 1.0, "1", None, [1], {"a": 1}]
    shared = Shared()
    kept = [shared.one({"data": value}) for value in values]
    assert repr(shared.one({"data": other})) == repr({"data": other})
    assert len({id(item) for item in kept}) == len(values)


def test_what_is_no_plain_value_is_left_as_it_is() -> None:
    item = {"data": object()}
    assert Shared().one(item) is item
