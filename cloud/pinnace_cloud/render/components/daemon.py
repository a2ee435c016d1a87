"""The component type `daemon`: one container on every node of a site, in a DaemonSet.

As in KubeVela, its Service says no protocol, its ports are called `port-N` whatever the protocol, and a host path is
mounted writable and without propagation whatever is asked for; we say so.
"""

from collections.abc import Iterator
from typing import Literal

from pinnace_cloud.render.components import servers
from pinnace_cloud.render.components.pods import Json
from pinnace_cloud.render.components.servers import ServerParameters
from pinnace_cloud.render.components.services import Protocol, port_name
from pinnace_cloud.render.components.volume_parameters import HostPathMount, VolumeMounts
from pinnace_cloud.render.health import workloads
from pinnace_cloud.render.parts import Context, Output
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class DaemonPort(Strictly):
    port: int
    """Port of the container, and of the Service."""
    name: Given[str] = None
    """Its name; `port-N` without one."""
    protocol: Protocol = "TCP"
    """Protocol of the container's port."""
    expose: bool = False
    """Whether the Service has this port."""

    @property
    def label(self) -> str:
        return self.name if self.name is not None else port_name(self.port, "TCP")


class DaemonHostPath(HostPathMount):
    mount_propagation: Given[Literal["None", "HostToContainer", "Bidirectional"]] = None
    """Has no effect, as in KubeVela."""
    read_only: bool = False
    """Has no effect, as in KubeVela."""


class DaemonMounts(VolumeMounts):
    host_path: Given[Many[DaemonHostPath]] = None
    """Folders or files of the node."""


class DaemonParameters(ServerParameters):
    ports: Given[Many[DaemonPort]] = None
    """Ports of the container; those that are exposed become a Service."""
    volume_mounts: Given[DaemonMounts] = None
    """Volumes and where they appear."""


class Daemon:
    """A DaemonSet, and a Service for the ports that are exposed."""

    name = "daemon"
    parameters = DaemonParameters
    health = staticmethod(workloads.on_nodes)

    def render(self, context: Context, parameters: DaemonParameters) -> Output:
        ports = None if parameters.ports is None else [_container_port(port) for port in parameters.ports]
        pod = servers.pod(context, parameters, ports)
        exposed = [_service_port(port) for port in parameters.ports or () if port.expose]
        found = servers.output(context, "DaemonSet", self.name, parameters, pod, exposed)
        return Output(found.parts, (*found.diagnostics, *_without_effect(parameters.volume_mounts)))


def _container_port(port: DaemonPort) -> Json:
    return {"containerPort": port.port, "name": port.label, "protocol": port.protocol}


def _service_port(port: DaemonPort) -> Json:
    return {"port": port.port, "targetPort": port.port, "name": port.label}


def _without_effect(mounts: DaemonMounts | None) -> Iterator[Diagnostic]:
    message = "has no effect in a daemon, as in KubeVela; use k8s-objects where it matters"
    for index, item in enumerate((mounts and mounts.host_path) or ()):
        path = ("properties", "volumeMounts", "hostPath", index)
        if item.read_only:
            yield diagnostics.warning(Reason.UNSUPPORTED, message, *path, "readOnly")
        if item.mount_propagation not in (None, "None"):
            yield diagnostics.warning(Reason.UNSUPPORTED, message, *path, "mountPropagation")
