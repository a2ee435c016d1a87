"""A real Kubernetes control plane for tests and demos: started here, or the one that `KUBECONFIG` names."""

from pinnace_sim.controlplane.cluster import Cluster, ExistingCluster, KubectlFailed, use_existing
from pinnace_sim.controlplane.plane import ControlPlane

__all__ = ["Cluster", "ControlPlane", "ExistingCluster", "KubectlFailed", "open_cluster", "use_existing"]


def open_cluster(name: str = "site", *, workloads: bool = True) -> Cluster:
    """The existing cluster if the environment asks for it, else a control plane of our own. A context manager."""
    return ExistingCluster.open() if use_existing() else ControlPlane.start(name, workloads=workloads)
