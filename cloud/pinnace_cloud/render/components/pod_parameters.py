"""Properties that several component types share: environment, probes, volumes, resources.

Names and defaults are those of KubeVela's built-in types; what a pod in Kubernetes may also have here (`fieldRef`,
`optional`) is taken too, since KubeVela passes it on.
"""

from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas.fields import Given, Many, Strictly

# What Kubernetes' own defaults are, in decimal: 0644 and 0777.
_FILE_MODE, _ITEM_MODE = 420, 511


class KeyRef(Strictly):
    """A key of a Secret or ConfigMap in the namespace of the pod."""

    name: str
    key: str
    optional: Given[bool] = None


class FieldRef(Strictly):
    field_path: str
    api_version: Given[str] = None


class ResourceFieldRef(Strictly):
    resource: str
    container_name: Given[str] = None
    divisor: Given[str] = None


class ValueFrom(Strictly):
    secret_key_ref: Given[KeyRef] = None
    config_map_key_ref: Given[KeyRef] = None
    field_ref: Given[FieldRef] = None
    resource_field_ref: Given[ResourceFieldRef] = None


class EnvVar(Strictly):
    name: str
    value: Given[str] = None
    value_from: Given[ValueFrom] = None


class Header(Strictly):
    name: str
    value: str


class Closed(Strictly):
    """KubeVela declares probes as closed: what they do not know is an error."""

    closed: ClassVar[bool] = True


class ExecAction(Closed):
    command: Many[str]


class HttpGetAction(Closed):
    path: str
    port: int
    host: Given[str] = None
    scheme: Given[str] = None
    http_headers: Given[Many[Header]] = None


class TcpSocketAction(Closed):
    port: int


class Probe(Closed):
    """Times in seconds."""

    exec: Given[ExecAction] = None
    http_get: Given[HttpGetAction] = None
    tcp_socket: Given[TcpSocketAction] = None
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3


class Item(Strictly):
    """A key of a ConfigMap or Secret as a file."""

    key: str
    path: str
    mode: int = _ITEM_MODE


class Mount(Strictly):
    name: str
    mount_path: str
    sub_path: Given[str] = None


class PvcMount(Mount):
    claim_name: str


class FilesMount(Mount):
    default_mode: int = _FILE_MODE
    items: Given[Many[Item]] = None


class ConfigMapMount(FilesMount):
    cm_name: str


class SecretMount(FilesMount):
    secret_name: str


class EmptyDirMount(Mount):
    medium: Literal["", "Memory"] = ""


class HostPathMount(Mount):
    path: str


class VolumeMounts(Strictly):
    pvc: Given[Many[PvcMount]] = None
    config_map: Given[Many[ConfigMapMount]] = None
    secret: Given[Many[SecretMount]] = None
    empty_dir: Given[Many[EmptyDirMount]] = None
    host_path: Given[Many[HostPathMount]] = None


_NEEDS = {"pvc": "claim_name", "configMap": "cm_name", "secret": "secret_name"}


class OldVolume(Strictly):
    """The form before `volumeMounts`; which fields count depends on the type."""

    name: str
    mount_path: str
    type: Literal["emptyDir", "pvc", "configMap", "secret"] = "emptyDir"
    claim_name: Given[str] = None
    cm_name: Given[str] = None
    secret_name: Given[str] = None
    default_mode: int = _FILE_MODE
    items: Given[Many[Item]] = None
    medium: Literal["", "Memory"] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = _NEEDS.get(self.type)
        if needed is not None and getattr(self, needed) is None:
            field = type(self).model_fields[needed].alias
            raise PydanticCustomError("volume", "a volume of type {type} needs '{field}'", _named(self.type, field))
        return self


def _named(volume: str, field: str | None) -> dict[str, Any]:
    return {"type": volume, "field": field}


class HostAlias(Strictly):
    ip: str
    hostnames: Many[str]


class Limit(Strictly):
    """Upper bounds where they differ from `cpu` and `memory`, which are then only requested."""

    cpu: Given[str] = None
    memory: Given[str] = None


class PodParameters(Strictly):
    """What every type takes whose main part is one container."""

    image: str
    image_pull_policy: Given[Literal["Always", "Never", "IfNotPresent"]] = None
    image_pull_secrets: Given[Many[str]] = None
    cmd: Given[Many[str]] = None
    env: Given[Many[EnvVar]] = None
    cpu: Given[str] = None
    memory: Given[str] = None
    volumes: Given[Many[OldVolume]] = None
    liveness_probe: Given[Probe] = None
    readiness_probe: Given[Probe] = None


class ContainerParameters(PodParameters):
    """The same with the newer form of `volumes`: what `worker` takes, and most other types."""

    volume_mounts: Given[VolumeMounts] = None
