"""The offline story: a site that is cut off heals by itself, survives kills and restarts, and catches up completely.

Separate processes: mosquitto without persistence, a controller, and two daemons, each in front of a real kube-apiserver
with the role of deploy/.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.real import sites
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

GROUP = """
apiVersion: pinnace.dev/v1alpha1
kind: NodeGroup
metadata: {name: shops}
spec: {nodes: [site-a, site-b]}
"""
APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: "registry.example/web:%(version)s", ports: [{port: 80, expose: true}]}
      traits: [{type: scaler, properties: {replicas: 2}}]
    - name: settings
      type: k8s-objects
      properties:
        objects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {greeting: "hello %(version)s"}
  policies:
    - {name: where, type: topology, properties: {clusters: [shops]}}
"""
FOREIGN = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "foreign"}, "data": {"owner": "the shop"}}'


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    with sites.world(tmp_path, "site-a", "site-b") as started:
        yield started


def test_a_site_that_was_cut_off_heals_survives_and_catches_up(world: World) -> None:
    _, cut = world.sites
    deliver_first_revision(world)
    foreign = make_foreign_object(cut)
    cut_off_while_a_new_revision_goes_out(world, cut)
    heal_what_people_did(cut)
    survive_a_kill_and_a_restart_without_network(cut)
    lose_the_broker(world)
    reconnect_and_catch_up(world, cut)
    check_the_journal(world, cut)
    check_that_the_cloud_tells_the_truth(world)
    assert cut.get("configmap", "foreign")["metadata"] == foreign["metadata"]
    assert cut.get("configmap", "foreign")["data"] == foreign["data"]


def deliver_first_revision(world: World) -> None:
    world.controller.apply(GROUP + "---" + APPLICATION % {"version": "1"})
    for site in world.sites:
        row = world.wait_for(site.name, "Converged", 1)
        assert (row["ready"], row["total"]) == (3, 3)
        assert site.image() == "registry.example/web:1"


def make_foreign_object(site: Site) -> dict[str, Any]:
    site.plane.kubectl("create", "-f", "-", stdin=FOREIGN)
    return site.get("configmap", "foreign")


def cut_off_while_a_new_revision_goes_out(world: World, cut: Site) -> None:
    other, _ = world.sites
    cut.link.cut()
    world.controller.apply(APPLICATION % {"version": "2"})
    world.wait_for(other.name, "Converged", 2)
    row = world.wait_for(cut.name, "Offline", 1)
    assert (row["phase"], row["wanted_revision"]) == ("Converged", 2)
    assert cut.image() == "registry.example/web:1"


def heal_what_people_did(cut: Site) -> None:
    cut.plane.kubectl("delete", "configmap", "settings")
    cut.plane.kubectl("scale", "deployment", "web", "--replicas=5")
    sites.heal(cut, "the deleted object is back", lambda: cut.has("configmap", "settings"))
    sites.heal(cut, "the edited field is back", lambda: cut.replicas() == 2)
    assert cut.get("configmap", "settings")["data"] == {"greeting": "hello 1"}


def survive_a_kill_and_a_restart_without_network(cut: Site) -> None:
    cut.edge.kill()
    cut.plane.kubectl("delete", "deployment", "web")
    cut.edge.start()
    sites.heal(cut, "what was deleted while the daemon was dead is back", lambda: cut.has("deployment", "web"))
    cut.edge.stop()
    cut.plane.kubectl("delete", "service", "web")
    cut.edge.start()
    sites.heal(cut, "what was deleted while the daemon was stopped is back", lambda: cut.has("service", "web"))
    assert cut.image() == "registry.example/web:1"


def lose_the_broker(world: World) -> None:
    """Without persistence: every retained message is gone, and the controller has to notice."""
    world.broker.kill()
    world.broker.restart()


def reconnect_and_catch_up(world: World, cut: Site) -> None:
    assert cut.edge.status()["journal"]["waiting"] > 0
    cut.link.restore()
    world.wait_for(cut.name, "Converged", 2)
    assert cut.image() == "registry.example/web:2"
    assert cut.get("configmap", "settings")["data"] == {"greeting": "hello 2"}
    wait_until(lambda: cut.edge.status()["journal"]["waiting"] == 0, "the journal to be acknowledged", DEADLINE_S)


def check_the_journal(world: World, cut: Site) -> None:
    """Complete, in order, once."""
    entries = world.journal(cut.name)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    events = [entry["event"] for entry in entries]
    assert events.count("Started") == 3
    assert events.count("Stopped") == 1
    healed = {entry["object"]: entry["message"] for entry in entries if entry["event"] == "DriftHealed"}
    assert healed["v1 ConfigMap default/settings"] == "deleted by someone"
    assert healed["v1 Service default/web"] == "deleted by someone"
    assert "apps/v1 Deployment default/web" in healed
    scaled = [entry["message"] for entry in entries if "spec.replicas" in entry.get("message", "")]
    assert scaled == ["spec.replicas changed by kubectl"]
    assert [entry["revision"] for entry in entries if entry["event"] == "Applied"] == [1, 2]


def check_that_the_cloud_tells_the_truth(world: World) -> None:
    for site in world.sites:
        row = world.wait_for(site.name, "Converged", 2)
        deployment = site.get("deployment", "web")
        assert row["bundle"] == row["wanted_bundle"]
        assert deployment["status"]["readyReplicas"] == deployment["spec"]["replicas"] == 2
        assert deployment["metadata"]["labels"]["pinnace.dev/application"] == "shop"
        assert (row["ready"], row["total"]) == (3, 3)
