"""The comparison itself can fail: what counts counts, what does not count does not."""

from copy import deepcopy
from typing import Any

from tests.compat import compare

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "default", "labels": {"app.oam.dev/name": "shop", "tier": "front"}},
    "spec": {
        "selector": {"matchLabels": {"app.oam.dev/component": "web"}},
        "template": {
            "metadata": {"labels": {"app.oam.dev/component": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}]},
        },
    },
}


def changed(**edits: Any) -> dict[str, Any]:
    """A copy with other values at dotted paths."""
    copy = deepcopy(DEPLOYMENT)
    for path, value in edits.items():
        *parents, last = path.split("__")
        at: Any = copy
        for part in parents:
            at = at[int(part)] if part.isdigit() else at[part]
        at[last] = value
    return copy


def differ(other: dict[str, Any]) -> list[str]:
    return compare.differences([DEPLOYMENT], [other], "default")


def test_equal_objects_do_not_differ() -> None:
    assert differ(deepcopy(DEPLOYMENT)) == []


def test_another_image_is_a_difference() -> None:
    container = "spec__template__spec__containers__0__image"
    assert differ(changed(**{container: "apache"})) != []


def test_a_missing_object_is_a_difference() -> None:
    assert compare.differences([DEPLOYMENT], [], "default") != []


def test_a_label_of_the_user_counts_and_one_of_kubevela_does_not() -> None:
    assert differ(changed(metadata__labels={"tier": "front"})) == []
    assert differ(changed(metadata__labels={"tier": "back"})) != []


def test_a_selector_that_selects_nothing_is_a_difference() -> None:
    assert differ(changed(spec__template__metadata__labels={})) != []


def test_tcp_an_empty_list_and_a_missing_namespace_are_no_difference() -> None:
    ports = [{"containerPort": 80, "protocol": "TCP"}]
    container = {"name": "web", "image": "nginx", "ports": ports, "env": []}
    assert differ(changed(spec__template__spec={"containers": [container], "volumes": []})) == []
    assert differ(changed(metadata__namespace="")) == []
