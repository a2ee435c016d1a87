"""The traits `volumes` and `configmap`, which KubeVela has given up for `storage`.

`volumes` mounts nothing, `configmap` mounts into the first container.
"""

from dataclasses import replace
from typing import Any

from pinnace_cloud.render import patching
from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.volume_parameters import TypedVolume
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.patching import Conflicting
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.pod_template import BY_NAME
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many, Strictly


class VolumesParameters(Strictly):
    """Volumes that nothing mounts yet."""

    volumes: Given[Many[TypedVolume]] = None
    """The volumes."""


class Volumes:
    """Adds volumes to the pods."""

    name = "volumes"
    parameters = VolumesParameters
    replacement = "storage"

    def apply(self, context: Context, parameters: VolumesParameters, output: Output) -> Output:
        volumes = [pods.typed_volume(item) for item in parameters.volumes or ()]
        return pod_template.patched(context, output, {"volumes": volumes}, {"volumes": BY_NAME})


class ConfigMapVolume(Strictly):
    """A ConfigMap as a folder."""

    name: str
    """Name of the ConfigMap."""
    mount_path: str
    """Where it appears in the first container."""
    read_only: bool = False
    """Whether it is mounted so."""
    data: Given[dict[str, str]] = None
    """What it holds; without it, the ConfigMap must be there."""


class ConfigMapParameters(Strictly):
    """ConfigMaps to be mounted, and made where their data is given."""

    volumes: Many[ConfigMapVolume] = ()
    """The ConfigMaps."""


_CONFIG_MAP_TAGS = {"volumes": BY_NAME, "containers[].volumeMounts": BY_NAME}


class ConfigMap:
    """Mounts ConfigMaps, and makes those whose data is given."""

    name = "configmap"
    parameters = ConfigMapParameters
    replacement = "storage"

    def apply(self, context: Context, parameters: ConfigMapParameters, output: Output) -> Output:
        mounts = [_config_map_mount(item) for item in parameters.volumes]
        volumes = [{"name": _volume_name(item), "configMap": {"name": item.name}} for item in parameters.volumes]
        pod = {"containers": [{"volumeMounts": mounts}], "volumes": volumes}
        after = pod_template.patched(context, output, pod, _CONFIG_MAP_TAGS)
        made, problems = _made(parameters, self.name)
        return pod_template.reported(after.with_parts(*made), *problems)


def _made(parameters: ConfigMapParameters, made_by: str) -> tuple[list[Part], list[Diagnostic]]:
    """The ConfigMaps; data of one that stands at several places adds up, and must agree."""
    found: dict[str, Part] = {}
    problems: list[Diagnostic] = []
    for index, item in enumerate(parameters.volumes):
        if item.data is None:
            continue
        path = ("properties", "volumes", index)
        part = found.setdefault(item.name, Part(_config_map(item), Origin.TRAIT, made_by, path, item.name))
        try:
            found[item.name] = replace(part, object=patching.merge(part.object, _config_map(item)))
        except Conflicting as exc:
            problems += pod_template.conflicts(exc, f"to what else is written of '{item.name}'", path)
    return list(found.values()), problems


def _volume_name(item: ConfigMapVolume) -> str:
    return f"volume-{item.name}"


def _config_map_mount(item: ConfigMapVolume) -> dict[str, Any]:
    return {"name": _volume_name(item), "mountPath": item.mount_path, "readOnly": item.read_only}


def _config_map(item: ConfigMapVolume) -> KubeObject:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": item.name}, "data": dict(item.data or {})}
