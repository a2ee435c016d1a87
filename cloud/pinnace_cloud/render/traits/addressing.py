"""Traits that change one container, or several, each by its name: `env`, `container-image`, `command` and their like.

Without a name the component's own container is meant. A container that is not there is refused: containers that later
traits add are not there yet.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Conflicting
from pinnace_cloud.render.traits import pod_template
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Parts
from pinnace_schemas.fields import Given, Many, Strictly


class Addressed(Strictly):
    """What is done to one container."""

    closed: ClassVar[bool] = True

    container_name: str = ""
    """Name of the container; the component's own without it."""


One = TypeVar("One", bound=Addressed)


class OneOrSeveral(Addressed, Generic[One]):
    """One container, by default the component's own; or several."""

    containers: Given[Many[One]] = None
    """Several containers; excludes all other properties."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.containers is not None and len(self.model_fields_set) > 1:
            raise PydanticCustomError("form", "'{field}' excludes all other properties", {"field": self._list_name})
        return self

    @property
    def _list_name(self) -> str:
        return type(self).model_fields["containers"].alias or "containers"

    @property
    def patches(self) -> Iterator[tuple[Parts, Any]]:
        """What is done to each container, with its path below the trait. One is a patch by itself."""
        if self.containers is None:
            yield ("properties",), self
        for index, patch in enumerate(self.containers or ()):
            yield ("properties", self._list_name, index), patch


# Gives the changed container; raises Conflicting where the patch does not fit.
Change = Callable[[KubeObject, Any], KubeObject]


def patched(context: Context, output: Output, patches: Iterable[tuple[Parts, Any]], change: Change) -> Output:
    """The output with the containers that the patches name changed one after the other; or with errors.

    Args:
        patches: each a model with `container_name`, and its path below the trait.
        change: what a patch makes of a container.
    """
    for path, patch in patches:
        after = _changed(context, output, path, patch, change)
        output = pod_template.reported(after, *pod_template.doubts(context, output, after, path))
    return output


def _changed(context: Context, output: Output, path: Parts, patch: Addressed, change: Change) -> Output:
    name = patch.container_name or context.component
    containers = pod_template.containers(output)
    known = pod_template.names(containers)
    if name not in known:
        return pod_template.reported(output, pod_template.missing(name, known, (*path, "containerName")))
    try:
        found = [change(item, patch) if one == name else item for one, item in zip(known, containers, strict=True)]
    except Conflicting as exc:
        return pod_template.reported(output, *pod_template.conflicts(exc, f"in container '{name}'", path))
    return output.with_workload(paths.put(output.workload or {}, pod_template.CONTAINERS, found))
