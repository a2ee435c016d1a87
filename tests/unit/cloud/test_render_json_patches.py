"""Free patches of the workload: `json-patch` and `json-merge-patch`."""

from typing import Any

import pytest
from tests.unit.cloud.applications import component, refused, rendered

Json = dict[str, Any]
PATCH = "spec.components[0].traits[0].properties"


def merge_patch(**patch: Any) -> Json:
    return {"type": "json-merge-patch", "properties": patch}


def json_patch(*operations: Json) -> Json:
    return {"type": "json-patch", "properties": {"operations": list(operations)}}


def workload(*traits: Json) -> Json:
    return rendered(component("web", "webservice", *traits))[0]


def test_a_merge_patch_sets_and_takes_away() -> None:
    found = workload(merge_patch(spec={"replicas": 2, "selector": None, "template": {"spec": {"containers": []}}}))
    assert found["spec"]["replicas"] == 2
    assert "selector" not in found["spec"]
    assert found["spec"]["template"]["spec"]["containers"] == []


def test_operations_are_done_in_order() -> None:
    found = workload(
        json_patch(
            {"op": "add", "path": "/spec/paused", "value": None},
            {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:2"},
            {"op": "copy", "from": "/metadata/name", "path": "/spec/template/spec/hostname"},
        )
    )
    pod = found["spec"]["template"]["spec"]
    assert (found["spec"]["paused"], pod["containers"][0]["image"], pod["hostname"]) == (None, "web:2", "web")


def test_an_operation_that_does_not_fit_is_refused_with_its_number() -> None:
    (error,) = refused(component("web", "webservice", json_patch({"op": "remove", "path": "/spec/replicas"})))
    assert error.path == PATCH
    assert "operations[0]: there is no /spec/replicas" in error.message


def test_an_unknown_operation_is_refused_at_its_place() -> None:
    (error,) = refused(component("web", "webservice", json_patch({"op": "put", "path": "/spec"})))
    assert error.path == f"{PATCH}.operations[0].op"


@pytest.mark.parametrize(
    ("trait", "message"),
    [
        (merge_patch(kind=None), "leaves no Kubernetes object: kind is required in a Kubernetes object"),
        (merge_patch(metadata=None), "leaves no Kubernetes object: metadata.name is required in a Kubernetes object"),
        (merge_patch(metadata=[]), "leaves no Kubernetes object: metadata.name is required in a Kubernetes object"),
        (merge_patch(metadata="x"), "leaves no Kubernetes object: metadata must be a map, got the text 'x'"),
        (
            json_patch({"op": "replace", "path": "", "value": []}),
            "makes the workload a list; it has to stay a Kubernetes object",
        ),
    ],
)
def test_a_patch_after_which_there_is_no_object_is_refused(trait: Json, message: str) -> None:
    (error,) = refused(component("web", "webservice", trait))
    assert (error.path, error.message) == (PATCH, message)
