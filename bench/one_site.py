"""One whole site of separate processes: controller, mosquitto (plain or TLS), a real control plane, and the daemon.

Every setting has its default but for the addresses, and the daemon has the role of an administrator: Roles are not
among what the documented role may apply.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import objects
from pinnace_schemas.bundle import KubeObject
from pinnace_sim.brokers import Mosquitto, MosquittoOptions
from pinnace_sim.controlplane import ControlPlane, KubectlFailed
from pinnace_sim.processes import Controller, Edge, EdgeOptions
from pinnace_sim.provision.running import wait_until

NODE, GROUP, NAMESPACE = "site-1", "shops", "shop"
DEADLINE_S = 180.0
SERVED_DEADLINE_S = 30.0
# As in deploy/mosquitto.conf: without it a small message after another waits 40 ms for the receiver's delayed ACK.
BROKER_LINES = ("set_tcp_nodelay true",)


@dataclass(frozen=True, slots=True)
class Site:
    """The processes; the daemon has joined and runs."""

    controller: Controller
    broker: Mosquitto
    plane: ControlPlane
    edge: Edge

    def deliver(self, application: str, items: Sequence[KubeObject]) -> int:
        """Applies an Application of plain objects; its revision."""
        source = {"name": application, "text": _application(application, items)}
        return int(self.controller.ask("/apply", {"sources": [source]})["items"][0]["revision"])

    def verdict(self, application: str) -> dict[str, Any]:
        """What the cloud says of it; empty while it says nothing."""
        return next((row for row in self.controller.ask("/verdicts") if row["application"] == application), {})

    def await_converged(self, *applications: str) -> None:
        """Until the cloud says so of each."""
        for name in applications:
            programs = [self.controller.program, self.edge.program]
            what = f"{name} to converge"
            wait_until(lambda: self.verdict(name).get("verdict") == "Converged", what, DEADLINE_S, programs)  # noqa: B023


@contextmanager
def started(folder: Path, *, use_tls: bool, workloads: bool) -> Iterator[Site]:
    """Everything up, the node in its group, the CRD of `objects` served."""
    with ExitStack() as stack:
        options = MosquittoOptions(use_tls=use_tls, lines=BROKER_LINES)
        broker = stack.enter_context(Mosquitto.start(options))
        authority = {"broker_ca": str(broker.ca)} if broker.ca else {}
        controller = Controller.start(folder / "controller", broker=broker.url, **authority)
        stack.enter_context(controller)
        plane = stack.enter_context(ControlPlane.start("bench", workloads=workloads))
        establish_crd(plane)
        edge = stack.enter_context(Edge(folder / NODE, EdgeOptions(plane.admin_kubeconfig, settings=authority)))
        edge.join(controller.cli("token", "create", NODE).strip())
        controller.apply(_group())
        edge.start()
        yield Site(controller, broker, plane, edge)


def establish_crd(plane: ControlPlane) -> None:
    """Applies the CRD of `objects` and waits until its kind is served."""
    plane.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(objects.crd()))
    # The KubeAPI makes the storage of a new kind at its first request, and asks for patience meanwhile.
    wait_until(lambda: _is_served(plane), f"{objects.PLURAL} to be served", SERVED_DEADLINE_S)


def _is_served(plane: ControlPlane) -> bool:
    try:
        plane.kubectl("get", objects.PLURAL, "--all-namespaces")
    except KubectlFailed:
        return False
    return True


def _group() -> str:
    head = {"apiVersion": "pinnace.dev/v1alpha1", "kind": "NodeGroup", "metadata": {"name": GROUP}}
    return json.dumps({**head, "spec": {"nodes": [NODE]}})


def _application(name: str, items: Sequence[KubeObject]) -> str:
    component = {"name": "all", "type": "k8s-objects", "properties": {"objects": list(items)}}
    topology = {"name": "where", "type": "topology", "properties": {"clusters": [GROUP], "namespace": NAMESPACE}}
    spec = {"components": [component], "policies": [topology]}
    head = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": {"name": name}}
    return json.dumps({**head, "spec": spec})
