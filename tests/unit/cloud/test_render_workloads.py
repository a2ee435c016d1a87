"""What `webservice` and `worker` make of their properties."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas.diagnostics import Severity

KINDS = ("webservice", "worker")


def template(kind: str = "webservice", **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = rendered(component("web", kind, **properties))[0]["spec"]["template"]
    return found


def pod(kind: str = "webservice", **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = template(kind, **properties)["spec"]
    return found


def container(kind: str = "webservice", **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = pod(kind, **properties)["containers"][0]
    return found


def service(**properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = rendered(component("web", **properties))[1]["spec"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_deployment_selects_the_pods_of_its_component(kind: str) -> None:
    (found,) = rendered(component("web", kind))
    assert (found["kind"], found["metadata"]["name"]) == ("Deployment", "web")
    assert found["spec"]["selector"] == {"matchLabels": {"app.oam.dev/component": "web"}}
    labels = found["spec"]["template"]["metadata"]["labels"]
    assert labels == {"app.oam.dev/component": "web", "app.oam.dev/name": "shop"}


def test_nothing_is_written_that_was_not_asked_for() -> None:
    assert pod() == {"containers": [{"name": "web", "image": "nginx"}]}


@pytest.mark.parametrize("kind", KINDS)
def test_command_environment_and_pull_settings(kind: str) -> None:
    env = [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
        {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]
    found = pod(kind, cmd=["a", "b"], env=env, imagePullPolicy="Never", imagePullSecrets=["r"])
    assert found["imagePullSecrets"] == [{"name": "r"}]
    main = found["containers"][0]
    assert (main["command"], main["env"], main["imagePullPolicy"]) == (["a", "b"], env, "Never")


def test_a_worker_takes_no_ports() -> None:
    found = render.render(application(component("job", "worker", port=80)))
    assert [item.path for item in found.diagnostics] == ["spec.components[0].properties.port"]


@pytest.mark.parametrize("kind", KINDS)
def test_resources_are_requested_and_limited_alike(kind: str) -> None:
    both = {"cpu": "500m", "memory": "1Gi"}
    assert container(kind, **both)["resources"] == {"limits": both, "requests": both}
    assert container(kind, cpu="1")["resources"] == {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}


def test_a_limit_of_its_own_leaves_the_request() -> None:
    found = container(cpu="1", memory="1Gi", limit={"cpu": "2"})["resources"]
    assert found == {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}


def test_ports_have_names_made_of_number_and_protocol() -> None:
    ports = [{"port": 80}, {"port": 53, "protocol": "UDP"}, {"port": 443, "containerPort": 8443, "name": "https"}]
    assert container(ports=ports)["ports"] == [
        {"containerPort": 80, "name": "port-80", "protocol": "TCP"},
        {"containerPort": 53, "name": "port-53-udp", "protocol": "UDP"},
        {"containerPort": 8443, "name": "https", "protocol": "TCP"},
    ]


def test_the_old_port_counts_only_without_ports() -> None:
    assert container(port=80)["ports"] == [{"containerPort": 80}]
    assert container(port=80, ports=[])["ports"] == []


def test_exposed_ports_become_a_service() -> None:
    ports = [{"port": 80, "expose": True, "containerPort": 8080, "nodePort": 30080}, {"port": 81}]
    assert service(ports=ports) == {
        "selector": {"app.oam.dev/component": "web"},
        "ports": [{"port": 80, "targetPort": 8080, "name": "port-8080", "protocol": "TCP"}],
        "type": "ClusterIP",
    }
    assert service(ports=ports, exposeType="NodePort")["ports"][0]["nodePort"] == 30080


@pytest.mark.parametrize("kind", KINDS)
def test_volume_mounts_of_every_sort(kind: str) -> None:
    mounts = {
        "hostPath": [{"name": "h", "mountPath": "/h", "path": "/var"}],
        "emptyDir": [{"name": "e", "mountPath": "/e", "medium": "Memory"}],
        "secret": [{"name": "s", "mountPath": "/s", "secretName": "sec", "defaultMode": 256}],
        "configMap": [{"name": "c", "mountPath": "/c", "cmName": "cm", "items": [{"key": "k", "path": "p"}]}],
        "pvc": [
            {"name": "p", "mountPath": "/p", "claimName": "claim"},
            {"name": "p", "mountPath": "/q", "subPath": "sub", "claimName": "claim"},
        ],
    }
    found = pod(kind, volumeMounts=mounts)
    assert found["volumes"] == [
        {"name": "p", "persistentVolumeClaim": {"claimName": "claim"}},
        {
            "name": "c",
            "configMap": {"name": "cm", "defaultMode": 420, "items": [{"key": "k", "path": "p", "mode": 511}]},
        },
        {"name": "s", "secret": {"secretName": "sec", "defaultMode": 256}},
        {"name": "e", "emptyDir": {"medium": "Memory"}},
        {"name": "h", "hostPath": {"path": "/var"}},
    ]
    assert found["containers"][0]["volumeMounts"][:2] == [
        {"mountPath": "/p", "name": "p"},
        {"mountPath": "/q", "name": "p", "subPath": "sub"},
    ]
    assert [item["name"] for item in found["containers"][0]["volumeMounts"]] == ["p", "p", "c", "s", "e", "h"]


@pytest.mark.parametrize("kind", KINDS)
def test_old_volumes_are_empty_directories_unless_they_say_otherwise(kind: str) -> None:
    volumes = [
        {"name": "e", "mountPath": "/e"},
        {"name": "p", "mountPath": "/p", "type": "pvc", "claimName": "claim"},
        {"name": "c", "mountPath": "/c", "type": "configMap", "cmName": "cm"},
        {"name": "s", "mountPath": "/s", "type": "secret", "secretName": "sec"},
    ]
    found = pod(kind, volumes=volumes)
    assert found["volumes"] == [
        {"name": "e", "emptyDir": {"medium": ""}},
        {"name": "p", "persistentVolumeClaim": {"claimName": "claim"}},
        {"name": "c", "configMap": {"name": "cm", "defaultMode": 420}},
        {"name": "s", "secret": {"secretName": "sec", "defaultMode": 420}},
    ]
    assert found["containers"][0]["volumeMounts"][0] == {"mountPath": "/e", "name": "e"}


def test_an_old_volume_needs_what_its_type_needs() -> None:
    (found,) = refused(component(volumes=[{"name": "p", "mountPath": "/p", "type": "pvc"}]))
    assert (found.path, found.message) == (
        "spec.components[0].properties.volumes[0]",
        "a volume of type pvc needs 'claimName'",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_probes_have_their_times_written_out(kind: str) -> None:
    http = {"path": "/", "port": 80, "httpHeaders": [{"name": "a", "value": "b"}]}
    times = {"periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3}
    found = container(kind, livenessProbe={"httpGet": http}, readinessProbe={"exec": {"command": ["true"]}})
    assert found["livenessProbe"] == {"httpGet": http, "initialDelaySeconds": 0, **times}
    assert found["readinessProbe"] == {"exec": {"command": ["true"]}, "initialDelaySeconds": 0, **times}


def test_labels_annotations_arguments_and_host_aliases_of_a_webservice() -> None:
    aliases = [{"ip": "10.0.0.1", "hostnames": ["db"]}]
    found = template(labels={"tier": "front"}, annotations={"a": "b"}, args=["-v"], hostAliases=aliases)
    assert found["metadata"]["labels"]["tier"] == "front"
    assert found["metadata"]["annotations"] == {"a": "b"}
    assert found["spec"]["hostAliases"] == aliases
    assert found["spec"]["containers"][0]["args"] == ["-v"]


def test_no_label_changes_with_the_revision() -> None:
    found = render.render(application(component(addRevisionLabel=True)))
    assert [item.severity for item in found.diagnostics] == [Severity.WARNING]
    assert found.objects == rendered(component())


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"image": None}, "image"),
        ({"cpu": 1}, "cpu"),
        ({"cmd": "sleep"}, "cmd"),
        ({"cmd": ["sleep", 5]}, "cmd[1]"),
        ({"ports": [{"port": "80"}]}, "ports[0].port"),
        ({"ports": [{"port": True}]}, "ports[0].port"),
        ({"env": [{"name": "A", "value": 1}]}, "env[0].value"),
        ({"labels": {"a.b/c": 1}}, 'labels["a.b/c"]'),
        ({"exposeType": "Nodeport"}, "exposeType"),
        ({"cmd": None}, "cmd"),
    ],
)
def test_wrong_types_are_refused_by_path(properties: dict[str, Any], path: str) -> None:
    assert [item.path for item in refused(component(**properties))] == [f"spec.components[0].properties.{path}"]


def test_a_component_that_names_a_container_is_a_dns_label() -> None:
    assert "spec.components[0].name" in [item.path for item in refused(component("my.web"))]


@pytest.mark.parametrize("kind", [*KINDS, "daemon", "task"])
def test_a_variable_that_stands_twice_is_refused_at_apply_and_warned_of_in_print(kind: str) -> None:
    item = component("web", kind, env=[{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "value": "2"}])
    (found,) = refused(item)
    assert (found.path, found.message) == ("spec.components[0].properties.env[2].name", "variable 'A' stands twice")
    assert len(rendered(item, purpose=Purpose.PRINT)) == 1
