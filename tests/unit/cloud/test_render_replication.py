"""The policy replication: one component for each key, where a deploy step names it, after all overrides."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from tests.unit.cloud.applications import application, component, deploy, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Rendering, installed
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

TWICE = {"name": "twice", "type": "replication", "properties": {"keys": ["a", "b"], "selector": ["web"]}}


class Zoned:
    """A type that looks at the key of a replica, as definitions do."""

    name = "zoned"

    class Parameters(BaseModel):
        image: str

    parameters = Parameters

    def render(self, context: Context, parameters: Parameters) -> Output:
        name = "-".join(part for part in (context.component, context.replica) if part)
        item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": parameters.image}}
        return Output((Part(item, Origin.WORKLOAD, self.name),))


def rendering(kind: str, *policies: dict[str, Any], steps: Any = None, purpose: Purpose = Purpose.APPLY) -> Rendering:
    known = installed.registry()
    registry = replace(known, components=MappingProxyType({**known.components, "zoned": Zoned()}))
    components = (component("web", kind), component("other", "zoned"))
    workflow = {"workflow": {"steps": steps}} if steps is not None else {}
    app = application(*components, policies=[topology(clusters=["local"]), *policies], **workflow)
    return render.render(app, registry=registry, purpose=purpose)


def names(found: Rendering) -> list[str]:
    assert found.errors == ()
    return [item["metadata"]["name"] for item in found.objects]


def test_a_component_stands_once_for_each_key_behind_the_others() -> None:
    found = rendering("zoned", TWICE, steps=[deploy("where", "twice")])
    assert names(found) == ["other", "web-a", "web-b"]
    assert found.diagnostics == ()


def test_overrides_come_first_wherever_the_step_names_them() -> None:
    change = {"components": [{"name": "web", "properties": {"image": "changed"}}]}
    override = {"name": "newer", "type": "override", "properties": change}
    found = rendering("zoned", TWICE, override, steps=[deploy("where", "twice", "newer")])
    assert [item["data"]["a"] for item in found.objects] == ["nginx", "changed", "changed"]


def test_without_a_step_that_names_it_it_has_no_effect_and_a_warning_says_so() -> None:
    for steps in (None, [deploy("where")]):
        found = rendering("zoned", TWICE, steps=steps)
        assert names(found) == ["web", "other"]
        (problem,) = found.diagnostics
        assert (problem.severity, problem.path) == (Severity.WARNING, "spec.policies[1]")


def test_replicas_of_a_type_that_does_not_look_at_the_key_are_refused() -> None:
    found = rendering("webservice", TWICE, steps=[deploy("where", "twice")])
    assert [(item.reason, item.path) for item in found.errors] == [(Reason.INVALID, "spec.components[0].properties")]
    assert "stands twice" in found.errors[0].message


def test_a_selector_that_means_nothing_and_no_keys_are_refused() -> None:
    for properties, field in (({"keys": ["a"], "selector": ["wbe"]}, "selector"), ({"keys": []}, "keys")):
        policy: dict[str, Any] = {"name": "twice", "type": "replication", "properties": properties}
        (problem,) = rendering("zoned", policy, steps=[deploy("where", "twice")]).errors
        assert problem.path == f"spec.policies[1].properties.{field}"
