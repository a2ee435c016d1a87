"""The policy `topology`: where an Application goes. It changes no component; `placement` reads what it says."""

from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.topology import Topology
from pinnace_schemas.diagnostics import Diagnostic, Parts


class TopologyPolicy:
    """Says to which NodeGroups an Application goes, and into which namespace there."""

    name = "topology"
    parameters = Topology

    def change(
        self,
        parameters: Topology,  # noqa: ARG002 - of the protocol
        path: Parts,  # noqa: ARG002
        components: tuple[Draft, ...],
    ) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        """The components as they are."""
        return components, ()
