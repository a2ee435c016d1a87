"""The trait `storage`: volumes for the first container of the pods, and the objects behind them.

By KubeVela's rules a volume is called after its sort and its name (`pvc-data`), and one that is named twice is
described by its first entry. `readOnly` has no effect and a claim's `selector` is written as `dataSource`: both are
said. Where KubeVela fails or writes what no cluster takes, this does not: two mounts of one volume stay two, and a
claim in `Block` mode gives a device and no empty mount.
"""

from collections.abc import Iterator

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, shapes, storage_doubts, storage_objects
from pinnace_cloud.render.traits.pod_template import BY_NAME
from pinnace_cloud.render.traits.storage_parameters import (
    Claim,
    ConfigMapFiles,
    EmptyDir,
    Files,
    HostPath,
    SecretFiles,
    StorageParameters,
)
from pinnace_schemas.bundle import KubeObject

Mounted = Claim | ConfigMapFiles | SecretFiles | EmptyDir | HostPath

_TAGS = {
    "volumes": BY_NAME,
    "containers[].env": BY_NAME,
    "containers[].volumeDevices": BY_NAME,
}


class Storage:
    """Mounts volumes in the first container, and makes the claims, ConfigMaps and Secrets behind them."""

    name = "storage"
    parameters = StorageParameters

    def apply(self, context: Context, parameters: StorageParameters, output: Output) -> Output:
        containers = pod_template.containers(output)
        if not containers:
            return pod_template.reported(output, pod_template.missing(context.component, (), ("type",)))
        after = pod_template.patched(context, output, _pod(parameters, containers[0]), _TAGS)
        made, problems = storage_objects.parts(parameters, self.name)
        problems += storage_doubts.problems(context, parameters)
        problems += storage_doubts.lost_variables(_variables(parameters), containers[0])
        return pod_template.reported(after.with_parts(*made), *problems)


def _pod(parameters: StorageParameters, container: KubeObject) -> KubeObject:
    """A patch with all four lists, also empty ones, for the first container."""
    mounted = list(_mounted(parameters))
    mounts = [_mount(item) for item in mounted if not _is_device(item)]
    first = {
        "env": list(_variables(parameters)),
        "volumeDevices": [_device(item) for item in mounted if _is_device(item)],
        "volumeMounts": pod_template.appended(shapes.maps(container, "volumeMounts"), mounts),
    }
    described: dict[str, KubeObject] = {}
    for item in mounted:
        described.setdefault(_name(item), {"name": _name(item), **_source(item)})
    return {"volumes": list(described.values()), "containers": [first]}


def _mounted(parameters: StorageParameters) -> Iterator[Mounted]:
    files: tuple[ConfigMapFiles | SecretFiles, ...] = (*parameters.config_map, *parameters.secret)
    yield from parameters.pvc
    yield from (item for item in files if item.mount_path is not None)
    yield from parameters.empty_dir
    yield from parameters.host_path


def _name(item: Mounted) -> str:
    return f"{_SORTS[type(item)]}-{item.name}"


_SORTS: dict[type, str] = {
    Claim: "pvc",
    ConfigMapFiles: "configmap",
    SecretFiles: "secret",
    EmptyDir: "emptydir",
    HostPath: "hostpath",
}


def _is_device(item: Mounted) -> bool:
    return isinstance(item, Claim) and item.volume_mode == "Block"


def _mount(item: Mounted) -> KubeObject:
    found = {"name": _name(item), "mountPath": item.mount_path}
    sub_path = None if isinstance(item, HostPath) else item.sub_path
    return found if sub_path is None else {**found, "subPath": sub_path}


def _device(item: Mounted) -> KubeObject:
    """A device has no path inside; KubeVela would write one."""
    return {"name": _name(item), "devicePath": item.mount_path}


def _source(item: Mounted) -> KubeObject:
    match item:
        case Claim():
            return {"persistentVolumeClaim": {"claimName": item.name}}
        case ConfigMapFiles():
            return {"configMap": {"name": item.name, **_files(item)}}
        case SecretFiles():
            return {"secret": {"secretName": item.name, **_files(item)}}
        case EmptyDir():
            return {"emptyDir": {"medium": item.medium}}
        case HostPath():
            return {"hostPath": {"path": item.path, "type": item.type}}


def _files(item: Files) -> KubeObject:
    found: KubeObject = {"defaultMode": item.default_mode}
    return found if item.items is None else {**found, "items": [pods.plain(one) for one in item.items]}


def _variables(parameters: StorageParameters) -> Iterator[KubeObject]:
    """Of ConfigMaps the single ones, then the lists; the same of Secrets."""
    for items, reference in ((parameters.config_map, "configMapKeyRef"), (parameters.secret, "secretKeyRef")):
        single = [(item, item.mount_to_env) for item in items if item.mount_to_env is not None]
        lists = [(item, one) for item in items for one in item.mount_to_envs or ()]
        for item, one in (*single, *lists):
            yield {"name": one.env_name, "valueFrom": {reference: {"name": item.name, "key": one.key}}}
