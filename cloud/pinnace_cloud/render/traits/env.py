"""The trait `env`: sets, replaces and takes away environment variables of containers that are there.

By KubeVela's rules: what the container has keeps its place, what is new follows in the order of names.
"""

from typing import Any

from pydantic import Field

from pinnace_cloud.render import paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import addressing, shapes
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Many


class EnvPatch(Addressed):
    """Variables of one container."""

    replace: bool = False
    """Drops the variables that the container has."""
    env: dict[str, str] = Field(default_factory=dict)
    """Variables to set, by name."""
    unset: Many[str] = ()
    """Names of variables to take away."""


class EnvOfContainer(EnvPatch):
    """Variables of the named container."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class EnvParameters(EnvPatch, OneOrSeveral[EnvOfContainer]):
    """Variables of one container, by default the component's own; or of several."""


class Env:
    """Sets, replaces and takes away environment variables."""

    name = "env"
    parameters = EnvParameters

    def apply(self, context: Context, parameters: EnvParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


def _patched(container: KubeObject, patch: EnvPatch) -> KubeObject:
    env = _environment(shapes.maps(container, "env"), patch)
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
