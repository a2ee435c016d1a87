"""The component type `k8s-objects`: plain Kubernetes objects, as written. The first is what traits patch."""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Many, Strictly
from pinnace_schemas.reasons import Reason


class K8sObjectsParameters(Strictly):
    objects: Many[dict[str, Any]]


class K8sObjects:
    """Refuses what is no object: an empty list, no apiVersion, no kind, no name (the first gets the component's)."""

    name = "k8s-objects"
    parameters = K8sObjectsParameters

    def render(self, context: Context, parameters: K8sObjectsParameters) -> Output:  # noqa: ARG002 - of the protocol
        problems = tuple(_problems(parameters))
        if problems:
            return Output(diagnostics=problems)
        return Output(tuple(self._part(index, item) for index, item in enumerate(parameters.objects)))

    def _part(self, index: int, item: dict[str, Any]) -> Part:
        origin = Origin.AUXILIARY if index else Origin.WORKLOAD
        return Part(item, origin, self.name, ("properties", "objects", index))


def _problems(parameters: K8sObjectsParameters) -> Iterator[Diagnostic]:
    if not parameters.objects:
        yield diagnostics.error(Reason.INVALID, "needs at least one object", "properties", "objects")
    for index, item in enumerate(parameters.objects):
        for problem in _object_problems(item, needs_name=index > 0):
            yield problem.under("properties", "objects", index)


def _object_problems(item: dict[str, Any], *, needs_name: bool) -> Iterator[Diagnostic]:
    for key in ("apiVersion", "kind"):
        yield from _text_problem(item, key, (), is_needed=True)
    metadata = item.get("metadata") or {}
    if not isinstance(metadata, dict):
        yield diagnostics.error(Reason.INVALID, f"must be a map, got {fields.describe(metadata)}", "metadata")
        return
    yield from _text_problem(metadata, "name", ("metadata",), is_needed=needs_name)
    yield from _text_problem(metadata, "namespace", ("metadata",), is_needed=False)
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key) or {}, dict):
            message = f"must be a map, got {fields.describe(metadata[key])}"
            yield diagnostics.error(Reason.INVALID, message, "metadata", key)


def _text_problem(item: dict[str, Any], key: str, parent: tuple[str, ...], *, is_needed: bool) -> Iterator[Diagnostic]:
    value = item.get(key)
    if value is None or value == "":
        if is_needed:
            yield diagnostics.error(Reason.INVALID, "is required in a Kubernetes object", *parent, key)
    elif not isinstance(value, str):
        yield diagnostics.error(Reason.INVALID, f"must be a text, got {fields.describe(value)}", *parent, key)
