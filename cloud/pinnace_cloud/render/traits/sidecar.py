"""The trait `sidecar`: one more container in the pods.

One that is called as a container that is there is united with it, and refused where the two differ, as in KubeVela.
"""

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import EnvVar, Probe
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.pod_template import BY_NAME, CLOSED
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class SharedVolume(Strictly):
    """A volume of the pod in the container."""

    name: str
    """Name of the volume."""
    path: str
    """Where it is mounted."""


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
    liveness_probe: Given[Probe] = None
    """The container is started again where this fails."""
    readiness_probe: Given[Probe] = None
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
