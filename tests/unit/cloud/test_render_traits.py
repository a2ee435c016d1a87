"""What traits do to the workload of their component."""

from typing import Any

from tests.unit.cloud.applications import component, refused, rendered


def trait(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "properties": properties}


def workload(*traits: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return rendered(component("web", "webservice", *traits, **properties))[0]


def exposed(**properties: Any) -> dict[str, Any]:
    return rendered(component("web", "webservice", trait("expose", **properties)))[1]


def test_scaler_sets_the_replicas_and_one_is_the_default() -> None:
    assert workload(trait("scaler", replicas=3))["spec"]["replicas"] == 3
    assert workload({"type": "scaler"})["spec"]["replicas"] == 1


def test_labels_reach_workload_and_pods_and_null_takes_them_away() -> None:
    labels = {"type": "labels", "properties": {"added": "1", "changed": "2", "gone": None}}
    found = workload(labels, labels={"changed": "1", "gone": "1"})
    pods = found["spec"]["template"]["metadata"]["labels"]
    assert (pods["added"], pods["changed"], "gone" in pods) == ("1", "2", False)
    assert found["metadata"]["labels"]["added"] == "1"
    assert "added" not in found["spec"]["selector"]["matchLabels"]


def test_annotations_reach_workload_and_pods() -> None:
    found = workload(trait("annotations", note="x"))
    assert found["metadata"]["annotations"] == {"note": "x"}
    assert found["spec"]["template"]["metadata"]["annotations"] == {"note": "x"}


def test_annotations_reach_the_jobs_of_a_cron_job() -> None:
    spec: dict[str, Any] = {"jobTemplate": {"spec": {"template": {"spec": {}}}}}
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "spec": spec}
    (found,) = rendered(component("night", "k8s-objects", trait("annotations", note="x"), objects=[job]))
    template = found["spec"]["jobTemplate"]
    assert template["metadata"]["annotations"] == {"note": "x"}
    assert template["spec"]["template"]["metadata"]["annotations"] == {"note": "x"}


def test_traits_apply_in_order() -> None:
    assert workload(trait("scaler", replicas=3), trait("scaler", replicas=5))["spec"]["replicas"] == 5


def test_expose_makes_a_service_from_either_form_of_ports() -> None:
    old = exposed(port=[80])
    assert old["spec"] == {
        "selector": {"app.oam.dev/component": "web"},
        "ports": [{"name": "port-80", "port": 80, "targetPort": 80}],
        "type": "ClusterIP",
    }
    ports = [{"port": 53, "protocol": "UDP", "nodePort": 30053}]
    new = exposed(ports=ports, type="NodePort", matchLabels={"app": "x"}, annotations={"a": "b"})
    port = {"name": "port-53-udp", "port": 53, "targetPort": 53, "protocol": "UDP", "nodePort": 30053}
    assert new["spec"] == {"selector": {"app": "x"}, "ports": [port], "type": "NodePort"}
    assert new["metadata"]["annotations"] == {"a": "b"}


def test_labels_that_are_no_texts_are_refused_by_path() -> None:
    (found,) = refused(component("web", "webservice", {"type": "labels", "properties": {"release": 1}}))
    assert found.path == "spec.components[0].traits[0].properties.release"
