"""The trait `env`: sets, replaces and takes away environment variables of containers that are there.

By KubeVela's rules: what the container has keeps its place, what is new follows in the order of names. Refuses a
container that is not there.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class EnvPatch(Strictly):
    """`replace` drops what the container has; `unset` wins over `env`."""

    closed: ClassVar[bool] = True

    container_name: str = ""
    """Name of the container; the component's own without it."""
    replace: bool = False
    """Drops the variables that the container has."""
    env: dict[str, str] = Field(default_factory=dict)
    """Variables to set, by name."""
    unset: Many[str] = ()
    """Names of variables to take away."""


class EnvOfContainer(EnvPatch):
    container_name: str = Field(min_length=1)
    """Name of the container."""


class EnvParameters(EnvPatch):
    """One container, by default the component's own; or several."""

    containers: Given[Many[EnvOfContainer]] = None
    """Several containers; excludes all other properties."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.containers is not None and len(self.model_fields_set) > 1:
            raise PydanticCustomError("env", "'containers' excludes all other properties")
        return self

    @property
    def patches(self) -> Iterator[tuple[Parts, EnvPatch]]:
        """Each with its path below the trait."""
        if self.containers is None:
            yield ("properties",), self
        for index, patch in enumerate(self.containers or ()):
            yield ("properties", "containers", index), patch


_CONTAINERS = ("spec", "template", "spec", "containers")


class Env:
    """See the module."""

    name = "env"
    parameters = EnvParameters

    def apply(self, context: Context, parameters: EnvParameters, output: Output) -> Output:
        found: list[Diagnostic] = []
        workload = output.workload or {}
        for path, patch in parameters.patches:
            name = patch.container_name or context.component
            containers = _containers(workload)
            if name in _names(containers):
                workload = paths.put(workload, _CONTAINERS, [_patched(item, name, patch) for item in containers])
            else:
                found.append(_missing(name, _names(containers), (*path, "containerName")))
        return replace(output.with_workload(workload), diagnostics=tuple(found))


def _containers(workload: KubeObject) -> list[Any]:
    found = paths.get(workload, _CONTAINERS)
    return found if isinstance(found, list) else []


def _names(containers: list[Any]) -> list[str]:
    return [str(paths.get(item, ("name",))) for item in containers]


def _missing(name: str, known: list[str], path: Parts) -> Diagnostic:
    message = f"there is no container '{name}' here" if known else "there is no pod with containers here"
    hint = f"containers: {', '.join(diagnostics.nearest_first(name, known))}" if known else ""
    return diagnostics.error(Reason.INVALID, message, *path, hint=hint)


def _patched(container: Any, name: str, patch: EnvPatch) -> Any:
    """The container with another environment if it is the one that is called `name`."""
    if paths.get(container, ("name",)) != name:
        return container
    old = container.get("env")
    env = _environment(old if isinstance(old, list) else [], patch)
    rest = {key: value for key, value in container.items() if key != "env"}
    return {**rest, "env": env} if env else rest


def _environment(old: list[Any], patch: EnvPatch) -> list[Any]:
    kept = [] if patch.replace else [item for item in old if _variable(item) not in patch.unset]
    names = {_variable(item) for item in kept}
    added = [name for name in sorted(patch.env) if name not in names and name not in patch.unset]
    changed = [_set(item, patch) for item in kept]
    return [*changed, *({"name": name, "value": patch.env[name]} for name in added)]


def _variable(item: Any) -> str:
    return str(paths.get(item, ("name",)))


def _set(item: Any, patch: EnvPatch) -> Any:
    """A variable that gets a value loses what else it came from."""
    name = _variable(item)
    return {"name": name, "value": patch.env[name]} if name in patch.env else item
