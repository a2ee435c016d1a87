"""What can still be read of an Application with errors, and which further errors are no consequence of the first."""

import json
from typing import Any

import pytest

from pinnace_schemas import diagnostics, manifest, remains
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason
from pinnace_schemas.remains import Remains

WEB = {"name": "web", "type": "webservice"}


def document(*components: Any, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": "Application",
        "metadata": {"name": "shop"},
        "spec": {"components": list(components), **spec},
    }


def left(value: dict[str, Any]) -> Remains:
    resource, problems = manifest.parse(value)
    assert resource is None
    found = remains.of(value, problems)
    assert found is not None
    return found


def further(found: Remains, *paths: str) -> list[str]:
    """Those of the paths at which something further may be said."""
    items = [Diagnostic(diagnostics.Severity.ERROR, Reason.INVALID, "wrong", path=path) for path in paths]
    return [item.path for item in found.further(items)]


@pytest.mark.parametrize(
    "broken",
    [{"type": "worker"}, {"name": "api"}, {**WEB, "properties": []}, {**WEB, "traits": 1}, "web", None, {}],
    ids=str,
)
def test_a_component_that_cannot_be_read_keeps_its_place(broken: Any) -> None:
    found = left(document(broken, WEB))
    assert found.application.spec.components[1].name == "web"
    assert further(found, "spec.components[0].type", "spec.components[1].type") == ["spec.components[1].type"]


def test_of_a_component_only_the_broken_trait_is_lost() -> None:
    found = left(document({**WEB, "traits": [{"properties": {}}, {"type": "scaler"}]}))
    assert [item.type for item in found.application.spec.components[0].traits][1] == "scaler"
    said = further(found, "spec.components[0].traits[0].type", "spec.components[0].traits[1].properties.replicas")
    assert said == ["spec.components[0].traits[1].properties.replicas"]


def test_a_broken_policy_keeps_the_name_that_steps_use() -> None:
    found = left(document(WEB, policies=[{"name": "north"}]))
    assert found.application.spec.policies[0].name == "north"


def test_nothing_is_said_of_a_workflow_where_policies_or_steps_are_not_known() -> None:
    steps = {"steps": [{"type": "deploy"}, {"type": "deploy"}]}
    sound = left(document(WEB, {}, workflow=steps))
    assert further(sound, "spec.workflow.steps[1].type") == ["spec.workflow.steps[1].type"]
    unsure = left(document(WEB, policies=[{}], workflow=steps))
    assert further(unsure, "spec.workflow.steps[1].type", "spec.components[0].type") == ["spec.components[0].type"]


def test_unknown_fields_leave_all_of_it_readable() -> None:
    found = left(document({**WEB, "nmae": 1}, WEB, polices=[]))
    assert found.unreadable == frozenset()
    assert further(found, "spec.components[0].nmae", "spec.components[1].type") == ["spec.components[1].type"]


def test_names_that_stand_twice_are_found_beside_other_errors_and_said_once() -> None:
    read = manifest.read(json.dumps(document({**WEB, "nmae": 1}, WEB, {})))
    assert [item.path for item in read.errors] == [
        "spec.components[0].nmae",
        "spec.components[2].name",
        "spec.components[2].type",
        "spec.components[1].name",
    ]
    (broken,) = read.broken
    assert further(broken.remains, "spec.components[1].name") == []


@pytest.mark.parametrize("metadata", [{}, {"name": "shop", "labels": {"tier": 1}}, None, []], ids=str)
def test_wrong_metadata_hide_nothing(metadata: Any) -> None:
    found = left({**document(WEB), "metadata": metadata})
    assert further(found, "spec.components[0].type") == ["spec.components[0].type"]


def test_a_workflow_that_contradicts_itself_hides_nothing() -> None:
    found = left(document(WEB, workflow={"ref": "other", "steps": [{"type": "deploy"}]}))
    assert found.application.spec.workflow is None


@pytest.mark.parametrize("spec", [None, [], {}, {"components": 1}], ids=str)
def test_without_components_nothing_is_left(spec: Any) -> None:
    value = {**document(), "spec": spec}
    _, problems = manifest.parse(value)
    assert remains.of(value, problems) is None
