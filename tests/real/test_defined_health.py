"""A definition applied to a controller judges at a real site: its message is shown, Converged means what it says."""

import json
from pathlib import Path

import pytest
from tests.real import sites
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_sim.provision import Part, installed, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

# By its kind a LoadBalancer is ready without an address, and an Ingress always is: here nobody gives addresses but the
# test, through the status subresource, as a controller of the cluster does.
DEFINITIONS = r"""
apiVersion: core.oam.dev/v1beta1
kind: ComponentDefinition
metadata: {name: door}
spec:
  schematic:
    cue:
      template: |
        output: {
          apiVersion: "v1"
          kind:       "Service"
          spec: {
            type: "LoadBalancer"
            ports: [{port: parameter.port}]
          }
        }
        parameter: port: int
  status:
    healthPolicy: |
      isHealth: context.output.status.loadBalancer.ingress != _|_
    customStatus: |
      message: *"waits for an address for port \(parameter.port)" | string
      if context.status.healthy {
        message: "\(context.name) is open at \(context.output.status.loadBalancer.ingress[0].ip):\(parameter.port)"
      }
---
apiVersion: core.oam.dev/v1beta1
kind: TraitDefinition
metadata: {name: sign}
spec:
  schematic:
    cue:
      template: |
        outputs: sign: {
          apiVersion: "networking.k8s.io/v1"
          kind:       "Ingress"
          spec: defaultBackend: service: {name: context.name, port: number: 80}
        }
        parameter: {}
  status:
    healthPolicy: |
      isHealth: len(context.outputs.sign.status.loadBalancer.ingress) > 0
    customStatus: |
      message: "sign at \(context.outputs.sign.status.loadBalancer.ingress[0].hostname)"
"""
APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - {name: front, type: door, properties: {port: 80}, traits: [{type: sign}]}
  policies:
    - {name: where, type: topology, properties: {clusters: [shops]}}
"""
OPEN = "front: front is open at 10.9.8.7:80; front (trait sign): sign at offers.example"


def test_a_definition_says_at_a_site_what_is_ready_and_why_not(tmp_path: Path) -> None:
    require(Part.CONTROLPLANE, Part.MOSQUITTO, Part.CUE)
    with sites.world(tmp_path, "site-a", cue_program=str(installed.locate("cue"))) as world:
        (site,) = world.sites
        waits_for_what_its_definition_waits_for(world)
        turns_converged_as_the_cluster_gives_addresses(world, site)
        goes_on_judging_without_a_link(world, site)


def waits_for_what_its_definition_waits_for(world: World) -> None:
    world.controller.apply("---\n".join([DEFINITIONS, sites.group("shops", "site-a"), APPLICATION]))
    row = world.await_verdict("shop", "site-a", "Progressing", "Progressing")
    assert row["message"] == "front: waits for an address for port 80 (and 1 more)"
    assert (row["ready"], row["total"]) == (0, 2)


def turns_converged_as_the_cluster_gives_addresses(world: World, site: Site) -> None:
    give(site, "service/front", ip="10.9.8.7")
    wait_until(lambda: "trait sign" in told(world), "the trait to be what is waited for", DEADLINE_S)
    assert told(world).startswith("front (trait sign): its healthPolicy has no value: ")
    give(site, "ingress/front-sign", hostname="offers.example")
    row = world.await_verdict("shop", "site-a", "Converged")
    assert (row["message"], row["ready"]) == (OPEN, 2)
    assert OPEN in world.controller.cli("status", "shop", "-o", "json")
    assert "front is open at 10.9.8.7:80" in world.controller.cli("status", "shop")
    assert OPEN in world.controller.cli("describe", "shop", "-o", "json")


def goes_on_judging_without_a_link(world: World, site: Site) -> None:
    site.link.cut()
    site.edge.kill()
    site.edge.start()
    give(site, "service/front")
    wait_until(lambda: phase(site) == "Progressing", "the site to see that the door is shut", DEADLINE_S)
    (application,) = site.edge.status()["applications"]
    assert application["message"] == "front: waits for an address for port 80"
    give(site, "service/front", ip="10.9.8.7")
    wait_until(lambda: phase(site) == "Converged", "the site to see that it is open again", DEADLINE_S)
    site.link.restore()
    assert world.await_verdict("shop", "site-a", "Converged")["message"] == OPEN


def give(site: Site, thing: str, **address: str) -> None:
    """What a controller of the cluster writes; without an address it takes the old one away."""
    status = {"status": {"loadBalancer": {"ingress": [address] if address else None}}}
    site.plane.kubectl(
        "patch", thing, "-n", "default", "--subresource=status", "--type=merge", "-p", json.dumps(status)
    )


def told(world: World) -> str:
    return str(world.verdict("shop", "site-a").get("message"))


def phase(site: Site) -> str:
    return str(site.edge.status()["applications"][0]["phase"])
