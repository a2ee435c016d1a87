"""The traits `json-patch` and `json-merge-patch`: change the workload as RFC 6902 and RFC 7386 say.

Refuses a patch after which the workload is no Kubernetes object any more.
"""

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, RootModel

from pinnace_cloud.render import objects, patching
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Strategy, Tag
from pinnace_schemas.fields import Given, Many, Strictly


class Operation(Strictly):
    """One step of a JSON Patch."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    """What is done at the path."""
    path: str
    """A JSON pointer into the workload, such as /spec/replicas."""
    source: Given[str] = Field(None, alias="from")
    """The JSON pointer that move and copy take from."""
    value: Any = None
    """What add, replace and test put or expect there."""


class JsonPatchParameters(Strictly):
    """A JSON Patch of the workload."""

    operations: Many[Operation] = ()
    """Done one after the other."""


class JsonMergePatchParameters(RootModel[dict[str, Any]]):
    """A JSON Merge Patch of the workload: maps merge, null takes away, everything else is replaced."""


class JsonPatch:
    """Changes the workload by operations (RFC 6902)."""

    name = "json-patch"
    parameters = JsonPatchParameters

    def apply(self, context: Context, parameters: JsonPatchParameters, output: Output) -> Output:  # noqa: ARG002
        # Without what was not written: a value of null is not the same as none.
        patch = parameters.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return _patched(output, {"operations": [], **patch}, Strategy.JSON_PATCH)


class JsonMergePatch:
    """Merges the workload with what is written (RFC 7386)."""

    name = "json-merge-patch"
    parameters = JsonMergePatchParameters

    def apply(self, context: Context, parameters: JsonMergePatchParameters, output: Output) -> Output:  # noqa: ARG002
        return _patched(output, parameters.root, Strategy.JSON_MERGE_PATCH)


def _patched(output: Output, patch: dict[str, Any], strategy: Strategy) -> Output:
    """The output as it was, with errors, where the patch does not fit or leaves no object."""
    patched = patching.workload(output, patch, {"": Tag(strategy=strategy)})
    if patched.diagnostics:
        return patched
    problems = (item.under("properties") for item in objects.after_patch(patched.workload))
    found = tuple(problems)
    return replace(output, diagnostics=found) if found else patched
