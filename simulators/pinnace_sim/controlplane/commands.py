"""The command lines of the control plane's programs. Pure: from paths and a port to words.

As near to a real site's as one process group on one machine allows: RBAC, the default admission plug-ins, the default
controllers. What differs is for speed and quiet, and stands here with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision.ports import LOOPBACK

STORE = "unix://kine.sock"  # relative to the working folder, since the path of a socket is limited to 107 bytes
SERVICE_RANGE = "10.96.0.0/16"


@dataclass(frozen=True)
class Place:
    """Where one control plane lives: its data folder, and the port of its KubeAPI."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address of the KubeAPI."""
        return f"https://{LOOPBACK}:{self.port}"

    def pki(self, name: str) -> str:
        """A file among the certificates and keys."""
        return str(self.folder / "pki" / name)

    def kubeconfig(self, name: str) -> str:
        """The kubeconfig of one program, or of `admin`."""
        return str(self.folder / f"{name}.kubeconfig")


def kine() -> list[str]:
    """The store, on SQLite in `db/` of its working folder, with k3s' settings."""
    return [f"--listen-address={STORE}", "--metrics-bind-address=0"]


def apiserver(place: Place) -> list[str]:
    """kube-apiserver with RBAC and tokens signed by a key of its own."""
    return [
        f"--etcd-servers={STORE}",
        f"--secure-port={place.port}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",  # else it looks for another address, and ends where there is no network
        f"--tls-cert-file={place.pki('apiserver.crt')}",
        f"--tls-private-key-file={place.pki('apiserver.key')}",
        f"--client-ca-file={place.pki('ca.crt')}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={place.pki('serviceaccounts.key')}",
        f"--service-account-key-file={place.pki('serviceaccounts.key')}",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--profiling=false",
        # An endpoint on a loopback address is invalid, so the service `kubernetes` has none.
        "--endpoint-reconciler-type=none",
    ]


def controller_manager(place: Place) -> list[str]:
    """kube-controller-manager with its default controllers, each with its own account as in a real cluster."""
    return [
        f"--kubeconfig={place.kubeconfig('kube-controller-manager')}",
        f"--root-ca-file={place.pki('ca.crt')}",
        f"--service-account-private-key-file={place.pki('serviceaccounts.key')}",
        "--use-service-account-credentials=true",
        *_alone_and_quick(),
    ]


def scheduler(place: Place) -> list[str]:
    """kube-scheduler with its default profile."""
    return [f"--kubeconfig={place.kubeconfig('kube-scheduler')}", *_alone_and_quick()]


def kwok(place: Place, stages: Sequence[Path]) -> list[str]:
    """kwok, which plays the kubelets: it keeps every node ready and makes every scheduled pod run."""
    return [
        f"--kubeconfig={place.kubeconfig('kwok')}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        "--cidr=10.244.0.0/16",
        f"--node-ip={LOOPBACK}",
        *(f"--config={stage}" for stage in stages),
    ]


def _alone_and_quick() -> list[str]:
    # One replica needs no election, which takes seconds; nobody reads their ports; the default of 20 requests a
    # second is meant to spare servers with thousands of nodes.
    return ["--leader-elect=false", "--secure-port=0", "--kube-api-qps=200", "--kube-api-burst=400"]
