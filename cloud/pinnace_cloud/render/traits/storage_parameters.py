"""Properties of the trait `storage`.

As in KubeVela: a volume is called after its sort and its name (`pvc-data`), a key of `data` is passed on as it is, and
`readOnly` and `selector` do not do what their names say (see `storage`).
"""

from typing import Any, Literal

from pinnace_cloud.render.components.volume_parameters import Item
from pinnace_cloud.render.traits.quantities import Size
from pinnace_schemas.fields import Given, Many, Strictly


class Source(Strictly):
    """What is mounted."""

    name: str
    """Name of the object; the volume is called after it."""


class Storable(Source):
    """An object that the trait also makes, unless told otherwise."""

    mount_only: bool = False
    """The object is there already; it is not made."""


class StorageSize(Strictly):
    """An amount of storage."""

    storage: Given[Size] = None
    """Bytes: `8Gi`."""


class ClaimResources(Strictly):
    """How much storage is claimed."""

    requests: Given[StorageSize] = None
    """At least this much; 8Gi without it."""
    limits: Given[StorageSize] = None
    """At most this much."""


class DataSource(Strictly):
    """What the volume is filled from at first."""

    name: str
    """Name of the object."""
    kind: str
    """Kind of the object."""
    api_group: str
    """API group of the kind."""


class DataSourceRef(DataSource):
    """The same, where the object may be in another namespace."""

    namespace: Given[str] = None
    """Namespace of the object."""


class SelectorExpression(Strictly):
    """One condition; KubeVela takes no list here."""

    key: str
    """Name of the label."""
    operator: str
    """How values are compared: `In`, `NotIn`, `Exists`, `DoesNotExist`."""
    values: Many[str] = ()
    """Values of the label."""


class ClaimSelector(Strictly):
    """Labels of volumes; written as `dataSource`, as KubeVela does, which no cluster takes."""

    match_labels: Given[dict[str, str]] = None
    """Labels and values."""
    match_expressions: Given[SelectorExpression] = None
    """A condition."""


class Claim(Storable):
    """A PersistentVolumeClaim as a folder, or as a device."""

    mount_path: str
    """Where it is mounted; with `volumeMode: Block` the path of the device."""
    sub_path: Given[str] = None
    """Path in the volume."""
    volume_mode: Literal["Filesystem", "Block"] = "Filesystem"
    """A folder or a device."""
    volume_name: Given[str] = None
    """Name of the PersistentVolume; the cluster finds one without it."""
    access_modes: Many[str] = ("ReadWriteOnce",)
    """Who may mount it: `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`."""
    storage_class_name: Given[str] = None
    """Class of the storage; the cluster's default without it."""
    resources: Given[ClaimResources] = None
    """How much storage is claimed."""
    data_source_ref: Given[DataSourceRef] = None
    """What the volume is filled from at first."""
    data_source: Given[DataSource] = None
    """What the volume is filled from at first, in the older form."""
    selector: Given[ClaimSelector] = None
    """Labels of volumes; see its type."""


class Files(Storable):
    """A map of texts as files, as variables, or both."""

    sub_path: Given[str] = None
    """Path in the volume."""
    mount_path: Given[str] = None
    """Folder of the files; no files without it."""
    default_mode: int = 420
    """Permission bits of the files, as a decimal number."""
    read_only: bool = False
    """No effect, as in KubeVela."""
    data: Given[dict[str, Any]] = None
    """The texts, by key; of a Secret in base64."""
    items: Given[Many[Item]] = None
    """Keys that become files; all without it."""


class ConfigMapKey(Strictly):
    """A variable from a ConfigMap."""

    env_name: str
    """Name of the variable."""
    config_map_key: str
    """Key in the ConfigMap."""

    @property
    def key(self) -> str:
        return self.config_map_key


class SecretKey(Strictly):
    """A variable from a Secret."""

    env_name: str
    """Name of the variable."""
    secret_key: str
    """Key in the Secret."""

    @property
    def key(self) -> str:
        return self.secret_key


class ConfigMapFiles(Files):
    """A ConfigMap as files, as variables, or both."""

    mount_to_env: Given[ConfigMapKey] = None
    """A variable."""
    mount_to_envs: Given[Many[ConfigMapKey]] = None
    """Further variables."""


class SecretFiles(Files):
    """A Secret as files, as variables, or both."""

    mount_to_env: Given[SecretKey] = None
    """A variable."""
    mount_to_envs: Given[Many[SecretKey]] = None
    """Further variables."""
    string_data: Given[dict[str, Any]] = None
    """The texts, by key, as they are."""


class EmptyDir(Source):
    """A folder that lives as long as the pod."""

    mount_path: str
    """Where it is mounted."""
    sub_path: Given[str] = None
    """Path in the volume."""
    medium: Literal["", "Memory"] = ""
    """Disk of the node, or its memory."""


class HostPath(Source):
    """A file or folder of the node."""

    path: str
    """Path on the node."""
    mount_path: str
    """Where it is mounted."""
    type: Literal["Directory", "DirectoryOrCreate", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"] = (
        "Directory"
    )
    """What must be there."""


class StorageParameters(Strictly):
    """Volumes for the first container of the pods, and the objects behind them."""

    pvc: Many[Claim] = ()
    """PersistentVolumeClaims."""
    config_map: Many[ConfigMapFiles] = ()
    """ConfigMaps."""
    secret: Many[SecretFiles] = ()
    """Secrets."""
    empty_dir: Many[EmptyDir] = ()
    """Folders that live as long as the pod."""
    host_path: Many[HostPath] = ()
    """Files and folders of the node."""
