"""What `statefulset`, `cron-task` and the deprecated `raw` make of their properties."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "1"}}


def cron(**properties: Any) -> Json:
    (found,) = rendered(component("night", "cron-task", schedule="0 3 * * *", **properties))
    return found


def raw(**item: Any) -> Json:
    return {"name": "plain", "type": "raw", "properties": item}


def test_a_stateful_set_has_a_service_for_exposed_ports() -> None:
    ports = [{"port": 5432, "expose": True, "nodePort": 30432}]
    workload, service = rendered(component("db", "statefulset", ports=ports, args=["-x"], exposeType="NodePort"))
    assert (workload["apiVersion"], workload["kind"]) == ("apps/v1", "StatefulSet")
    assert workload["spec"]["template"]["spec"]["containers"][0]["args"] == ["-x"]
    assert "serviceName" not in workload["spec"]
    port = {"port": 5432, "targetPort": 5432, "name": "port-5432", "protocol": "TCP", "nodePort": 30432}
    assert (service["spec"]["type"], service["spec"]["ports"]) == ("NodePort", [port])


@pytest.mark.parametrize("kind", ["webservice", "statefulset"])
def test_only_a_daemon_takes_an_external_name(kind: str) -> None:
    (error,) = refused(component("db", kind, exposeType="ExternalName"))
    assert error.path == "spec.components[0].properties.exposeType"
    assert rendered(component("db", "daemon", exposeType="ExternalName"))


def test_only_probes_of_what_may_be_called_name_a_host_and_a_scheme() -> None:
    probe = {"httpGet": {"path": "/", "port": 80, "host": "other", "scheme": "HTTPS"}}
    (found,) = rendered(component("web", "statefulset", livenessProbe=probe))
    container = found["spec"]["template"]["spec"]["containers"][0]
    assert container["livenessProbe"]["httpGet"] == probe["httpGet"]
    errors = refused(component("job", "worker", livenessProbe=probe))
    path = "spec.components[0].properties.livenessProbe.httpGet"
    assert [item.path for item in errors] == [f"{path}.host", f"{path}.scheme"]


def test_a_stateful_set_takes_no_other_limit() -> None:
    (warning,) = render.render(application(component("db", "statefulset", limit={"cpu": "1"}))).diagnostics
    assert (warning.severity, warning.reason) == (Severity.WARNING, Reason.UNKNOWN_FIELD)


def test_a_cron_task_is_a_cron_job_with_the_defaults_of_kubevela() -> None:
    found = cron()
    assert (found["apiVersion"], found["kind"], found["metadata"]["name"]) == ("batch/v1", "CronJob", "night")
    labels = {"app.oam.dev/component": "night", "app.oam.dev/name": "shop"}
    pod = {"containers": [{"name": "night", "image": "nginx"}], "restartPolicy": "Never"}
    job = {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    assert found["spec"] == {
        "schedule": "0 3 * * *",
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"metadata": {"labels": labels}, "spec": job},
    }


def test_a_cron_task_says_how_runs_start_and_end() -> None:
    found = cron(
        startingDeadlineSeconds=60,
        ttlSecondsAfterFinished=3600,
        activeDeadlineSeconds=600,
        count=2,
        labels={"x": "y"},
        annotations={"note": "z"},
        hostAliases=[{"ip": "10.0.0.1", "hostnames": ["till"]}],
        volumeMounts={"emptyDir": [{"name": "tmp", "mountPath": "/tmp"}]},
    )
    template = found["spec"]["jobTemplate"]
    job, pod = template["spec"], template["spec"]["template"]["spec"]
    assert found["spec"]["startingDeadlineSeconds"] == 60
    assert (job["ttlSecondsAfterFinished"], job["activeDeadlineSeconds"], job["completions"]) == (3600, 600, 2)
    assert template["metadata"]["labels"]["x"] == job["template"]["metadata"]["labels"]["x"] == "y"
    assert template["metadata"]["annotations"] == job["template"]["metadata"]["annotations"] == {"note": "z"}
    assert pod["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["till"]}]
    assert pod["volumes"] == [{"name": "tmp", "emptyDir": {"medium": ""}}]


def test_probes_of_a_cron_task_have_no_effect_and_are_warned_of() -> None:
    night = component("night", "cron-task", schedule="0 3 * * *", livenessProbe={"tcpSocket": {"port": 80}})
    found = render.render(application(night))
    assert [item.path for item in found.diagnostics] == ["spec.components[0].properties.livenessProbe"]
    pod = found.objects[0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"] == [{"name": "night", "image": "nginx"}]


@pytest.mark.parametrize(
    ("name", "properties", "path"),
    [("n" * 53, {}, "name"), ("night", {"restart": "Always"}, "properties.restart")],
)
def test_what_no_cluster_takes_of_a_cron_task_is_refused_where_it_would_be_applied(
    name: str, properties: Json, path: str
) -> None:
    night = component(name, "cron-task", schedule="0 3 * * *", **properties)
    (error,) = refused(night)
    assert error.path == f"spec.components[0].{path}"
    assert rendered(night, purpose=Purpose.PRINT)


def test_a_raw_object_is_rendered_as_written_and_gets_the_name_of_its_component() -> None:
    found = render.render(application(raw(**CONFIG_MAP)))
    assert found.objects[0]["data"] == {"a": "1"}
    assert found.objects[0]["metadata"]["name"] == "plain"
    (warning,) = found.diagnostics
    assert (warning.reason, warning.path, warning.hint) == (
        Reason.DEPRECATED,
        "spec.components[0].type",
        "use k8s-objects",
    )


def test_a_raw_object_without_a_kind_is_refused() -> None:
    (error,) = refused(raw(apiVersion="v1"))
    assert error.path == "spec.components[0].properties.kind"
