"""Patches the workload of what a component has become."""

from dataclasses import replace
from typing import Any

from pinnace_cloud.render.parts import Output
from pinnace_cloud.render.patching import strategic
from pinnace_cloud.render.patching.conflicts import Conflicting
from pinnace_cloud.render.patching.tags import Tags
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Parts
from pinnace_schemas.reasons import Reason


def workload(output: Output, patch: Any, tags: Tags | None = None, path: Parts = ("properties",)) -> Output:
    """The output with its workload merged with the patch (see `merge`); the same with an error for each conflict.

    Args:
        path: of the errors, below the trait.
    """
    try:
        return output.with_workload(strategic.merge(output.workload, patch, tags))
    except Conflicting as exc:
        problems = (diagnostics.error(Reason.INVALID, f"does not fit here: {item}", *path) for item in exc.conflicts)
        return replace(output, diagnostics=(*output.diagnostics, *problems))
