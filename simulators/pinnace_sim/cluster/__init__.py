"""A simulated cluster whose KubeAPI real clients talk to."""

from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.embedded import EmbeddedKubeApi
from pinnace_sim.cluster.settings import ClusterSettings, Span

__all__ = ["Cluster", "ClusterSettings", "EmbeddedKubeApi", "Span"]
