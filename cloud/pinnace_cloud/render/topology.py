"""What a policy says about where an Application goes; `placement` finds the groups."""

from dataclasses import dataclass
from typing import ClassVar

from pinnace_schemas.diagnostics import Parts
from pinnace_schemas.fields import DnsLabel, Given, Many, Strictly


class Topology(Strictly):
    """Properties of a topology policy. `clusters` wins over the selector, as in KubeVela; without both: `local`."""

    closed: ClassVar[bool] = True

    clusters: Given[Many[str]] = None
    """Names of NodeGroups."""
    cluster_label_selector: Given[dict[str, str]] = None
    """Labels of NodeGroups."""
    # The name of clusterLabelSelector before KubeVela 1.3.
    cluster_selector: Given[dict[str, str]] = None
    """The old name of `clusterLabelSelector`."""
    allow_empty: bool = False
    """Whether it is right that no NodeGroup is meant."""
    namespace: Given[DnsLabel] = None
    """Where objects go that name no namespace; the Application's without it."""

    @property
    def selector(self) -> dict[str, str] | None:
        return self.cluster_label_selector if self.cluster_label_selector is not None else self.cluster_selector


@dataclass(frozen=True, slots=True)
class Place:
    """A topology, and where it stands in the Application. `names` and `labels` are the paths below of what chooses
    groups; where names are a list, the place among them follows.
    """

    topology: Topology
    path: Parts
    names: Parts = ("properties", "clusters")
    labels: Parts = ("properties", "clusterLabelSelector")
    is_list: bool = True

    def name(self, index: int) -> Parts:
        """Where one of the names stands, below `path`."""
        return (*self.names, index) if self.is_list else self.names
