"""The trait `startup-probe`: how containers that are there are asked whether they have started.

Until then no other probe runs. The list form never works in KubeVela; here it does.
"""

from typing import Literal

from pydantic import Field

from pinnace_cloud.render.components.pod_parameters import Closed, ProbeTimes
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import actions, addressing, settings, shapes
from pinnace_cloud.render.traits.actions import Actions
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many


class HttpGet(actions.HttpGet):
    """A request."""

    port: int
    """Port of the host."""
    scheme: Given[Literal["HTTP", "HTTPS"]] = None
    """Protocol of the request."""


class TcpSocket(actions.TcpSocket):
    """A connection."""

    port: int
    """Port of the host."""


class Grpc(Closed):
    """A health check of gRPC."""

    port: int
    """Port of the container."""
    service: Given[str] = None
    """Name of the service that is asked for."""


class ProbePatch(Addressed, Actions, ProbeTimes):
    """The probe of one container; one of the four actions."""

    http_get: Given[HttpGet] = None
    """A request that is answered with 2xx or 3xx."""
    grpc: Given[Grpc] = None
    """A health check of gRPC."""
    tcp_socket: Given[TcpSocket] = None
    """A port that takes connections."""
    termination_grace_period_seconds: Given[int] = None
    """Seconds that a failed container has to end."""


class ProbeOfContainer(ProbePatch):
    """The probe of the named container."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class ProbeParameters(ProbePatch, OneOrSeveral[ProbeOfContainer]):
    """The probe of one container, by default the component's own; or of several."""

    containers: Given[Many[ProbeOfContainer]] = Field(default=None, alias="probes")
    """Several containers; excludes all other properties."""


class StartupProbe:
    """Asks containers whether they have started."""

    name = "startup-probe"
    parameters = ProbeParameters

    def apply(self, context: Context, parameters: ProbeParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


def _patched(container: KubeObject, patch: ProbePatch) -> KubeObject:
    base = shapes.mapping(container, "startupProbe")
    return {**container, "startupProbe": settings.united(base, patch, without=("container_name", "containers"))}
