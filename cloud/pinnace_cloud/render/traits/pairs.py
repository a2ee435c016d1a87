"""The traits `labels` and `annotations`: names and texts in the metadata of a workload and of what it makes."""

from collections.abc import Iterable
from dataclasses import replace

from pydantic import RootModel

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_schemas.bundle import KubeObject

Pairs = dict[str, str | None]


class PairsParameters(RootModel[Pairs]):
    """Names and texts; null takes the name away."""


class LabelsTrait:
    """Labels on the workload and on its pods."""

    name = "labels"
    parameters = PairsParameters

    def apply(self, context: Context, parameters: PairsParameters, output: Output) -> Output:  # noqa: ARG002
        return _merge(output, "labels", parameters.root, (("spec", "template"),))


class AnnotationsTrait:
    """Annotations on the workload, on its pods and on the jobs that it starts."""

    name = "annotations"
    parameters = PairsParameters

    def apply(self, context: Context, parameters: PairsParameters, output: Output) -> Output:  # noqa: ARG002
        job = ("spec", "jobTemplate")
        return _merge(output, "annotations", parameters.root, (("spec", "template"), job, (*job, "spec", "template")))


def _merge(output: Output, field: str, pairs: Pairs, templates: Iterable[tuple[str, ...]]) -> Output:
    """A JSON merge patch (RFC 7386) of metadata, of the workload and of the templates that it has.

    Like every such patch it ends what earlier traits ask of containers that are added later, as in KubeVela.
    """
    workload = _patched(output.workload or {}, ("metadata", field), pairs)
    for template in templates:
        if paths.get(workload, template) is not None:
            workload = _patched(workload, (*template, "metadata", field), pairs)
    return replace(output.with_workload(workload), every_container={})


def _patched(item: KubeObject, path: tuple[str, ...], pairs: Pairs) -> KubeObject:
    merged = {**(paths.get(item, path) or {}), **pairs}
    return paths.put(item, path, {key: value for key, value in merged.items() if value is not None})
