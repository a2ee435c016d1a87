"""Container and volumes of a pod from checked properties; the same rules for every type that runs one container."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from pinnace_cloud.render.components.pod_parameters import ContainerParameters, Limit, PodParameters
from pinnace_cloud.render.components.volume_parameters import (
    ConfigMapMount,
    EmptyDirMount,
    HostPathMount,
    Mount,
    PvcMount,
    SecretMount,
    TypedVolume,
    VolumeMounts,
)
from pinnace_cloud.render.parts import Context
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]


def plain(model: BaseModel) -> Json:
    """A parameter as KubeVela passes it on: defaults written out, absent fields left out."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def if_given(name: str, value: Any) -> Json:
    """A field of an object from a parameter; nothing where it was not given."""
    if value is None:
        return {}
    if isinstance(value, BaseModel):
        return {name: plain(value)}
    if isinstance(value, tuple):
        return {name: [plain(item) if isinstance(item, BaseModel) else item for item in value]}
    return {name: value}


def container(name: str, parameters: PodParameters, limit: Limit | None = None) -> Json:
    """The main container."""
    found: Json = {"name": name, "image": parameters.image}
    found |= if_given("imagePullPolicy", parameters.image_pull_policy)
    found |= if_given("command", parameters.cmd)
    found |= if_given("env", parameters.env)
    found |= _resources(parameters, limit or Limit())
    found |= _mounts(parameters)
    found |= if_given("livenessProbe", parameters.liveness_probe)
    return found | if_given("readinessProbe", parameters.readiness_probe)


def pod(main: Json, parameters: PodParameters) -> Json:
    """The pod's spec around its main container."""
    found: Json = {"containers": [main]}
    if parameters.image_pull_secrets is not None:
        found["imagePullSecrets"] = [{"name": name} for name in parameters.image_pull_secrets]
    mounts = _volume_mounts(parameters)
    if mounts is not None:
        found["volumes"] = _volumes(mounts)
    elif parameters.volumes is not None:
        found["volumes"] = [typed_volume(volume) for volume in parameters.volumes]
    return found


def typed_volume(item: TypedVolume) -> Json:
    """As it stands in the pod's spec."""
    sources: dict[str, Json] = {
        "pvc": {"persistentVolumeClaim": {"claimName": item.claim_name}},
        "configMap": {"configMap": {"name": item.cm_name, **_files(item)}},
        "secret": {"secret": {"secretName": item.secret_name, **_files(item)}},
        "emptyDir": {"emptyDir": {"medium": item.medium}},
    }
    return {"name": item.name, **sources[item.type]}


def doubts(context: Context, parameters: PodParameters) -> Iterator[Diagnostic]:
    """What KubeVela lets pass and no cluster takes. Paths are below the component."""
    seen: set[str] = set()
    for index, variable in enumerate(parameters.env or ()):
        if variable.name in seen:
            path = diagnostics.join_path(("properties", "env", index, "name"))
            yield Diagnostic(context.doubts, Reason.INVALID, f"variable '{variable.name}' stands twice", path=path)
        seen.add(variable.name)


def template(labels: dict[str, str], annotations: Json | None, pod_spec: Json) -> Json:
    """What a workload makes pods of."""
    metadata: Json = {"labels": labels}
    if annotations is not None:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": pod_spec}


def workload(
    kind: str, labels: dict[str, str], selector: dict[str, str], annotations: Json | None, pod_spec: Json
) -> KubeObject:
    """A Deployment, StatefulSet or DaemonSet without name: the engine names objects after their component."""
    spec = {"selector": {"matchLabels": selector}, "template": template(labels, annotations, pod_spec)}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": spec}


def _resources(parameters: PodParameters, limit: Limit) -> Json:
    """What is asked for is also the limit, unless a limit of its own is given."""
    requests = {"cpu": parameters.cpu, "memory": parameters.memory}
    asked = {name: amount for name, amount in requests.items() if amount is not None}
    if not asked:
        return {}
    bounds = {name: getattr(limit, name) or amount for name, amount in asked.items()}
    return {"resources": {"limits": bounds, "requests": asked}}


def _mounts(parameters: PodParameters) -> Json:
    mounts = _volume_mounts(parameters)
    if mounts is not None:
        return {"volumeMounts": [_mount(item) for item in _in_order(mounts)]}
    if parameters.volumes is not None:
        return {"volumeMounts": [{"mountPath": item.mount_path, "name": item.name} for item in parameters.volumes]}
    return {}


def _volume_mounts(parameters: PodParameters) -> VolumeMounts | None:
    return parameters.volume_mounts if isinstance(parameters, ContainerParameters) else None


def _mount(item: Mount) -> Json:
    return {"mountPath": item.mount_path, "name": item.name} | if_given("subPath", item.sub_path)


def _in_order(mounts: VolumeMounts) -> tuple[Mount, ...]:
    kinds = (mounts.pvc, mounts.config_map, mounts.secret, mounts.empty_dir, mounts.host_path)
    return tuple(item for kind in kinds for item in kind or ())


def _volumes(mounts: VolumeMounts) -> list[Json]:
    """A volume that is mounted at several places is written once."""
    found: dict[str, Json] = {}
    for item in _in_order(mounts):
        found.setdefault(item.name, {"name": item.name, **_source(item)})
    return list(found.values())


def _source(item: Mount) -> Json:
    if isinstance(item, PvcMount):
        return {"persistentVolumeClaim": {"claimName": item.claim_name}}
    if isinstance(item, ConfigMapMount):
        return {"configMap": {"name": item.cm_name, **_files(item)}}
    if isinstance(item, SecretMount):
        return {"secret": {"secretName": item.secret_name, **_files(item)}}
    if isinstance(item, EmptyDirMount):
        return {"emptyDir": {"medium": item.medium}}
    assert isinstance(item, HostPathMount)
    return {"hostPath": {"path": item.path}}


def _files(item: ConfigMapMount | SecretMount | TypedVolume) -> Json:
    return {"defaultMode": item.default_mode} | if_given("items", item.items)
