"""What only the site can refuse: the rest of the bundle is applied, the refusal reaches the cloud, a correction heals.

One site with the role of deploy/. Each case brings an application of its own and takes it away; `steady` goes on.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.real import sites
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_cloud.cli.exits import Exit
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE = "site-a"
WIDGET = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 3}}
SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
}
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.org"},
    "spec": {
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}],
    },
}
WIDGETS_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "edge-widgets", "labels": {"pinnace.dev/aggregate-to-edge": "true"}},
    "rules": [
        {
            "apiGroups": ["example.org"],
            "resources": ["widgets"],
            "verbs": ["get", "list", "watch", "create", "patch", "delete"],
        }
    ],
}


STEADY = tuple(f"steady-{number}" for number in range(12))


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def service(name: str, port: int) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    with sites.world(tmp_path_factory.mktemp("objects"), NODE) as started:
        started.controller.apply(sites.group("shops", NODE))
        sites.deliver(started, "steady", *(config_map(name) for name in STEADY))
        started.await_verdict("steady", NODE, "Converged")
        yield started


@pytest.fixture(scope="module")
def still_there() -> Iterator[str]:
    """A name for each case: who deletes one object again and again is in a fight, which backs off."""
    return iter(STEADY)


@pytest.fixture
def site(world: World, still_there: Iterator[str]) -> Iterator[Site]:
    """After each case the other application is still healed."""
    (site,) = world.sites
    yield site
    name = next(still_there)
    site.plane.kubectl("delete", "configmap", name)
    sites.heal(site, "the other application is healed", lambda: site.has("configmap", name))
    world.await_verdict("steady", NODE, "Converged")


@contextmanager
def removed_after(world: World, application: str) -> Iterator[None]:
    yield
    world.controller.cli("delete", "application", application)
    assert not world.verdict(application, NODE)


def status(world: World, application: str) -> str:
    """What `pinnace status` says of an application that is not as wanted."""
    with pytest.raises(CommandFailed) as caught:
        world.controller.cli("status", application, "-o", "wide")
    assert caught.value.code == Exit.DIFFERENT
    return " ".join((caught.value.stdout + caught.value.stderr).split())


def test_objects_that_the_api_rejects_are_told_with_its_words_and_the_rest_is_applied(world: World, site: Site) -> None:
    with removed_after(world, "shop"):
        bad = (service("web", 70000), config_map("settings", **{"bad key!": "x"}))
        sites.deliver(world, "shop", config_map("beside", a="1"), *bad)
        row = world.await_verdict("shop", NODE, "Failed", "ApiRejected")
        assert site.get("configmap", "beside")["data"] == {"a": "1"}
        assert (row["ready"], row["total"]) == (1, 3)
        assert "v1 " in row["message"]
        assert "ApiRejected" in status(world, "shop")
        told = world.await_entry(NODE, "ObjectRefused", "shop", count=2)
        texts = {entry["object"]: entry["message"] for entry in told}
        assert "70000" in texts["v1 Service default/web"]
        assert "must be between 1 and 65535" in texts["v1 Service default/web"]
        assert "a valid config key must consist of" in texts["v1 ConfigMap default/settings"]
        assert "must be between 1 and 65535" in world.controller.cli("journal", NODE)
        sites.deliver(world, "shop", config_map("beside", a="2"), service("web", 80), config_map("settings", key="x"))
        world.await_verdict("shop", NODE, "Converged")
        assert site.get("configmap", "settings")["data"] == {"key": "x"}


@pytest.mark.parametrize(
    ("resource", "refused"),
    [
        (
            "clusterroles",
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "mine"}},
        ),
        (
            "priorityclasses",
            {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": {"name": "mine"},
                "value": 7,
            },
        ),
    ],
)
def test_a_kind_that_the_role_lacks_is_told_with_verb_and_resource(
    world: World, site: Site, resource: str, refused: dict[str, Any]
) -> None:
    application = f"with-{resource}"
    with removed_after(world, application):
        sites.deliver(world, application, config_map("beside", a="1"), refused)
        row = world.await_verdict(application, NODE, "Failed", "Forbidden")
        assert site.has("configmap", "beside")
        assert f'resource "{resource}"' in row["message"]
        assert any(f"cannot {verb}" in row["message"] for verb in ("list", "patch", "create"))
        assert f'resource "{resource}"' in status(world, application)
        (told,) = world.await_entry(NODE, "ObjectRefused", application)
        assert f'resource "{resource}"' in told["message"]
        assert not site.plane.kubectl("get", resource, "mine", "--ignore-not-found", "-o", "name")


def test_an_unknown_kind_is_told_and_applied_once_its_definition_is_there(world: World, site: Site) -> None:
    with removed_after(world, "widgets"):
        sites.deliver(world, "widgets", config_map("beside", a="1"), WIDGET)
        row = world.await_verdict("widgets", NODE, "Failed", "UnknownKind")
        assert "example.org/v1 Widget" in row["message"]
        assert site.has("configmap", "beside")
        site.plane.kubectl("create", "-f", "-", stdin=json.dumps(WIDGETS_ROLE))
        site.plane.kubectl("create", "-f", "-", stdin=json.dumps(CRD))
        world.await_verdict("widgets", NODE, "Converged")
        assert site.get("widget", "one")["spec"] == {"size": 3}
    assert not site.names("widget")
    site.plane.kubectl("delete", "crd", "widgets.example.org")
    site.plane.kubectl("delete", "clusterrole", "edge-widgets")


def test_a_definition_and_its_object_in_one_bundle_are_applied_with_the_opt_in_role(world: World, site: Site) -> None:
    opt_in = ("label", "clusterrole", "pinnace-edge-platform")
    site.plane.kubectl(*opt_in, "pinnace.dev/aggregate-to-edge=true")
    site.plane.kubectl("create", "-f", "-", stdin=json.dumps(WIDGETS_ROLE))
    with removed_after(world, "platform"):
        sites.deliver(world, "platform", WIDGET, CRD)
        world.await_verdict("platform", NODE, "Converged")
        assert site.get("widget", "one")["spec"] == {"size": 3}
    # A definition takes every object of its kind along, also foreign ones: it is kept.
    assert site.plane.kubectl("get", "crd", "widgets.example.org", "-o", "name")
    assert not site.names("widget")
    site.plane.kubectl("delete", "crd", "widgets.example.org")
    site.plane.kubectl("delete", "clusterrole", "edge-widgets")
    site.plane.kubectl(*opt_in, "pinnace.dev/aggregate-to-edge-")


def test_an_object_of_the_same_name_that_is_not_ours_is_not_touched(world: World, site: Site) -> None:
    site.plane.kubectl("create", "-f", "-", stdin=json.dumps(config_map("taken", owner="somebody")))
    before = site.get("configmap", "taken")
    with removed_after(world, "shop"):
        sites.deliver(world, "shop", config_map("taken", owner="us"), config_map("beside", a="1"))
        row = world.await_verdict("shop", NODE, "Failed", "NotOurs")
        assert "v1 ConfigMap default/taken" in row["message"]
        assert site.has("configmap", "beside")
        assert site.get("configmap", "taken") == before
        site.plane.kubectl("delete", "configmap", "taken")
        world.await_verdict("shop", NODE, "Converged")
        assert site.get("configmap", "taken")["data"] == {"owner": "us"}
    wait_until(lambda: not site.has("configmap", "taken"), "our object to be gone", DEADLINE_S)
