"""Properties that several component types share: volumes and where they appear, in the newer form and in the older one.

Names and defaults are those of KubeVela's built-in types.
"""

from typing import Any, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas.fields import Given, Many, Strictly

# What Kubernetes' own defaults are, in decimal: 0644 and 0777.
_FILE_MODE, _ITEM_MODE = 420, 511


class Item(Strictly):
    """A key of a ConfigMap or Secret as a file."""

    key: str
    """The key."""
    path: str
    """Name of the file, below the mount."""
    mode: int = _ITEM_MODE
    """Permissions of the file, as a decimal number."""


class Mount(Strictly):
    name: str
    """Name of the volume; the same in several mounts means one volume."""
    mount_path: str
    """Where it appears in the container."""
    sub_path: Given[str] = None
    """Only this path of the volume."""


class PvcMount(Mount):
    claim_name: str
    """Name of the PersistentVolumeClaim."""


class FilesMount(Mount):
    default_mode: int = _FILE_MODE
    """Permissions of the files, as a decimal number."""
    items: Given[Many[Item]] = None
    """Only these keys, under names of their own."""


class ConfigMapMount(FilesMount):
    cm_name: str
    """Name of the ConfigMap."""


class SecretMount(FilesMount):
    secret_name: str
    """Name of the Secret."""


class EmptyDirMount(Mount):
    medium: Literal["", "Memory"] = ""
    """`Memory` for a folder in memory; empty for one on the node's disk."""


class HostPathMount(Mount):
    path: str
    """Path on the node."""


class VolumeMounts(Strictly):
    pvc: Given[Many[PvcMount]] = None
    """PersistentVolumeClaims."""
    config_map: Given[Many[ConfigMapMount]] = None
    """ConfigMaps, a file for each key."""
    secret: Given[Many[SecretMount]] = None
    """Secrets, a file for each key."""
    empty_dir: Given[Many[EmptyDirMount]] = None
    """Folders that are empty when the pod starts and gone when it ends."""
    host_path: Given[Many[HostPathMount]] = None
    """Folders or files of the node."""


_NEEDS = {"pvc": "claim_name", "configMap": "cm_name", "secret": "secret_name"}


class TypedVolume(Strictly):
    """A volume; which fields count depends on the type."""

    name: str
    """Name of the volume."""
    type: Literal["emptyDir", "pvc", "configMap", "secret"] = "emptyDir"
    """What the volume is; says which of the other fields count."""
    claim_name: Given[str] = None
    """Name of the PersistentVolumeClaim, for `pvc`."""
    cm_name: Given[str] = None
    """Name of the ConfigMap, for `configMap`."""
    secret_name: Given[str] = None
    """Name of the Secret, for `secret`."""
    default_mode: int = _FILE_MODE
    """Permissions of the files, as a decimal number."""
    items: Given[Many[Item]] = None
    """Only these keys, under names of their own."""
    medium: Literal["", "Memory"] = ""
    """`Memory` for an `emptyDir` in memory."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = _NEEDS.get(self.type)
        if needed is not None and getattr(self, needed) is None:
            field = type(self).model_fields[needed].alias
            raise PydanticCustomError("volume", "a volume of type {type} needs '{field}'", _named(self.type, field))
        return self


class OldVolume(TypedVolume):
    """The form before `volumeMounts`; which fields count depends on the type."""

    mount_path: str
    """Where it appears in the container."""


def _named(volume: str, field: str | None) -> dict[str, Any]:
    return {"type": volume, "field": field}
