"""The trait `container-ports`: ports of containers that are there, and the ports of the node that lead to them.

By KubeVela's rules a port is known by number and protocol: what the container has keeps its place and its name.
KubeVela fails where a port of the container has no name or no protocol, and takes away the node's port that another
trait gave it; here a protocol that is not written is TCP, and what is not mentioned stays. Two different ports of the
node for one port are refused.
"""

from typing import Literal

from pydantic import Field

from pinnace_cloud.render import patching
from pinnace_cloud.render.components.pod_parameters import Closed
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import addressing, shapes
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many


class ContainerPort(Closed):
    """A port of a container."""

    container_port: int
    """Number of the port."""
    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    """Protocol of the port."""
    host_port: Given[int] = None
    """Port of the node that leads here."""
    host_ip: Given[str] = Field(default=None, alias="hostIP")
    """Address of the node that the port belongs to."""


class PortsPatch(Addressed):
    """Ports of one container."""

    ports: Many[ContainerPort] = ()
    """Ports to add, or to lead to from the node."""


class PortsOfContainer(PortsPatch):
    """Ports of the named container."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class PortsParameters(PortsPatch, OneOrSeveral[PortsOfContainer]):
    """Ports of one container, by default the component's own; or of several."""


class ContainerPorts:
    """Adds ports to containers, and leads to them from ports of the node."""

    name = "container-ports"
    parameters = PortsParameters

    def apply(self, context: Context, parameters: PortsParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


def _patched(container: KubeObject, patch: PortsPatch) -> KubeObject:
    """Ports that the container does not have are added as they are written, also twice."""
    ports = list(shapes.maps(container, "ports"))
    places = {_key(port): index for index, port in enumerate(ports)}
    for port in patch.ports:
        wanted = port.model_dump(by_alias=True, exclude_none=True)
        index = places.get(_key(wanted))
        if index is None:
            ports.append(wanted)
        else:
            ports[index] = patching.merge(ports[index], wanted)
    return {**container, "ports": ports}


def _key(port: KubeObject) -> str:
    """Number and protocol; as text, since objects that people write may hold anything."""
    return f"{port.get('containerPort')}/{port.get('protocol', 'TCP')}"
