"""The daemon with its real KubeAPI adapter at an embedded cluster: it applies, and heals without a link."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site

from pinnace_edge import app
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.verifier import TufVerifier
from pinnace_edge.daemon import Daemon
from pinnace_edge.model import Kind, Ref
from pinnace_edge.ports import Disconnected
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.phases import Phase
from pinnace_sim.cluster import Cluster, EmbeddedKubeApi
from pinnace_sim.cluster.requests import Deletion, Options
from pinnace_sim.provision.running import wait_until

DEADLINE_S = 20.0
CONTAINER = {"name": "web", "image": "registry.example/web:1"}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [CONTAINER]}}
WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE},
}
SHOP = App("shop", 1, (("settings", "1"),), extra=(WEB,))
SETTINGS = Ref(Kind("v1", "ConfigMap"), "default", "settings")


class EmbeddedWorld(Site):
    """The world in memory, but for the cluster."""

    def __init__(self, folder: Path, api: EmbeddedKubeApi) -> None:
        self._api = api
        super().__init__(folder)

    def _start(self, damage: str = "") -> Daemon:
        settings = KubeSettings(kubeconfig=str(self._api.kubeconfig(self.folder / "kubeconfig")))
        self.kube = KubeCluster(settings, self.clock, self.events.put)
        verifier = TufVerifier("default", DEFAULT_LIMITS)
        rim = app.Rim(self.store, self.kube, self.broker, self.key, verifier, self.clock, random.Random(7), self.events)
        daemon = app.assemble(self.settings, rim, damage)
        daemon.start()
        return daemon

    def settle_until(self, is_true: Callable[[], bool], what: str) -> None:
        def is_so() -> bool:
            self.settle(1)
            return is_true()

        wait_until(is_so, what, DEADLINE_S)


@pytest.fixture
def api() -> Iterator[EmbeddedKubeApi]:
    with EmbeddedKubeApi.start() as made:
        yield made


@pytest.fixture
def world(api: EmbeddedKubeApi, tmp_path: Path) -> Iterator[EmbeddedWorld]:
    """A site that runs SHOP, whose Deployment is ready, and that has lost its link."""
    made = EmbeddedWorld(tmp_path, api)
    made.cloud.assign("stores")
    made.cloud.head("stores", SHOP)
    made.online()
    made.settle_until(lambda: made.deployment("shop").phase is Phase.CONVERGED, "the application to converge")
    made.broker.is_up = False
    made.events.put(Disconnected("cut"))
    made.settle()
    yield made
    made.kube.close()
    made.store.close()


@pytest.mark.slow
def test_daemon_heals_what_people_damage(world: EmbeddedWorld, api: EmbeddedKubeApi) -> None:
    def edit(core: Cluster) -> None:
        resource = core.resource("v1", "ConfigMap")
        options = Options("kubectl-edit")
        core.objects.change(resource, "default", "settings", lambda live: live | {"data": {"value": "evil"}}, options)

    def delete(core: Cluster) -> None:
        core.deleter.delete(core.resource("apps/v1", "Deployment"), "default", "web", Deletion())

    def is_healed() -> bool:
        found = world.kube.read(SETTINGS)
        return found is not None and found["data"] == {"value": "1"} and world.deployment("shop").healed == 2

    api.ask(edit)
    api.ask(delete)
    world.settle_until(is_healed, "both objects to be healed")
    assert {entry.object for entry in world.events_of(Event.DRIFT_HEALED)} == {
        "v1 ConfigMap default/settings",
        "apps/v1 Deployment default/web",
    }
