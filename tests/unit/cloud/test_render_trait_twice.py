"""Two traits of one type on one component both act, and an override means the one whose name it gives."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, topology
from tests.unit.cloud.pods import Json, container, pod, trait

from pinnace_cloud import render


def keys(item: Json, field: str, key: str = "name") -> list[Any]:
    return [one[key] for one in item[field]]


def test_containers_of_two_traits_stand_side_by_side() -> None:
    found = pod(*(trait("sidecar", name=name, image="a") for name in ("one", "two")))
    assert keys(found, "containers") == ["web", "one", "two"]


def test_two_traits_mount_both() -> None:
    found = pod(*(trait("storage", emptyDir=[{"name": name, "mountPath": f"/{name}"}]) for name in ("a", "b")))
    assert keys(found, "volumes") == ["emptydir-a", "emptydir-b"]
    assert keys(found["containers"][0], "volumeMounts", "mountPath") == ["/a", "/b"]


@pytest.mark.parametrize(
    ("kind", "first", "second", "field", "expected"),
    [
        ("command", {"addArgs": ["a"]}, {"addArgs": ["b"]}, "args", ["a", "b"]),
        (
            "env",
            {"env": {"B": "1"}},
            {"env": {"A": "2"}},
            "env",
            [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}],
        ),
        ("container-image", {"image": "a"}, {"image": "b"}, "image", "b"),
    ],
)
def test_two_traits_change_one_container_one_after_the_other(
    kind: str, first: Json, second: Json, field: str, expected: Any
) -> None:
    assert container(trait(kind, **first), trait(kind, **second))[field] == expected


def test_an_override_means_the_trait_of_its_name_and_leaves_the_other() -> None:
    sidecars = [{**trait("sidecar", name=name, image="old"), "name": name} for name in ("log", "proxy")]
    patch = {"name": "web", "traits": [{**trait("sidecar", image="new"), "name": "proxy"}]}
    policies = [topology(clusters=["a"]), {"name": "o", "type": "override", "properties": {"components": [patch]}}]
    found = render.render(application(component("web", "worker", *sidecars), policies=policies), "where")
    assert found.diagnostics == ()
    containers = found.objects[0]["spec"]["template"]["spec"]["containers"]
    assert [(item["name"], item["image"]) for item in containers[1:]] == [("log", "old"), ("proxy", "new")]
