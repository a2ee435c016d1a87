"""Runs a real control plane: kine, kube-apiserver and, if asked, the controllers, the scheduler and kwok with one node.

Owns its processes and a short-lived data folder; both are gone after `stop`. Several run side by side, one for each
site.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from pinnace_sim.controlplane import commands, kubeconfig
from pinnace_sim.controlplane.cluster import Cluster
from pinnace_sim.controlplane.commands import Place
from pinnace_sim.controlplane.kubeapi import KubeApi
from pinnace_sim.provision import certificates, controlplane, ports
from pinnace_sim.provision.controlplane import Parts
from pinnace_sim.provision.errors import ProgramFailed
from pinnace_sim.provision.running import Program, wait_until

READY_DEADLINE_S = 90.0
NODE = "node-1"
# Program -> (user, groups) of its client certificate. kwok acts for nodes and pods of all kinds.
USERS = {
    "admin": ("pinnace-admin", ("system:masters",)),
    "kube-controller-manager": ("system:kube-controller-manager", ()),
    "kube-scheduler": ("system:kube-scheduler", ()),
    "kwok": ("kwok", ("system:masters",)),
}


class ControlPlane(Cluster):
    """A running control plane. A context manager: leaving it ends its processes and removes its data."""

    def __init__(self, place: Place, parts: Parts, has_workloads: bool) -> None:
        """Prepare the data folder. Use `start`."""
        # Nothing of the user's: no proxy, no KUBECONFIG, no kwok.yaml from the home folder.
        environment = {"HOME": str(place.folder), "PATH": "/usr/bin:/bin"}
        admin = Path(place.kubeconfig("admin"))
        super().__init__(parts.programs["kubectl"], admin, place.folder, environment)
        self.has_workloads = has_workloads
        self._place = place
        self._api = _prepare(place)
        arguments = _arguments(place, parts, has_workloads)
        self._programs = {
            name: Program(name, [str(parts.programs[name]), *words], place.folder, environment)
            for name, words in arguments.items()
        }

    @classmethod
    def start(cls, name: str = "site", *, workloads: bool = True, deadline_s: float = READY_DEADLINE_S) -> ControlPlane:
        """Start one and return when it is ready.

        Ready means that /readyz says so and, with `workloads`, that a node is ready and that the namespace `default`
        has its ServiceAccount. Without `workloads` objects are stored and nothing acts on them: no Deployment makes
        pods, nothing is collected, a deleted namespace stays. Raises `PartMissing` if it was not built,
        `ProgramFailed` with logs if a program ends early.
        """
        parts = controlplane.locate()
        folder = Path(tempfile.mkdtemp(prefix=f"pinnace-{name}-"))
        try:
            plane = cls(Place(folder, ports.free_port()), parts, workloads)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            plane._run(deadline_s)
        except BaseException:
            plane.stop()
            raise
        return plane

    @property
    def url(self) -> str:
        """The address of the KubeAPI, the same after a restart."""
        return self._place.url

    @property
    def folder(self) -> Path:
        """The data folder: logs (`PROGRAM.log`), certificates, kubeconfigs, and kine's database."""
        return self._place.folder

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each program."""
        return {name: program.pid for name, program in self._programs.items()}

    def stop(self) -> None:
        """Kill every program that was started and remove the data. Safe to repeat."""
        for program in reversed(self._programs.values()):
            program.kill()
        shutil.rmtree(self._place.folder, ignore_errors=True)

    def stop_apiserver(self) -> None:
        """Kill kube-apiserver, so that the KubeAPI is absent: connections are refused. The data stay."""
        self._programs["kube-apiserver"].kill()

    def start_apiserver(self, deadline_s: float = READY_DEADLINE_S) -> None:
        """Start kube-apiserver again on the same port and data; returns when it is ready."""
        self._programs["kube-apiserver"].start()
        self._wait_for_readyz(deadline_s)

    def pause_apiserver(self) -> None:
        """Freeze kube-apiserver: the kernel accepts connections, nobody answers. `resume_apiserver` wakes it."""
        self._programs["kube-apiserver"].signal(signal.SIGSTOP)

    def resume_apiserver(self) -> None:
        """Wake a paused kube-apiserver."""
        self._programs["kube-apiserver"].signal(signal.SIGCONT)

    def _run(self, deadline_s: float) -> None:
        for name in ("kine", "kube-apiserver"):
            self._programs[name].start()
        self._wait_for_readyz(deadline_s)
        # Not earlier: kube-controller-manager gives up on a KubeAPI that is not healthy within 10 s.
        for program in self._programs.values():
            program.start()
        if self.has_workloads:
            self._create_node()
            self._wait(self._has_ready_node, f"node {NODE} to be ready", deadline_s)
            account = "/api/v1/namespaces/default/serviceaccounts/default"
            self._wait(lambda: self._api.get(account).is_ok, "the default ServiceAccount", deadline_s)

    def _wait_for_readyz(self, deadline_s: float) -> None:
        self._wait(lambda: self._api.get("/readyz").is_ok, f"{self.url}/readyz", deadline_s)

    def _wait(self, is_true: Callable[[], bool], what: str, deadline_s: float) -> None:
        wait_until(is_true, what, deadline_s, list(self._programs.values()))

    def _create_node(self) -> None:
        labels = {"kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE, "labels": labels}}
        answer = self._api.create("/api/v1/nodes", node)
        if not answer.is_ok:
            raise ProgramFailed(f"{self.url} refused the node {NODE}: {answer.status} {answer.body}")

    def _has_ready_node(self) -> bool:
        node = self._api.get(f"/api/v1/nodes/{NODE}").body
        conditions = node.get("status", {}).get("conditions", ())
        is_ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
        return is_ready and not node.get("spec", {}).get("taints")


def _prepare(place: Place) -> KubeApi:
    """Make the certificates and kubeconfigs; returns the administrator's way in."""
    pki = place.folder / "pki"
    pki.mkdir()
    authority = certificates.Authority(pki, "pinnace test cluster authority")
    authority.server("apiserver", (*certificates.LOCAL_NAMES, "kubernetes.default.svc", "10.96.0.1"))
    certificates.write_key(pki / "serviceaccounts.key")
    clients = {name: authority.client(name, user, groups) for name, (user, groups) in USERS.items()}
    for name, client in clients.items():
        path = Path(place.kubeconfig(name))
        path.touch(mode=0o600)
        path.write_text(kubeconfig.with_certificate(place.url, authority.certificate, client))
    return KubeApi(place.port, authority.certificate, clients["admin"])


def _arguments(place: Place, parts: Parts, has_workloads: bool) -> dict[str, list[str]]:
    arguments = {"kine": commands.kine(), "kube-apiserver": commands.apiserver(place)}
    if has_workloads:
        arguments |= {
            "kube-controller-manager": commands.controller_manager(place),
            "kube-scheduler": commands.scheduler(place),
            "kwok": commands.kwok(place, parts.stages),
        }
    return arguments
