"""What `container-image`, `command` and `container-ports` do to containers that are there."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, pod, trait

WEB = {"name": "web", "image": "nginx"}
SIDE = {"name": "side", "image": "envoy"}


def args(*written: str, **properties: Any) -> Any:
    """What becomes of the arguments of a container."""
    base = deployment({**WEB, "args": list(written)} if written else WEB)
    return container(trait("command", **properties), base=base)["args"]


def ports(*written: Json, **properties: Any) -> Any:
    """What becomes of the ports of a container."""
    base = deployment({**WEB, "ports": list(written)} if written else WEB)
    return container(trait("container-ports", **properties), base=base)["ports"]


def test_the_image_of_the_components_own_container_changes() -> None:
    found = pod(trait("container-image", image="caddy"), base=deployment(SIDE, WEB))
    assert found["containers"] == [SIDE, {"name": "web", "image": "caddy"}]


def test_a_pull_policy_is_written_only_if_given() -> None:
    base = deployment({**WEB, "imagePullPolicy": "Always"})
    assert container(trait("container-image", image="a"), base=base)["imagePullPolicy"] == "Always"
    never = trait("container-image", image="a", imagePullPolicy="Never")
    assert container(never, base=base)["imagePullPolicy"] == "Never"


def test_images_of_several_containers_change_at_once() -> None:
    several = [{"containerName": "side", "image": "b"}, {"containerName": "web", "image": "a"}]
    found = pod(trait("container-image", containers=several), base=deployment(WEB, SIDE))
    assert [item["image"] for item in found["containers"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("properties", "path", "message"),
    [
        ({}, "", "'image' is required"),
        ({"image": "a", "containers": []}, "", "'containers' excludes all other properties"),
        ({"image": "a", "tag": "b"}, ".tag", "unknown field 'tag'"),
        ({"image": "a", "containerName": "x"}, ".containerName", "there is no container 'x' here"),
        ({"containers": [{"image": "a"}]}, ".containers[0].containerName", "is required"),
        ({"containers": [{"containerName": "web"}]}, ".containers[0]", "'image' is required"),
        ({"containers": [{"containerName": "x", "image": "a"}]}, ".containers[0].containerName", "no container 'x'"),
    ],
)
def test_an_image_without_its_container_is_refused(properties: Json, path: str, message: str) -> None:
    ((place, said),) = errors(trait("container-image", **properties))
    assert place == f"traits[0].properties{path}"
    assert message in said


def test_a_container_that_a_later_trait_adds_is_not_there_yet() -> None:
    image = trait("container-image", image="b", containerName="side")
    sidecar = trait("sidecar", name="side", image="a")
    assert pod(sidecar, image)["containers"][1]["image"] == "b"
    assert errors(image, sidecar)[0][0] == "traits[0].properties.containerName"


def test_a_workload_without_pods_has_no_containers() -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap"}
    ((_, said),) = errors(trait("command", args=["a"]), base=config_map)
    assert said == "there is no pod with containers here"


def test_a_command_replaces_the_other_and_leaves_the_arguments() -> None:
    base = deployment({**WEB, "command": ["old"], "args": ["a"]})
    found = container(trait("command", command=["new", "one"]), base=base)
    assert (found["command"], found["args"]) == (["new", "one"], ["a"])


def test_arguments_replace_the_others() -> None:
    assert args("a", "b", args=["c"]) == ["c"]
    assert args("a", args=[]) == []
    assert args(args=["c"]) == ["c"]


def test_arguments_are_added_behind_unless_they_are_there() -> None:
    assert args("a", "b", addArgs=["c", "a", "c"]) == ["a", "b", "c", "c"]
    assert args(addArgs=["c"]) == ["c"]


def test_arguments_are_taken_away_each_time_they_stand_there() -> None:
    assert args("a", "b", "a", delArgs=["a"]) == ["b"]
    assert args("a", delArgs=["a"], addArgs=["a", "b"]) == ["b"]


def test_null_changes_nothing() -> None:
    assert args("a", args=None, addArgs=None, delArgs=None, command=None) == ["a"]


def test_several_containers_get_arguments_one_after_the_other() -> None:
    several = [{"containerName": name, "addArgs": [arg]} for name, arg in (("web", "1"), ("side", "2"), ("web", "3"))]
    found = pod(trait("command", containers=several), base=deployment(WEB, SIDE))
    assert [item["args"] for item in found["containers"]] == [["1", "3"], ["2"]]


@pytest.mark.parametrize("other", ["addArgs", "delArgs"])
def test_arguments_are_either_replaced_or_changed(other: str) -> None:
    ((place, said),) = errors(trait("command", args=["a"], **{other: ["b"]}))
    assert (place, said) == ("traits[0].properties", "'args' excludes 'addArgs' and 'delArgs'")


NAMED = {"containerPort": 80, "protocol": "TCP", "name": "http"}


def test_ports_are_added_with_their_protocol() -> None:
    wanted = [{"containerPort": 53, "protocol": "UDP", "hostPort": 5353, "hostIP": "10.0.0.1"}, {"containerPort": 80}]
    assert ports(ports=wanted) == [wanted[0], {"containerPort": 80, "protocol": "TCP"}]
    assert ports() == []


def test_a_port_that_is_there_keeps_its_name_and_place() -> None:
    wanted = [{"containerPort": 90}, {"containerPort": 80, "hostPort": 8080}]
    assert ports(NAMED, ports=wanted) == [{**NAMED, "hostPort": 8080}, {"containerPort": 90, "protocol": "TCP"}]


def test_one_number_with_two_protocols_is_two_ports() -> None:
    assert len(ports(NAMED, ports=[{"containerPort": 80, "protocol": "UDP"}])) == 2


def test_a_port_without_a_protocol_is_tcp_and_needs_no_name() -> None:
    assert ports({"containerPort": 80}, ports=[{"containerPort": 80, "hostPort": 1}]) == [
        {"containerPort": 80, "protocol": "TCP", "hostPort": 1}
    ]


def test_ports_of_the_node_that_another_trait_gave_stay() -> None:
    both = [{"containerPort": 80, "hostPort": 1}, {"containerPort": 81, "hostPort": 2}]
    first, second = (trait("container-ports", ports=[item]) for item in both)
    assert container(first, second)["ports"] == [{**item, "protocol": "TCP"} for item in both]


def test_a_port_has_one_port_of_the_node() -> None:
    both = [{"containerPort": 80, "hostPort": 1}, {"containerPort": 80, "hostPort": 2}]
    first, second = (trait("container-ports", ports=[item]) for item in both)
    ((place, said),) = errors(first, second)
    assert place == "traits[1].properties"
    assert said == "does not fit in container 'web': hostPort: the patch has the number 2, but the number 1 is there"
    assert doubted(trait("container-ports", ports=both)) == [
        ("traits[0].properties", "container 'web': port '80/TCP' stands twice")
    ]


@pytest.mark.parametrize(
    ("port", "path"),
    [({"containerPort": "http"}, "containerPort"), ({}, "containerPort"), ({"containerPort": 1, "name": "x"}, "name")],
)
def test_a_port_is_a_number_without_a_name(port: Json, path: str) -> None:
    ((place, _),) = errors(trait("container-ports", ports=[port]))
    assert place == f"traits[0].properties.ports[0].{path}"
