"""The trait `command`: the command and the arguments of containers that are there."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import addressing, shapes
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Many


class CommandPatch(Addressed):
    """The command line of one container. What is not given, or null, leaves it as it is."""

    command: Many[str] | None = None
    """Command of the container."""
    args: Many[str] | None = None
    """Arguments instead of those of the container; excludes `addArgs` and `delArgs`."""
    add_args: Many[str] | None = None
    """Arguments to add behind those of the container, unless it has them."""
    del_args: Many[str] | None = None
    """Arguments to take away; wins over `addArgs`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.args is not None and (self.add_args is not None or self.del_args is not None):
            raise PydanticCustomError("args", "'args' excludes 'addArgs' and 'delArgs'")
        return self


class CommandOfContainer(CommandPatch):
    """The command line of the named container."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class CommandParameters(CommandPatch, OneOrSeveral[CommandOfContainer]):
    """The command line of one container, by default the component's own; or of several."""


class Command:
    """Sets the command of containers; sets, adds and takes away arguments."""

    name = "command"
    parameters = CommandParameters

    def apply(self, context: Context, parameters: CommandParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


def _patched(container: KubeObject, patch: CommandPatch) -> KubeObject:
    command = {} if patch.command is None else {"command": list(patch.command)}
    return {**container, **command, "args": _args(shapes.entries(container, "args"), patch)}


def _args(old: list[str], patch: CommandPatch) -> list[str]:
    """An argument is added as often as it is written, but only if the container does not have it."""
    base = old if patch.args is None else list(patch.args)
    gone = patch.del_args or ()
    added = [arg for arg in patch.add_args or () if arg not in base]
    return [arg for arg in (*base, *added) if arg not in gone]
