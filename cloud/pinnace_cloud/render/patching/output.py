"""Patches the workload of what a component has become."""

from dataclasses import replace
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Output
from pinnace_cloud.render.patching import strategic
from pinnace_cloud.render.patching.conflicts import Conflicting
from pinnace_cloud.render.patching.tags import Tags
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Parts
from pinnace_schemas.reasons import Reason


def workload(output: Output, patch: Any, tags: Tags | None = None, path: Parts = ("properties",)) -> Output:
    """The output with its workload merged with the patch (see `merge`); the same with an error for each conflict.

    Containers that the patch adds get what earlier traits ask of every container. As in KubeVela that is forgotten with
    the first patch of a strategy for whole patches.

    Args:
        path: of the errors, below the trait.
    """
    is_whole = "" in (tags or {})
    output = replace(output, every_container={}) if is_whole else output
    try:
        merged = strategic.merge(output.workload, patch, tags)
        return output.with_workload(_completed(output, merged) if output.every_container else merged)
    except Conflicting as exc:
        problems = (diagnostics.error(Reason.INVALID, f"does not fit here: {item}", *path) for item in exc.conflicts)
        return replace(output, diagnostics=(*output.diagnostics, *problems))


_CONTAINERS = ("spec", "template", "spec", "containers")


def _completed(output: Output, workload: KubeObject) -> KubeObject:
    count = len(paths.get(output.workload, _CONTAINERS) or ())
    containers = paths.get(workload, _CONTAINERS) or []
    added = [strategic.merge(item, output.every_container) for item in containers[count:]]
    return paths.put(workload, _CONTAINERS, [*containers[:count], *added]) if added else workload
