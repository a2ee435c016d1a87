"""KubeVela's own tests of generated workflow steps and of replication, as tables: the same cases give the same here."""

from typing import Any

import pytest
from tests.compat.kubevela import case_name, cases

from pinnace_cloud.render import drafts, generated_steps
from pinnace_cloud.render.policies.replication import Replication
from pinnace_schemas import diagnostics, fields, manifest
from pinnace_schemas.application import Application, Component, Step
from pinnace_schemas.diagnostics import Severity

Json = dict[str, Any]


def application(spec: Json) -> Application | None:
    """None where it cannot be read. Components of the tables have no type where it does not matter."""
    components = [{"type": "worker", **item} for item in spec.get("components", ())]
    document = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": {"name": "app"}}
    found, _ = manifest.parse({**document, "spec": {**spec, "components": components}})
    assert found is None or isinstance(found, Application)
    return found


def written(step: Step) -> Json:
    return step.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def workflows(case: Json) -> dict[str, tuple[Step, ...]]:
    """The table assumes this Workflow object."""
    return {"ref-wf": tuple(Step.model_validate(item) for item in case.get("output", ()))}


@pytest.mark.parametrize("case", cases("workflow_step_generator"), ids=case_name)
def test_steps_are_made_up_as_upstream(case: Json) -> None:
    spec: Json = case["app"]["spec"]
    workflow = {**spec.get("workflow", {}), **({"steps": case["input"]} if case["input"] else {})}
    app = application({**spec, **({"workflow": workflow} if workflow else {})})
    if app is None:
        assert case.get("hasError")
        return
    overrides = [item.name for item in app.spec.policies if item.type == "override"]
    steps, problems = generated_steps.steps(app, overrides, workflows(case))
    assert bool(problems) == case.get("hasError", False)
    assert [written(step) for step in steps] == case.get("output", [])


@pytest.mark.parametrize("case", [item for item in cases("replication") if "policies" in item], ids=case_name)
def test_components_are_replicated_as_upstream(case: Json) -> None:
    app = application({"components": case["components"], "policies": case["policies"]})
    if app is None:
        assert "failed to parse" in case["error"]
        return
    found, errors = replicated(app)
    assert bool(errors) == ("error" in case)
    if not errors:
        assert [named(item) for item in found] == case["result"]


def replicated(app: Application) -> tuple[list[Component], tuple[str, ...]]:
    components, errors = drafts.written(app), list[str]()
    for policy in app.spec.policies:
        if policy.type == "replication":
            parameters, _ = fields.check(Replication.parameters, policy.properties, Severity.ERROR)
            assert parameters is not None
            components, problems = Replication().change(parameters, ("spec", "policies", 0), components)
            errors += [item.message for item in diagnostics.errors(problems)]
    return [item.component for item in components], tuple(errors)


def named(item: Component) -> Json:
    return {"name": item.name, **({"replicaKey": item.replica_key} if item.replica_key else {})}


@pytest.mark.parametrize("case", [item for item in cases("replication") if "policies" not in item], ids=case_name)
def test_components_to_replicate_are_chosen_as_upstream(case: Json) -> None:
    policy = {"type": "replication", "properties": {"keys": ["one"], "selector": case["selector"] or []}}
    app = application({"components": case["components"], "policies": [policy]})
    assert app is not None
    found, errors = replicated(app)
    assert bool(errors) == ("error" in case)
    chosen = [{"name": item.name} for item in found if item.replica_key]
    assert chosen == (case["result"] or [])
