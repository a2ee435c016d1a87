"""What `daemon` and `task` make of their properties, where they differ from `webservice`."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas.diagnostics import Severity


def daemon(**properties: Any) -> tuple[dict[str, Any], ...]:
    return rendered(component("agent", "daemon", **properties))


def task(**properties: Any) -> dict[str, Any]:
    (found,) = rendered(component("load", "task", **properties))
    return found


def warnings(kind: str, **properties: Any) -> list[str]:
    found = render.render(application(component("web", kind, **properties))).diagnostics
    assert all(item.severity is Severity.WARNING for item in found)
    return [item.path.removeprefix("spec.components[0].properties.") for item in found]


def test_a_daemon_set_selects_the_pods_of_its_component() -> None:
    (found,) = daemon(labels={"tier": "x"})
    assert (found["apiVersion"], found["kind"], found["metadata"]["name"]) == ("apps/v1", "DaemonSet", "agent")
    assert found["spec"]["selector"] == {"matchLabels": {"app.oam.dev/component": "agent"}}
    labels = found["spec"]["template"]["metadata"]["labels"]
    assert labels == {"tier": "x", "app.oam.dev/component": "agent", "app.oam.dev/name": "shop"}
    assert found["spec"]["template"]["spec"] == {"containers": [{"name": "agent", "image": "nginx"}]}


def test_the_service_of_a_daemon_says_no_protocol() -> None:
    workload, service = daemon(ports=[{"port": 53, "protocol": "UDP", "expose": True}, {"port": 80, "name": "http"}])
    assert workload["spec"]["template"]["spec"]["containers"][0]["ports"] == [
        {"containerPort": 53, "name": "port-53", "protocol": "UDP"},
        {"containerPort": 80, "name": "http", "protocol": "TCP"},
    ]
    assert service["spec"] == {
        "selector": {"app.oam.dev/component": "agent"},
        "ports": [{"name": "port-53", "port": 53, "targetPort": 53}],
        "type": "ClusterIP",
    }


def test_a_daemon_mounts_host_paths_and_warns_of_what_has_no_effect() -> None:
    mount = {
        "name": "sys",
        "mountPath": "/host",
        "path": "/sys",
        "readOnly": True,
        "mountPropagation": "HostToContainer",
    }
    (found,) = daemon(volumeMounts={"hostPath": [mount]})
    pod = found["spec"]["template"]["spec"]
    assert pod["containers"][0]["volumeMounts"] == [{"mountPath": "/host", "name": "sys"}]
    assert pod["volumes"] == [{"name": "sys", "hostPath": {"path": "/sys"}}]
    place = "volumeMounts.hostPath[0]"
    assert warnings("daemon", volumeMounts={"hostPath": [mount]}) == [f"{place}.readOnly", f"{place}.mountPropagation"]


def test_a_daemon_knows_no_arguments_and_no_limit() -> None:
    assert warnings("daemon", args=["x"], limit={"cpu": "1"}) == ["args", "limit"]


def test_a_job_is_called_like_application_and_component_and_runs_once() -> None:
    found = task(cmd=["load"], labels={"tier": "x"}, annotations={"note": "y"})
    assert (found["apiVersion"], found["kind"], found["metadata"]["name"]) == ("batch/v1", "Job", "shop-load")
    own = {"app.oam.dev/component": "load", "app.oam.dev/name": "shop"}
    assert found["spec"] == {
        "parallelism": 1,
        "completions": 1,
        "template": {
            "metadata": {"labels": {"tier": "x", **own}, "annotations": {"note": "y"}},
            "spec": {
                "containers": [{"name": "load", "image": "nginx", "command": ["load"]}],
                "restartPolicy": "Never",
            },
        },
    }


def test_count_and_restart_of_a_task() -> None:
    spec = task(count=3, restart="OnFailure")["spec"]
    assert (spec["parallelism"], spec["completions"]) == (3, 3)
    assert spec["template"]["spec"]["restartPolicy"] == "OnFailure"


def test_a_task_takes_volumes_but_no_volume_mounts() -> None:
    pod = task(volumes=[{"name": "a", "mountPath": "/a"}])["spec"]["template"]["spec"]
    assert pod["containers"][0]["volumeMounts"] == [{"name": "a", "mountPath": "/a"}]
    assert pod["volumes"] == [{"name": "a", "emptyDir": {"medium": ""}}]
    mounts = {"emptyDir": [{"name": "a", "mountPath": "/a"}]}
    assert warnings("task", volumeMounts=mounts) == ["volumeMounts"]


def test_probes_of_a_task_are_checked_but_not_written() -> None:
    probe = {"tcpSocket": {"port": 80}}
    assert "livenessProbe" not in task(livenessProbe=probe)["spec"]["template"]["spec"]["containers"][0]
    assert warnings("task", livenessProbe=probe, readinessProbe=probe) == ["livenessProbe", "readinessProbe"]
    (found,) = refused(component("load", "task", livenessProbe={"tcpSocket": {}}))
    assert found.path == "spec.components[0].properties.livenessProbe.tcpSocket.port"


@pytest.mark.parametrize(
    ("name", "properties", "path"),
    [("load", {"restart": "Always"}, "properties.restart"), ("l" * 60, {}, "name")],
)
def test_a_job_that_no_cluster_takes_is_refused_at_apply_and_warned_of_in_print(
    name: str, properties: dict[str, Any], path: str
) -> None:
    item = component(name, "task", **properties)
    assert [found.path for found in refused(item)] == [f"spec.components[0].{path}"]
    assert len(rendered(item, purpose=Purpose.PRINT)) == 1


def test_traits_reach_the_pods_of_a_daemon_and_of_a_task() -> None:
    trait = {"type": "labels", "properties": {"team": "a"}}
    for kind in ("daemon", "task"):
        (found,) = rendered(component("web", kind, trait))
        assert found["spec"]["template"]["metadata"]["labels"]["team"] == "a"
