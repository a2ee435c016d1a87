"""Definitions judge what a KubeAPI says of their objects: a whole daemon, and a controller of the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.cluster import builders
from tests.contract.cluster.sites import Site
from tests.unit.edge.worlds import App
from tests.unit.edge.worlds import Site as Node

from pinnace_edge.model import Kind
from pinnace_edge.ports import Cluster
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts
from pinnace_schemas.phases import Phase

SERVICE = Kind("v1", "Service")
TEXTS = Texts(
    policy="isHealth: len(context.output.status.loadBalancer.ingress) == 1",
    message='message: "open at \\(context.output.status.loadBalancer.ingress[0].ip)"',
)


@pytest.fixture
def node(tmp_path: Path, cluster: Cluster) -> Node:
    found = Node(tmp_path, cluster)
    found.cloud.assign("stores")
    return found


def test_what_a_controller_writes_into_a_status_decides_as_the_definition_says(
    node: Node, site: Site, namespace: str
) -> None:
    """By its kind a Service is ready whether or not it has an address."""
    front = builders.item(SERVICE, namespace, "front", app=None, spec={"type": "LoadBalancer", "ports": [{"port": 80}]})
    settings = builders.config_map(namespace, app=None)
    rules = HealthRules(texts=(TEXTS,), ruled=(Ruled(name="door", texts=0, output=0),))
    node.cloud.head("stores", App("shop", 1, (), extra=(front, settings), health=rules))
    node.online()
    found = node.deployment()
    assert (found.phase, found.ready, found.total) == (Phase.PROGRESSING, 1, 2)
    assert found.message.startswith("door: its healthPolicy has no value: ")

    opened = {"status": {"loadBalancer": {"ingress": [{"ip": "10.9.8.7"}]}}}
    site.people.edit("lb", builders.ref(front), opened, "status")
    node.pass_time(70)
    found = node.deployment()
    assert (found.phase, found.ready, found.message) == (Phase.CONVERGED, 2, "door: open at 10.9.8.7")
