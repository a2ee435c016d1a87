"""KubeVela's own tests of merging and placing, as tables: the same cases give the same components and places here."""

from typing import Any

import pytest
from tests.compat.kubevela import case_name, cases

from pinnace_cloud import placement
from pinnace_cloud.render import drafts
from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.policies.override import Override
from pinnace_schemas import fields, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.resources import NodeGroup

Json = dict[str, Any]


def application(components: list[Json], policies: list[Json], *steps: Json) -> Application:
    spec: Json = {"components": components, "policies": policies}
    workflow = {"workflow": {"steps": list(steps)}} if steps else {}
    return Application.model_validate({"metadata": {"name": "app"}, "spec": {**spec, **workflow}})


def overridden(components: list[Json], properties: Json) -> list[Json]:
    parameters, problems = fields.check(Override.parameters, properties, Severity.ERROR)
    assert parameters is not None, problems
    before = drafts.written(application(components, []))
    after, problems = Override().change(parameters, ("spec", "policies", 0), before)
    assert problems == ()
    return [plain(item) for item in after]


def plain(item: Draft) -> Json:
    """As the table writes it: no empty list of traits, no empty properties."""
    found = item.component.model_dump(mode="json", by_alias=True, exclude_none=True)
    found["traits"] = [{key: value for key, value in trait.items() if value} for trait in found["traits"]]
    return normal(found)


def normal(component: Json) -> Json:
    return {key: value for key, value in component.items() if value}


@pytest.mark.parametrize("case", cases("override_patch"), ids=case_name)
def test_overrides_merge_as_upstream(case: Json) -> None:
    patch = {"components": case["envPatch"]["components"]}
    selector = {"selector": case["selector"]["components"]} if "selector" in case else {}
    found = overridden(case["baseApp"]["spec"]["components"], {**patch, **selector})
    assert found == [normal(item) for item in case["expectedApp"]["spec"]["components"]]


@pytest.mark.parametrize("case", cases("deploy_override"), ids=case_name)
def test_overrides_of_a_deploy_step_are_read_as_upstream(case: Json) -> None:
    components = [{"type": "worker", **item} for item in case.get("components", ())]
    spec = {"components": components, "policies": case["policies"]}
    document = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": {"name": "app"}, "spec": spec}
    app, problems = manifest.parse(document)
    if app is None:
        assert [item.path for item in problems] == ["spec.policies[0].properties"]
        assert "failed to parse" in case["error"]
        return
    assert isinstance(app, Application)
    if "error" in case:
        placed = placement.place(app, [NodeGroup.model_validate({"metadata": {"name": "local"}})])
        assert [item.path for item in placed.errors] == ["spec.policies[0].properties"]
        return
    found = overridden(components, case["policies"][0]["properties"])
    assert [item["properties"] for item in found] == [item["properties"] for item in case["result"]]


@pytest.mark.parametrize("case", cases("topology_placement"), ids=case_name)
def test_topologies_are_placed_as_upstream(case: Json) -> None:
    step = {"type": "deploy", "properties": {"policies": case.get("policiesToGet") or []}}
    app = application([], case.get("policiesInAppfile") or [], step)
    placed = placement.place(app, [NodeGroup.model_validate({"metadata": {"name": "local"}})])
    wanted = [(item["cluster"], item.get("namespace")) for item in case.get("expectedPlacements", ())]
    assert [(item.group, item.namespace) for item in placed.placements] == wanted
    messages = " ".join(item.message.replace("'", "") for item in placed.errors)
    assert case.get("errorContains", "") in messages
    assert bool(placed.errors) == case.get("expectError", False)
