"""What `sidecar` and `init-container` add to the pods."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, pod, trait, warnings

WEB = {"name": "web", "image": "nginx"}
PROBE_DEFAULTS = {
    "initialDelaySeconds": 0,
    "periodSeconds": 10,
    "timeoutSeconds": 1,
    "successThreshold": 1,
    "failureThreshold": 3,
}


def sidecar(name: str = "side", image: str = "envoy", **properties: Any) -> Json:
    return trait("sidecar", name=name, image=image, **properties)


def init(name: str = "prepare", /, **properties: Any) -> Json:
    written = {"image": "busybox", "appMountPath": "/app", "initMountPath": "/init", **properties}
    return trait("init-container", name=name, **written)


def test_a_sidecar_stands_behind_the_other_containers() -> None:
    assert pod(sidecar())["containers"] == [WEB, {"name": "side", "image": "envoy"}]


def test_a_sidecar_is_written_as_it_is_given() -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]
    probe = {"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "x", "value": "y"}]}, "periodSeconds": 5}
    written = sidecar(
        cmd=["run"],
        args=["fast"],
        env=env,
        volumes=[{"name": "shared", "path": "/data"}],
        livenessProbe=probe,
        readinessProbe={"tcpSocket": {"port": 80}},
    )
    assert pod(written)["containers"][1] == {
        "name": "side",
        "image": "envoy",
        "command": ["run"],
        "args": ["fast"],
        "env": env,
        "volumeMounts": [{"name": "shared", "mountPath": "/data"}],
        "livenessProbe": {**PROBE_DEFAULTS, **probe},
        "readinessProbe": {**PROBE_DEFAULTS, "tcpSocket": {"port": 80}},
    }


def test_two_sidecars_stand_side_by_side() -> None:
    assert [item["name"] for item in pod(sidecar("a"), sidecar("b"))["containers"]] == ["web", "a", "b"]


def test_a_sidecar_that_is_there_is_united_and_must_agree() -> None:
    assert pod(sidecar(), sidecar(args=["x"]))["containers"][1]["args"] == ["x"]
    ((place, said),) = errors(sidecar("web", "other"))
    assert place == "traits[0].properties.name"
    assert "containers[0].image: the patch has the text 'other', but the text 'nginx' is there" in said
    ((_, said),) = errors(sidecar("web", "nginx", args=["a"]), base=deployment({**WEB, "args": ["a", "b"]}))
    assert "containers[0].args: the patch is for 1 in this list, but 2 are there" in said


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"livenessProbe": {"httpGet": {"path": "/", "port": 80, "host": "h"}}}, "livenessProbe.httpGet.host"),
        ({"livenessProbe": {"httpGet": {"port": 80}}}, "livenessProbe.httpGet.path"),
        (
            {
                "livenessProbe": {
                    "httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "a", "value": "b", "x": 1}]}
                }
            },
            "livenessProbe.httpGet.httpHeaders[0].x",
        ),
        ({"readinessProbe": {"grpc": {}}}, "readinessProbe.grpc"),
        ({"volumes": [{"name": "v"}]}, "volumes[0].path"),
        ({"env": [{"value": "v"}]}, "env[0].name"),
    ],
)
def test_probes_of_a_sidecar_are_closed_and_parts_complete(properties: Json, path: str) -> None:
    ((place, _),) = errors(sidecar(**properties))
    assert place == f"traits[0].properties.{path}"


def test_an_unknown_property_of_a_sidecar_is_a_warning() -> None:
    assert warnings(sidecar(command=["x"])) == [("traits[0].properties.command", "unknown field 'command'")]


def test_a_probe_needs_one_action() -> None:
    message = "container 'side': livenessProbe needs one action, and has none"
    assert doubted(sidecar(livenessProbe={})) == [("traits[0].properties.name", message)]


def test_an_init_container_shares_a_volume_with_the_components_own() -> None:
    assert pod(init()) == {
        "containers": [{**WEB, "volumeMounts": [{"name": "workdir", "mountPath": "/app"}]}],
        "initContainers": [
            {
                "name": "prepare",
                "image": "busybox",
                "imagePullPolicy": "IfNotPresent",
                "volumeMounts": [{"name": "workdir", "mountPath": "/init"}],
            }
        ],
        "volumes": [{"name": "workdir", "emptyDir": {}}],
    }


def test_an_init_container_is_written_as_it_is_given() -> None:
    extra = [{"name": "shared", "mountPath": "/data", "readOnly": True, "subPath": "a"}]
    written = {"imagePullPolicy": "Always", "args": ["fast"], "env": [{"name": "A", "value": "1"}]}
    found = pod(init(cmd=["run"], mountName="own", extraVolumeMounts=extra, **written))
    assert found["initContainers"] == [
        {
            "name": "prepare",
            "image": "busybox",
            **written,
            "command": ["run"],
            "volumeMounts": [{"name": "own", "mountPath": "/init"}, *extra],
        }
    ]
    assert found["volumes"] == [{"name": "own", "emptyDir": {}}]


def test_volumes_that_are_there_do_not_stand_in_the_way() -> None:
    old = {"name": "data", "mountPath": "/data"}
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    found = pod(init(), base=deployment({**WEB, "volumeMounts": [old]}, volumes=[volume]))
    assert found["containers"][0]["volumeMounts"] == [old, {"name": "workdir", "mountPath": "/app"}]
    assert found["volumes"] == [volume, {"name": "workdir", "emptyDir": {}}]


def test_two_init_containers_run_one_after_the_other_and_share_or_not() -> None:
    shared = pod(init("a"), init("b"))
    assert [item["name"] for item in shared["initContainers"]] == ["a", "b"]
    assert shared["containers"][0]["volumeMounts"] == [{"name": "workdir", "mountPath": "/app"}]
    apart = pod(init("a"), init("b", mountName="other", appMountPath="/other"))
    assert [item["name"] for item in apart["volumes"]] == ["workdir", "other"]
    both = pod(init("a"), init("b", appMountPath="/other"))
    assert [item["mountPath"] for item in both["containers"][0]["volumeMounts"]] == ["/app", "/other"]


def test_two_volumes_at_one_place_are_doubtful() -> None:
    message = "container 'web': mount path '/app' stands twice"
    assert doubted(init("a"), init("b", mountName="other")) == [("traits[1].properties", message)]


def test_a_volume_of_another_sort_cannot_be_shared() -> None:
    base = deployment(volumes=[{"name": "workdir", "hostPath": {"path": "/"}}])
    message = "volume 'workdir' has several sources: emptyDir, hostPath"
    assert doubted(init(), base=base) == [("traits[0].properties", message)]


def test_without_the_components_own_container_there_is_nothing_to_prepare() -> None:
    ((place, said),) = errors(init(), base=deployment({"name": "other", "image": "a"}))
    assert (place, said) == ("traits[0].type", "there is no container 'web' here")


@pytest.mark.parametrize("name", ["image", "appMountPath", "initMountPath", "imagePullPolicy"])
def test_what_an_init_container_needs_is_refused_without(name: str) -> None:
    ((place, _),) = errors(init(**{name: 7}))
    assert place == f"traits[0].properties.{name}"


def test_a_sidecar_keeps_the_first_container_first() -> None:
    assert container(sidecar(), init())["name"] == "web"
