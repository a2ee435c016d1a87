"""The trait `init-container`: a container that ends before the others start, and a volume that it shares with the
component's own.

KubeVela fails, or leaves out the volume, where the volume has its default name and the pod has volumes already; here
the default counts like a written name.
"""

from collections.abc import Iterable
from typing import Any, Literal

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import EnvVar
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, shapes
from pinnace_cloud.render.traits.pod_template import BY_NAME, CLOSED, REPLACED_LIST
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class ExtraMount(Strictly):
    """A further volume of the pod; what Kubernetes knows besides the two is passed on."""

    name: str
    """Name of the volume."""
    mount_path: str
    """Where it is mounted."""
    sub_path: Given[str] = None
    """Path in the volume."""
    sub_path_expr: Given[str] = None
    """Path in the volume, with variables."""
    read_only: Given[bool] = None
    """The container cannot change it."""
    mount_propagation: Given[str] = None
    """Whether later mounts are seen inside and outside."""


class InitContainerParameters(Strictly):
    """A container that prepares what the others use."""

    name: str
    """Name of the container."""
    image: str
    """Image of the container."""
    image_pull_policy: Literal["IfNotPresent", "Always", "Never"] = "IfNotPresent"
    """When the image is pulled."""
    cmd: Given[Many[str]] = None
    """Command of the container."""
    args: Given[Many[str]] = None
    """Arguments of the command."""
    env: Given[Many[EnvVar]] = None
    """Environment variables."""
    mount_name: str = "workdir"
    """Name of the shared volume."""
    app_mount_path: str
    """Where the component's own container sees the volume."""
    init_mount_path: str
    """Where the init container sees the volume."""
    extra_volume_mounts: Many[ExtraMount] = ()
    """Further volumes of the pod for the init container."""


_TAGS = {
    "containers": BY_NAME,
    "containers[].volumeMounts": REPLACED_LIST,
    "initContainers": BY_NAME,
    "initContainers[].command": CLOSED,
    "initContainers[].args": CLOSED,
    "initContainers[].volumeMounts": REPLACED_LIST,
    "volumes": BY_NAME,
}


class InitContainer:
    """Runs a container before the others; the two share a volume."""

    name = "init-container"
    parameters = InitContainerParameters

    def apply(self, context: Context, parameters: InitContainerParameters, output: Output) -> Output:
        containers = pod_template.containers(output)
        known = pod_template.names(containers)
        if context.component not in known:
            return pod_template.reported(output, pod_template.missing(context.component, known, ("type",)))
        inits = pod_template.containers(output, "initContainers")
        shared = [_mount(parameters, parameters.app_mount_path)]
        own = {"name": context.component, "volumeMounts": _mounts(containers, context.component, shared)}
        first = {**_container(parameters), "volumeMounts": _mounts(inits, parameters.name, _own_mounts(parameters))}
        volume = {"name": parameters.mount_name, "emptyDir": {}}
        pod = {"containers": [own], "initContainers": [first], "volumes": [volume]}
        return pod_template.patched(context, output, pod, _TAGS)


def _mount(parameters: InitContainerParameters, path: str) -> KubeObject:
    return {"name": parameters.mount_name, "mountPath": path}


def _own_mounts(parameters: InitContainerParameters) -> list[KubeObject]:
    return [
        _mount(parameters, parameters.init_mount_path),
        *(pods.plain(mount) for mount in parameters.extra_volume_mounts),
    ]


def _mounts(containers: Iterable[Any], name: str, new: Iterable[KubeObject]) -> list[Any]:
    """Of the container of this name, with the new ones behind."""
    own = next((item for item in containers if item.get("name") == name), None)
    return pod_template.appended(shapes.maps(own, "volumeMounts"), new)


_PASSED_ON = {"name", "image", "image_pull_policy", "args", "env"}


def _container(parameters: InitContainerParameters) -> KubeObject:
    found: KubeObject = parameters.model_dump(mode="json", by_alias=True, exclude_none=True, include=_PASSED_ON)
    return found if parameters.cmd is None else {**found, "command": list(parameters.cmd)}
