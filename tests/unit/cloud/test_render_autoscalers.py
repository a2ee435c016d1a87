"""What scales with the load: `hpa` and `cpuscaler`."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render

Json = dict[str, Any]


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def scaler(kind: str, **properties: Any) -> Json:
    return rendered(component("web", "webservice", trait(kind, **properties)))[1]


def metrics(**properties: Any) -> list[Json]:
    return list(scaler("hpa", **properties)["spec"]["metrics"])


@pytest.mark.parametrize(("kind", "version"), [("hpa", "autoscaling/v2"), ("cpuscaler", "autoscaling/v1")])
def test_the_deployment_of_the_component_is_scaled_between_one_and_ten(kind: str, version: str) -> None:
    found = scaler(kind)
    assert (found["apiVersion"], found["kind"]) == (version, "HorizontalPodAutoscaler")
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert found["spec"]["scaleTargetRef"] == target
    assert (found["spec"]["minReplicas"], found["spec"]["maxReplicas"]) == (1, 10)


def test_the_cpuscaler_holds_a_share_of_the_processor() -> None:
    assert scaler("cpuscaler")["spec"]["targetCPUUtilizationPercentage"] == 50
    assert scaler("cpuscaler", cpuUtil=70)["spec"]["targetCPUUtilizationPercentage"] == 70


def test_the_hpa_always_looks_at_the_processor() -> None:
    target = {"type": "Utilization", "averageUtilization": 50}
    assert metrics() == [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def test_the_hpa_looks_at_memory_and_at_numbers_of_the_pods() -> None:
    _, memory, pods = metrics(
        mem={"type": "AverageValue", "value": 4096}, podCustomMetrics=[{"name": "queue", "value": "30"}]
    )
    assert memory["resource"] == {"name": "memory", "target": {"type": "AverageValue", "averageValue": 4096}}
    target = {"type": "AverageValue", "averageValue": "30"}
    assert pods == {"type": "Pods", "pods": {"metric": {"name": "queue"}, "target": target}}


def test_fewer_at_most_than_at_least_is_refused() -> None:
    (error,) = refused(component("web", "webservice", trait("hpa", min=3, max=2)))
    assert error.path == "spec.components[0].traits[0].properties.max"


def test_a_workload_of_another_kind_than_the_one_that_is_scaled_is_warned_of() -> None:
    stateful = component("db", "statefulset", trait("hpa"))
    (warning,) = render.render(application(stateful)).diagnostics
    assert warning.message == "scales a Deployment of apps/v1, but the workload is a StatefulSet of apps/v1"
    told = component("db", "statefulset", trait("hpa", targetKind="StatefulSet"))
    assert render.render(application(told)).diagnostics == ()
