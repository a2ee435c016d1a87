"""What makes a plain value a Kubernetes object: apiVersion, kind, a name, metadata of the right form."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pinnace_schemas import diagnostics, fields
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason


def problems(item: dict[str, Any], *, needs_name: bool) -> Iterator[Diagnostic]:
    """Errors with paths below the object. Without `needs_name` it may get its name later."""
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


def of_program(items: Iterable[Any], what: str) -> tuple[Diagnostic, ...]:
    """What is wrong with objects that a program has made of `what`, such as "the chart": errors at the properties."""
    return tuple(
        diagnostics.error(
            problem.reason, f"{what} makes what is no object: {problem.path} {problem.message}", "properties"
        )
        for item in items
        for problem in problems(item, needs_name=True)
    )


def nothing(what: str) -> Diagnostic:
    """A warning that a program has made no object of `what`."""
    message = f"{what} makes no object: nothing is delivered, and what sites have of it is removed"
    return diagnostics.warning(Reason.NOT_FOUND, message, "properties")


def after_patch(workload: Any) -> Iterator[Diagnostic]:
    """What a patch has spoiled: errors at the whole patch, since it may have done so anywhere."""
    if not isinstance(workload, dict):
        message = f"makes the workload {fields.describe(workload)}; it has to stay a Kubernetes object"
        yield diagnostics.error(Reason.INVALID, message)
        return
    for item in problems(workload, needs_name=True):
        message = f"leaves no Kubernetes object: {item.path} {item.message}"
        yield replace(item, path="", message=message)


def _text_problem(item: dict[str, Any], key: str, parent: tuple[str, ...], *, is_needed: bool) -> Iterator[Diagnostic]:
    value = item.get(key)
    if value is None or value == "":
        if is_needed:
            yield diagnostics.error(Reason.INVALID, "is required in a Kubernetes object", *parent, key)
    elif not isinstance(value, str):
        yield diagnostics.error(Reason.INVALID, f"must be a text, got {fields.describe(value)}", *parent, key)
