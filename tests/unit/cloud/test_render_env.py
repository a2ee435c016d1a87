"""What the trait `env` does to the variables of containers."""

from typing import Any

import pytest
from tests.unit.cloud.applications import component, refused, rendered

FROM_SECRET: dict[str, Any] = {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
BASE = [{"name": "Z", "value": "1"}, FROM_SECRET, {"name": "A", "value": "1"}]


def trait(**properties: Any) -> dict[str, Any]:
    return {"type": "env", "properties": properties}


def env(*base: dict[str, Any], **properties: Any) -> Any:
    """The variables of a container that had `base`; None if the field is not written."""
    own = {"env": list(base)} if base else {}
    (found,) = rendered(component("web", "webservice", trait(**properties), **own))
    return found["spec"]["template"]["spec"]["containers"][0].get("env")


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_a_container_without_variables_gets_them_in_the_order_of_names() -> None:
    assert env(env={"b": "2", "C": "3", "a": "1"}) == pairs(C="3", a="1", b="2")


def test_variables_keep_their_place_and_new_ones_follow() -> None:
    assert env(*BASE, env={"A": "2", "C": "3", "0": "0"}) == [
        *pairs(Z="1"),
        FROM_SECRET,
        *pairs(A="2"),
        *pairs(**{"0": "0", "C": "3"}),
    ]


def test_a_value_takes_the_place_of_what_a_variable_came_from() -> None:
    assert env(*BASE, env={"B": "2"})[1] == {"name": "B", "value": "2"}


def test_replace_drops_what_was_there() -> None:
    assert env(*BASE, replace=True, env={"b": "2", "a": "1"}) == pairs(a="1", b="2")


def test_unset_wins_over_env_and_leaves_no_empty_list() -> None:
    assert env(*BASE, unset=["Z", "C"], env={"C": "3"}) == [FROM_SECRET, *pairs(A="1")]
    assert env(*BASE, unset=["A", "B", "Z"]) is None
    assert env(env={}) is None


POD = {"containers": [{"name": "one", "image": "a"}, {"name": "two", "image": "b", "env": [{"name": "X"}]}]}
PODS = {"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"template": {"spec": POD}}}


def containers(*traits: dict[str, Any]) -> list[Any]:
    (found,) = rendered(component("db", "k8s-objects", *traits, objects=[PODS]))
    items: list[Any] = found["spec"]["template"]["spec"]["containers"]
    return [item.get("env") for item in items]


def test_other_containers_are_named_one_or_several() -> None:
    assert containers(trait(containerName="two", env={"X": "1"})) == [None, pairs(X="1")]
    several = [{"containerName": "two", "unset": ["X"]}, {"containerName": "one", "env": {"Y": "2"}}]
    assert containers(trait(containers=several)) == [pairs(Y="2"), None]


@pytest.mark.parametrize(
    ("properties", "path", "hint"),
    [
        ({"env": {"A": "1"}}, "containerName", "containers: one, two"),
        ({"containerName": "tow", "env": {}}, "containerName", "containers: two, one"),
        ({"containers": [{"containerName": "x"}]}, "containers[0].containerName", "containers: one, two"),
    ],
)
def test_a_container_that_is_not_there_is_refused_with_those_that_are(
    properties: dict[str, Any], path: str, hint: str
) -> None:
    (found,) = refused(component("db", "k8s-objects", trait(**properties), objects=[PODS]))
    assert (found.path, found.hint) == (f"spec.components[0].traits[0].properties.{path}", hint)


def test_an_object_without_pods_has_no_container() -> None:
    item = {"apiVersion": "v1", "kind": "ConfigMap"}
    (found,) = refused(component("db", "k8s-objects", trait(env={"A": "1"}), objects=[item]))
    assert found.message == "there is no pod with containers here"


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"env": {"A": 1}}, ".env.A"),
        ({"env": {}, "envs": {}}, ".envs"),
        ({"containers": [], "env": {}}, ""),
        ({"containers": [{"env": {}}]}, ".containers[0].containerName"),
        ({"containers": [{"containerName": ""}]}, ".containers[0].containerName"),
    ],
)
def test_what_env_does_not_take_is_refused_by_path(properties: dict[str, Any], path: str) -> None:
    (found,) = refused(component("web", "webservice", trait(**properties)))
    assert found.path == f"spec.components[0].traits[0].properties{path}"
