"""Properties that several component types share: environment, probes, resources.

Names and defaults are those of KubeVela's built-in types; what a pod in Kubernetes may also have here (`fieldRef`,
`optional`) is taken too, since KubeVela passes it on.
"""

from typing import ClassVar, Literal

from pinnace_cloud.render.components.volume_parameters import OldVolume, VolumeMounts
from pinnace_schemas.fields import Given, Many, Strictly


class KeyRef(Strictly):
    """A key of a Secret or ConfigMap in the namespace of the pod."""

    name: str
    """Name of the Secret or ConfigMap."""
    key: str
    """The key in it."""
    optional: Given[bool] = None
    """Whether the pod may start where it is missing."""


class FieldRef(Strictly):
    field_path: str
    """Path of a field of the pod, such as `metadata.name`."""
    api_version: Given[str] = None
    """Version of the pod's schema; `v1` without it."""


class ResourceFieldRef(Strictly):
    resource: str
    """Such as `limits.cpu` or `requests.memory`."""
    container_name: Given[str] = None
    """Another container of the pod."""
    divisor: Given[str] = None
    """The unit in which the amount is given, such as `1Mi`."""


class ValueFrom(Strictly):
    secret_key_ref: Given[KeyRef] = None
    """A key of a Secret."""
    config_map_key_ref: Given[KeyRef] = None
    """A key of a ConfigMap."""
    field_ref: Given[FieldRef] = None
    """A field of the pod itself."""
    resource_field_ref: Given[ResourceFieldRef] = None
    """What a container asks for or is limited to."""


class EnvVar(Strictly):
    name: str
    """Name of the variable."""
    value: Given[str] = None
    """Its value, as text."""
    value_from: Given[ValueFrom] = None
    """Where the value comes from, instead of `value`."""


class Closed(Strictly):
    """KubeVela declares probes as closed: what they do not know is an error."""

    closed: ClassVar[bool] = True


class Header(Closed):
    name: str
    """Name of the header."""
    value: str
    """What it says."""


class ExecAction(Closed):
    command: Many[str]
    """The program and its arguments; 0 as its exit code means success."""


class HttpGetAction(Closed):
    path: str
    """Path of the URL."""
    port: int
    """Port of the container."""
    http_headers: Given[Many[Header]] = None
    """Headers to send."""


class AnyHttpGetAction(HttpGetAction):
    host: Given[str] = None
    """Another host than the pod."""
    scheme: Given[str] = None
    """`HTTP` or `HTTPS`."""


class TcpSocketAction(Closed):
    port: int
    """Port of the container; a connection that opens means success."""


class ProbeTimes(Closed):
    """When a probe runs, and what it takes to succeed or fail. Times in seconds."""

    initial_delay_seconds: int = 0
    """Seconds from the start of the container to the first probe."""
    period_seconds: int = 10
    """Seconds between two probes."""
    timeout_seconds: int = 1
    """Seconds after which a probe has failed."""
    success_threshold: int = 1
    """Successes in a row that mean success."""
    failure_threshold: int = 3
    """Failures in a row that mean failure."""


class Probe(ProbeTimes):
    """One of three actions. Times in seconds."""

    exec: Given[ExecAction] = None
    """A command to run in the container."""
    http_get: Given[HttpGetAction] = None
    """A GET to send; a status from 200 to 399 means success."""
    tcp_socket: Given[TcpSocketAction] = None
    """A port to connect to."""


class ServerProbe(Probe):
    """A probe of what may be called: it may ask another host, and by HTTPS. Times in seconds."""

    http_get: Given[AnyHttpGetAction] = None
    """A GET to send; a status from 200 to 399 means success."""


class HostAlias(Strictly):
    ip: str
    """An address."""
    hostnames: Many[str]
    """The names that lead to it, in the hosts file of the pod."""


class Limit(Strictly):
    """Upper bounds where they differ from `cpu` and `memory`, which are then only requested."""

    cpu: Given[str] = None
    """Cores, such as `0.5` or `500m`."""
    memory: Given[str] = None
    """Bytes, such as `512Mi`."""


class PodParameters(Strictly):
    """What every type takes whose main part is one container."""

    # That the component's name is a DNS label is checked by the core, also where properties are wrong.
    names_container: ClassVar[bool] = True

    image: str
    """The container's image."""
    image_pull_policy: Given[Literal["Always", "Never", "IfNotPresent"]] = None
    """When the image is fetched."""
    image_pull_secrets: Given[Many[str]] = None
    """Names of the Secrets with which it is fetched."""
    cmd: Given[Many[str]] = None
    """What the container runs instead of its image's entry point."""
    env: Given[Many[EnvVar]] = None
    """Variables of the environment."""
    cpu: Given[str] = None
    """Cores, such as `0.5` or `500m`: what is asked for, and the limit."""
    memory: Given[str] = None
    """Bytes, such as `512Mi`: what is asked for, and the limit."""
    volumes: Given[Many[OldVolume]] = None
    """Volumes in the form before `volumeMounts`."""
    liveness_probe: Given[Probe] = None
    """A container that fails it is started again."""
    readiness_probe: Given[Probe] = None
    """A pod that fails it is sent no requests."""


class ContainerParameters(PodParameters):
    """The same with the newer form of `volumes`: what `worker` takes, and most other types."""

    volume_mounts: Given[VolumeMounts] = None
    """Volumes and where they appear."""
