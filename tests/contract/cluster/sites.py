"""What the contract suite needs of a cluster, and the real one. See `embedded_site` for the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.kube.client import Answer, Call, Client
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.discovery import Discovery, Resource
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.model import Kind, KubeObject, Ref
from pinnace_edge.ports import Cluster, ClusterChanged
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision.running import wait_until

ROLE = Path(__file__).parents[3] / "deploy" / "edge-rbac.yaml"
PLATFORM = Ref(Kind("rbac.authorization.k8s.io/v1", "ClusterRole"), "", "pinnace-edge-platform")
ROLE_DEADLINE_S = 30.0
FREEZE_DEADLINE_S = 5.0
ROLE_KIND = Kind("rbac.authorization.k8s.io/v1", "Role")
CONFIG_MAP = Kind("v1", "ConfigMap")

Emit = Callable[[ClusterChanged], None]


class People(Protocol):
    """Everybody else who works with the cluster, with all permissions."""

    def apply(self, manager: str, item: KubeObject) -> KubeObject:
        """Forced server-side apply as this field manager."""
        ...

    def edit(self, manager: str, ref: Ref, patch: KubeObject, subresource: str = "") -> KubeObject:
        """A merge patch (RFC 7386), as `kubectl edit` sends it."""
        ...

    def delete(self, ref: Ref) -> None: ...

    def ask(self, call: Call) -> Answer:
        """Any request; any status is an answer."""
        ...

    def watch(self, path: str, **query: str) -> list[KubeObject]:
        """All events until the KubeAPI ends the watch, which it does after `timeoutSeconds` at the latest."""
        ...


class Site(Protocol):
    """A cluster under test."""

    people: People

    def daemon(self, emit: Emit, *, timeout_s: float = 30.0) -> Cluster:
        """The port with the daemon's own permissions."""
        ...

    def grant_platform(self) -> None:
        """Also let the daemon deliver CRDs and RBAC objects. Safe to repeat."""
        ...

    def take_away(self) -> None:
        """The KubeAPI ends; its data stay."""
        ...

    def bring_back(self) -> None: ...

    def freeze(self) -> None:
        """The KubeAPI takes connections and answers none."""
        ...

    def thaw(self) -> None: ...

    def stop(self) -> None: ...


def daemon_cluster(kubeconfig: Path, emit: Emit, timeout_s: float) -> Cluster:
    """The adapter under test."""
    settings = KubeSettings(
        kubeconfig=str(kubeconfig),
        # The TLS handshake with a silent KubeAPI counts as connecting.
        connect_timeout_s=min(5.0, timeout_s),
        read_timeout_s=timeout_s,
        # The suite waits for what the daemon would leave to its healing timer.
        watch_backoff_s=1.0,
        absent_kind_wait_s=2.0,
    )
    return KubeCluster(settings, SystemClock(), emit)


class RealSite:
    """kube-apiserver with its controllers; the daemon has the role of deploy/."""

    def __init__(self) -> None:
        self._plane = ControlPlane.start("contract")
        try:
            self._plane.apply_manifest(ROLE)
            self._kubeconfig = self._plane.kubeconfig_for()
            self.people: People = HttpPeople(self._plane.admin_kubeconfig)
            self._wait_until_allowed(CONFIG_MAP, "default")
        except BaseException:
            self._plane.stop()
            raise

    def daemon(self, emit: Emit, *, timeout_s: float = 30.0) -> Cluster:
        return daemon_cluster(self._kubeconfig, emit, timeout_s)

    def grant_platform(self) -> None:
        label = "pinnace.dev/aggregate-to-edge=true"
        self._plane.kubectl("label", "--overwrite", "clusterrole", PLATFORM.name, label)
        self._wait_until_allowed(ROLE_KIND, "default")

    def take_away(self) -> None:
        self._plane.stop_apiserver()

    def bring_back(self) -> None:
        self._plane.start_apiserver()

    def freeze(self) -> None:
        self._plane.pause_apiserver()
        # A signal stops the threads of a process one by one: the last one may still answer.
        tasks = Path(f"/proc/{self._plane.pids['kube-apiserver']}/task")
        wait_until(lambda: all(_is_stopped(task) for task in tasks.iterdir()), "all threads to stop", FREEZE_DEADLINE_S)

    def thaw(self) -> None:
        self._plane.resume_apiserver()

    def stop(self) -> None:
        self._plane.stop()

    def _wait_until_allowed(self, kind: Kind, namespace: str) -> None:
        """Aggregation of roles is the work of a controller."""
        cluster = self.daemon(lambda _: None)
        try:
            wait_until(lambda: not cluster.present(kind, namespace).refused, f"the role for {kind}", ROLE_DEADLINE_S)
        finally:
            cluster.close()


class HttpPeople:
    """An administrator, by the adapter's own HTTP client: its requests are written out here, not shared."""

    def __init__(self, kubeconfig: Path) -> None:
        clock = SystemClock()
        self._client = Client(KubeSettings(kubeconfig=str(kubeconfig)), clock)
        self._discovery = Discovery(self._client, clock, rediscovery_s=0.0)

    def apply(self, manager: str, item: KubeObject) -> KubeObject:
        path = self._path(_ref(item))
        query = {"fieldManager": manager, "force": "true"}
        return _object(self._client.ask(Call("PATCH", path, query, item, "application/apply-patch+yaml")))

    def edit(self, manager: str, ref: Ref, patch: KubeObject, subresource: str = "") -> KubeObject:
        path = self._path(ref) + (f"/{subresource}" if subresource else "")
        query = {"fieldManager": manager}
        return _object(self._client.ask(Call("PATCH", path, query, patch, "application/merge-patch+json")))

    def delete(self, ref: Ref) -> None:
        _object(self._client.ask(Call("DELETE", self._path(ref))))

    def ask(self, call: Call) -> Answer:
        return self._client.ask(call)

    def watch(self, path: str, **query: str) -> list[KubeObject]:
        response = self._client.stream(Call("GET", path, {"watch": "true", **query}))
        try:
            return [json.loads(line) for line in response.data.splitlines() if line.strip()]
        finally:
            response.close()

    def _path(self, ref: Ref) -> str:
        resource = self._discovery.find(ref.kind)
        assert isinstance(resource, Resource), f"the KubeAPI does not know {ref.kind}"
        return resource.path(ref.namespace, ref.name)


def _is_stopped(task: Path) -> bool:
    """The state is the word after the name in parentheses (proc(5))."""
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def _ref(item: KubeObject) -> Ref:
    metadata = item["metadata"]
    return Ref(Kind(item["apiVersion"], item["kind"]), metadata.get("namespace", ""), metadata["name"])


def _object(answer: Answer) -> KubeObject:
    assert answer.is_ok, f"{answer.status}: {answer.data.decode()}"
    found: KubeObject = answer.json()
    return found
