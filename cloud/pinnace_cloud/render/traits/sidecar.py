"""The trait `sidecar`: one more container in the pods.

One that is called as a container that is there is united with it, and refused where the two differ, as in KubeVela.
"""

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import Closed, EnvVar, ExecAction, TcpSocketAction
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.actions import Header
from pinnace_cloud.render.traits.pod_template import BY_NAME, CLOSED
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class SharedVolume(Strictly):
    """A volume of the pod in the container."""

    name: str
    """Name of the volume."""
    path: str
    """Where it is mounted."""


class HttpGet(Closed):
    """A request to the container; narrower than the one of components."""

    path: str
    """Path of the request."""
    port: int
    """Port of the container."""
    http_headers: Given[Many[Header]] = None
    """Headers of the request."""


class HealthProbe(Closed):
    """How the container is asked whether it is well; one of the three actions."""

    exec: Given[ExecAction] = None
    """A command that ends with 0 where all is well."""
    http_get: Given[HttpGet] = None
    """A request that is answered with 2xx or 3xx."""
    tcp_socket: Given[TcpSocketAction] = None
    """A port that takes connections."""
    initial_delay_seconds: int = 0
    """Seconds before the first probe."""
    period_seconds: int = 10
    """Seconds between two probes."""
    timeout_seconds: int = 1
    """Seconds until a probe has failed."""
    success_threshold: int = 1
    """Probes in a row after which all is well again."""
    failure_threshold: int = 3
    """Probes in a row after which the container has failed."""


class SidecarParameters(Strictly):
    """A container beside that of the component."""

    name: str
    """Name of the container."""
    image: str
    """Image of the container."""
    cmd: Given[Many[str]] = None
    """Command of the container."""
    args: Given[Many[str]] = None
    """Arguments of the command."""
    env: Given[Many[EnvVar]] = None
    """Environment variables."""
    volumes: Given[Many[SharedVolume]] = None
    """Volumes of the pod that the container shares."""
    liveness_probe: Given[HealthProbe] = None
    """The container is started again where this fails."""
    readiness_probe: Given[HealthProbe] = None
    """No traffic reaches the pod while this fails."""


_TAGS = {"containers": BY_NAME, "containers[].command": CLOSED, "containers[].args": CLOSED}


class Sidecar:
    """Adds a container to the pods."""

    name = "sidecar"
    parameters = SidecarParameters

    def apply(self, context: Context, parameters: SidecarParameters, output: Output) -> Output:
        pod = {"containers": [_container(parameters)]}
        return pod_template.patched(context, output, pod, _TAGS, ("properties", "name"))


def _container(parameters: SidecarParameters) -> KubeObject:
    found = pods.plain(parameters)
    if "cmd" in found:
        found["command"] = found.pop("cmd")
    if "volumes" in found:
        found["volumeMounts"] = [{"name": item["name"], "mountPath": item["path"]} for item in found.pop("volumes")]
    return found
