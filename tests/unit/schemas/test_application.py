"""The envelope of an Application: every field of KubeVela's, and what is filled in."""

from typing import Any

import pytest

from pinnace_schemas import application, fields
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Severity

FULL: dict[str, Any] = {
    "apiVersion": "core.oam.dev/v1beta1",
    "kind": "Application",
    "metadata": {"name": "shop", "namespace": "retail", "labels": {"a": "b"}, "annotations": {"c": "d"}},
    "spec": {
        "components": [
            {
                "name": "web",
                "type": "webservice",
                "properties": {"image": "nginx"},
                "dependsOn": ["db"],
                "inputs": [{"from": "host", "parameterKey": "env[0].value"}],
                "outputs": [{"name": "url", "valueFrom": "output.status.url"}],
                "traits": [{"type": "labels", "name": "mine", "properties": {"a": "b"}}],
                "externalRevision": "v1",
                "replicaKey": "one",
            }
        ],
        "policies": [{"name": "where", "type": "topology", "properties": {"clusters": ["north"]}}],
        "workflow": {
            "mode": {"steps": "DAG", "subSteps": "StepByStep"},
            "steps": [
                {
                    "name": "all",
                    "type": "step-group",
                    "meta": {"alias": "All"},
                    "if": "always",
                    "timeout": "5m",
                    "dependsOn": ["x"],
                    "inputs": [{"from": "a"}],
                    "outputs": [{"name": "b", "valueFrom": "c"}],
                    "properties": {"p": 1},
                    "mode": "DAG",
                    "subSteps": [{"type": "deploy", "name": "one", "if": "status.x.failed"}],
                }
            ],
        },
    },
}


def parse(value: dict[str, Any]) -> Application:
    found, problems = fields.check(Application, value, Severity.ERROR)
    assert problems == ()
    assert found is not None
    return found


def with_spec(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "shop"}, "spec": {"components": [], **spec}}


def test_the_whole_envelope_is_kept() -> None:
    assert application.to_dict(parse(FULL)) == FULL


def test_the_namespace_is_default_where_none_is_written() -> None:
    assert parse(with_spec()).namespace == "default"


def test_unnamed_policies_get_kubevelas_names() -> None:
    found = parse(with_spec(policies=[{"type": "topology"}, {"type": "override"}]))
    assert [item.name for item in found.spec.policies] == ["topology-auto-gen-0", "override-auto-gen-1"]


def test_null_means_left_out() -> None:
    found = parse(with_spec(components=[{"name": "a", "type": "b", "properties": None, "traits": None}]))
    assert found.spec.components[0].traits == ()
    assert found.spec.components[0].properties == {}


@pytest.mark.parametrize("properties", ["...", ["a"], 5, True])
def test_properties_that_are_no_map_are_refused_with_their_path(properties: object) -> None:
    value = with_spec(components=[{"name": "a", "type": "b", "properties": properties}])
    found, (problem,) = fields.check(Application, value, Severity.ERROR)
    assert found is None
    assert problem.path == "spec.components[0].properties"


def test_ref_and_steps_of_a_workflow_exclude_each_other() -> None:
    value = with_spec(workflow={"ref": "a", "steps": [{"type": "deploy"}]})
    _, (problem,) = fields.check(Application, value, Severity.ERROR)
    assert problem.path == "spec.workflow"


def test_names_that_stand_twice_are_named_with_the_first_place() -> None:
    policies = [{"name": "a", "type": "topology"}, {"name": "a", "type": "topology"}]
    (problem,) = application.name_problems(parse(with_spec(policies=policies)), Severity.WARNING)
    assert problem.severity is Severity.ERROR
    assert problem.message == "duplicate policy name 'a', also at spec.policies[0]"


def test_an_application_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse(FULL).metadata.name = "other"  # type: ignore[misc]  # the rule that is tested
