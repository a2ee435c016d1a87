"""Which containers mount a volume that their pod does not have.

Looked at when all traits have worked, since a later one may add the volume. A cluster refuses such a pod unless one of
its own admission controllers adds the volume.
"""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render import kinds, paths
from pinnace_cloud.render.kinds import Kind
from pinnace_schemas.bundle import KubeObject

_TEMPLATE = ("spec", "template", "spec")
_PODS = {
    Kind("apps", "Deployment"): _TEMPLATE,
    Kind("apps", "DaemonSet"): _TEMPLATE,
    Kind("apps", "StatefulSet"): _TEMPLATE,
    Kind("batch", "Job"): _TEMPLATE,
    Kind("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
}


def missing(item: KubeObject) -> Iterator[tuple[str, str]]:
    """Names of a container and of the volume; none for what makes no pods."""
    path = _PODS.get(kinds.kind_of(item))
    if path is None:
        return
    claims = paths.maps(item, ("spec", "volumeClaimTemplates"))
    known = {_name(claim.get("metadata")) for claim in claims}
    known |= {_name(volume) for volume in paths.maps(item, (*path, "volumes"))}
    for field in ("containers", "initContainers"):
        for container in paths.maps(item, (*path, field)):
            yield from ((_name(container), name) for name in _mounted(container) if name not in known)


def _mounted(container: KubeObject) -> Iterator[str]:
    for field in ("volumeMounts", "volumeDevices"):
        yield from (_name(mount) for mount in paths.maps(container, (field,)))


def _name(item: Any) -> str:
    return str(paths.get(item, ("name",)))
