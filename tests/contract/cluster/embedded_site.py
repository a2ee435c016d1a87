"""The embedded KubeAPI as a site of the contract suite."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from tests.contract.cluster.sites import PLATFORM, ROLE, Emit, HttpPeople, People, daemon_cluster

from pinnace_edge.ports import Cluster
from pinnace_sim.cluster import ClusterSettings, EmbeddedKubeApi, Span

_SOON = Span(0.02, 0.05)
# Long enough to be seen on the way, and no longer: the suite waits for all of it.
QUICK = ClusterSettings(pod_start=Span(0.1, 0.2), job_run=_SOON, pod_end=_SOON, volume_bind=_SOON)


class EmbeddedSite:
    """A simulated cluster with the role of deploy/, in this process."""

    def __init__(self) -> None:
        self._files = tempfile.TemporaryDirectory(prefix="pinnace-contract-")
        folder = Path(self._files.name)
        self._api = EmbeddedKubeApi.start(settings=QUICK)
        self.people: People = HttpPeople(self._api.kubeconfig(folder / "admin"))
        self._kubeconfig = self._api.kubeconfig_for(folder / "edge", "pinnace-edge", "pinnace-system")
        for document in yaml.safe_load_all(ROLE.read_text()):
            self.people.apply("kubectl", document)

    def daemon(self, emit: Emit, *, timeout_s: float = 30.0) -> Cluster:
        return daemon_cluster(self._kubeconfig, emit, timeout_s)

    def grant_platform(self) -> None:
        label = {"metadata": {"labels": {"pinnace.dev/aggregate-to-edge": "true"}}}
        self.people.edit("kubectl-label", PLATFORM, label)

    def take_away(self) -> None:
        self._api.take_away()

    def bring_back(self) -> None:
        self._api.bring_back()

    def freeze(self) -> None:
        self._api.freeze()

    def thaw(self) -> None:
        self._api.thaw()

    def stop(self) -> None:
        self._api.stop()
        self._files.cleanup()
