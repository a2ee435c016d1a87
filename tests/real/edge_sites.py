"""A daemon in this process in front of a real kube-apiserver, with a clock of its own, so that a week of passes takes a
second.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.real.sites import DEADLINE_S, ROLE
from tests.unit.edge.worlds import App, Site

from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.model import Kind, KubeObject
from pinnace_schemas.phases import Phase
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

PODS = {"containers": [{"name": "web", "image": "registry.example/web:1"}]}


def item(api_version: str, kind: str, name: str, **rest: Any) -> KubeObject:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def template(name: str, **container: Any) -> dict[str, Any]:
    containers = [{**PODS["containers"][0], **container}]
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}}


class RealSite(Site):
    """A daemon from `worlds` in front of a real KubeAPI."""

    def __init__(self, folder: Path, plane: ControlPlane, kubeconfig: Path) -> None:
        super().__init__(folder)
        self.plane = plane
        settings = KubeSettings(kubeconfig=str(kubeconfig))
        self.real = KubeCluster(settings, SystemClock(), self.events.put)
        self.cluster = self.real  # type: ignore[assignment]  # the port is the same
        self.restart()
        self.cloud.assign("stores")

    def deliver(self, revision: int, *objects: KubeObject) -> None:
        """Returns when the head is accepted."""
        self.cloud.head("stores", App("shop", revision, (), extra=objects))
        self.wait(lambda: self._wanted() == [revision], f"revision {revision} to be wanted")

    def _wanted(self) -> list[int]:
        return [each.wanted_revision for each in self.store.deployments()]

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        """Rounds of the daemon until something is so."""

        def after_a_round() -> bool:
            self.settle(2)
            return is_so()

        wait_until(after_a_round, what, DEADLINE_S)

    def wait_for(self, phase: Phase) -> None:
        """Of the wanted revision."""
        self.wait(lambda: phase in [each.phase for each in self.store.deployments()], phase)

    def secret(self, name: str) -> dict[str, str]:
        found = self.plane.kubectl("get", "secret", name, "-n", "default", "-o", "jsonpath={.data}")
        values: dict[str, str] = json.loads(found)
        return {key: base64.b64decode(value).decode() for key, value in values.items()}


@contextmanager
def plane(name: str) -> Iterator[ControlPlane]:
    """With the daemon's role."""
    require(Part.CONTROLPLANE)
    with ControlPlane.start(name) as started:
        started.apply_manifest(ROLE)
        yield started


@contextmanager
def site(plane: ControlPlane, folder: Path) -> Iterator[RealSite]:
    """Takes away what it has delivered."""
    made = RealSite(folder, plane, plane.kubeconfig_for())
    made.broker.connect()
    wait_until(lambda: not made.real.present(Kind("v1", "Secret"), "default").refused, "the role", DEADLINE_S)
    yield made
    made.cloud.head("stores")
    made.wait_for(Phase.REMOVED)
    made.real.close()
    made.store.close()
