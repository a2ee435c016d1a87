"""The objects that the trait `storage` makes: claims, ConfigMaps and Secrets.

One that is named several times, to be mounted several times, is made once: what is written of it adds up, and must
agree. (KubeVela unites the finished objects, so that two claims differ as soon as one of them has a size.)
"""

from collections.abc import Iterator

from pinnace_cloud.render import patching
from pinnace_cloud.render.parts import Origin, Part
from pinnace_cloud.render.patching import Conflicting
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.storage_parameters import Storable, StorageParameters
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts

_DEFAULT_SIZE = "8Gi"
# What says how an object is mounted; the rest is what it is made of.
_MOUNTING = {
    *("name", "mount_only", "mount_path", "sub_path", "default_mode", "read_only", "items"),
    *("mount_to_env", "mount_to_envs"),
}


def parts(parameters: StorageParameters, trait: str) -> tuple[list[Part], list[Diagnostic]]:
    """The objects with their places below the trait, and where what is written of one does not agree."""
    found: dict[str, Part] = {}
    problems: list[Diagnostic] = []
    for key, kind, item, path in _storable(parameters):
        one = {"apiVersion": "v1", "kind": kind, "metadata": {"name": item.name}, **_written(item)}
        part = found.setdefault(key, Part(one, Origin.TRAIT, trait, path, key))
        try:
            united = patching.merge(part.object, one)
        except Conflicting as exc:
            problems += pod_template.conflicts(exc, f"to what else is written of '{item.name}'", path)
        else:
            found[key] = Part(united, Origin.TRAIT, trait, part.path, key)
    return [_finished(part) for part in found.values()], problems


def _storable(parameters: StorageParameters) -> Iterator[tuple[str, str, Storable, Parts]]:
    """What is to be made: its key, its kind, what is written, and where."""
    sorts: tuple[tuple[str, str, str, tuple[Storable, ...]], ...] = (
        ("pvc", "pvc", "PersistentVolumeClaim", parameters.pvc),
        ("configMap", "configmap", "ConfigMap", parameters.config_map),
        ("secret", "secret", "Secret", parameters.secret),
    )
    for field, sort, kind, items in sorts:
        for index, item in enumerate(items):
            if not item.mount_only:
                yield f"{sort}-{item.name}", kind, item, ("properties", field, index)


def _written(item: Storable) -> KubeObject:
    return item.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=_MOUNTING)


def _finished(part: Part) -> Part:
    is_claim = part.object["kind"] == "PersistentVolumeClaim"
    return Part(_claim(part.object), part.origin, part.made_by, part.path, part.key) if is_claim else part


def _claim(written: KubeObject) -> KubeObject:
    """What is written of a claim becomes its spec, with KubeVela's defaults."""
    head = {name: written[name] for name in ("apiVersion", "kind", "metadata")}
    spec: KubeObject = {"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem"}
    spec |= {name: value for name, value in written.items() if name not in (*head, "selector")}
    spec["resources"] = _resources(written.get("resources") or {})
    if "selector" in written:
        spec["dataSource"] = {**spec.get("dataSource", {}), **written["selector"]}
    return {**head, "spec": spec}


def _resources(written: KubeObject) -> KubeObject:
    requests = {"storage": _DEFAULT_SIZE, **(written.get("requests") or {})}
    limits = written.get("limits")
    return {"requests": requests, "limits": limits} if limits else {"requests": requests}
