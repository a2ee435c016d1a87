"""The trait `pvc`, which KubeVela has given up for `storage`: a PersistentVolumeClaim, mounted in the pods' container.

Refuses pods of several containers, as KubeVela does. Its `selector` is written as `dataSource`; we say so.
"""

from collections.abc import Iterator
from typing import Literal

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.patching import Tag
from pinnace_cloud.render.traits import pod_template, storage_doubts
from pinnace_cloud.render.traits.pod_template import BY_NAME
from pinnace_cloud.render.traits.quantities import Size
from pinnace_cloud.render.traits.storage_parameters import ClaimSelector, DataSource, DataSourceRef
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class ClaimedSize(Strictly):
    """An amount of storage."""

    storage: Size
    """Bytes: `8Gi`."""


class ClaimedResources(Strictly):
    """How much storage is claimed."""

    requests: ClaimedSize
    """At least this much."""
    limits: Given[ClaimedSize] = None
    """At most this much."""


class VolumeToMount(Strictly):
    """One place where the claim is mounted."""

    name: str
    """Name of the volume in the pods."""
    device_path: Given[str] = None
    """Path of the device, with `volumeMode: Block`."""
    mount_path: Given[str] = None
    """Path of the folder, with `volumeMode: Filesystem`."""


class PvcParameters(Strictly):
    """A PersistentVolumeClaim, and where it is mounted."""

    claim_name: str
    """Name of the claim."""
    volume_mode: Literal["Filesystem", "Block"] = "Filesystem"
    """A folder or a device."""
    volume_name: Given[str] = None
    """Name of the PersistentVolume; the cluster finds one without it."""
    access_modes: Many[str] = ()
    """Who may mount it: `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`."""
    storage_class_name: Given[str] = None
    """Class of the storage; the cluster's default without it."""
    resources: ClaimedResources
    """How much storage is claimed."""
    data_source_ref: Given[DataSourceRef] = None
    """What the volume is filled from at first."""
    data_source: Given[DataSource] = None
    """What the volume is filled from at first, in the older form."""
    selector: Given[ClaimSelector] = None
    """Labels of volumes; see its type."""
    volumes_to_mount: Many[VolumeToMount] = ()
    """Where it is mounted."""


class Pvc:
    """Makes a claim and mounts it."""

    name = "pvc"
    parameters = PvcParameters
    replacement = "storage"

    def apply(self, context: Context, parameters: PvcParameters, output: Output) -> Output:
        missing = tuple(_missing(parameters))
        if missing:
            return pod_template.reported(output, *missing)
        after = pod_template.patched(context, output, _pod(parameters), _TAGS)
        part = Part(_claim(parameters), Origin.TRAIT, self.name, key="claim")
        doubts = storage_doubts.of_selector(context, parameters.selector, ("properties",))
        return pod_template.reported(after.with_parts(part), *doubts)


_TAGS = {
    "volumes": BY_NAME,
    "containers": Tag(is_closed=True),
    "containers[].volumeDevices": BY_NAME,
    "containers[].volumeMounts": BY_NAME,
}
# By mode: the field of a container that mounts, and its field for the path.
_MOUNTS = {"Block": ("volumeDevices", "devicePath"), "Filesystem": ("volumeMounts", "mountPath")}


def _path(parameters: PvcParameters, item: VolumeToMount) -> str | None:
    return item.device_path if parameters.volume_mode == "Block" else item.mount_path


def _missing(parameters: PvcParameters) -> Iterator[Diagnostic]:
    _, field = _MOUNTS[parameters.volume_mode]
    for index, item in enumerate(parameters.volumes_to_mount):
        if _path(parameters, item) is None:
            message = f"is required with volumeMode {parameters.volume_mode}"
            yield diagnostics.error(Reason.INVALID, message, "properties", "volumesToMount", index, field)


def _pod(parameters: PvcParameters) -> KubeObject:
    mounting, field = _MOUNTS[parameters.volume_mode]
    items = parameters.volumes_to_mount
    source = {"persistentVolumeClaim": {"claimName": parameters.claim_name}}
    return {
        "containers": [{mounting: [{"name": item.name, field: _path(parameters, item)} for item in items]}],
        "volumes": [{"name": item.name, **source} for item in items],
    }


def _claim(parameters: PvcParameters) -> KubeObject:
    spec = pods.plain(parameters)
    name, selector = spec.pop("claimName"), spec.pop("selector", None)
    del spec["volumesToMount"]
    if selector is not None:
        spec["dataSource"] = {**spec.get("dataSource", {}), **selector}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}
