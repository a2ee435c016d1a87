"""The options that say where the controller is, for commands that talk to it, or may."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

Server = Annotated[str | None, typer.Option("--server", metavar="URL", help="Address of the controller.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", metavar="FILE", help="File with the API token.")]
CaFile = Annotated[Path | None, typer.Option("--ca-file", metavar="FILE", help="CA of the controller's certificate.")]

_OPTIONS: dict[str, Any] = {"server": Server, "token_file": TokenFile, "ca_file": CaFile}


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says of where the controller is."""

    server: str | None = None
    token_file: Path | None = None
    ca_file: Path | None = None


def flagged(command: Callable[..., None]) -> Callable[..., None]:
    """Makes a command of a function whose first parameter is Flags: the options above come in its place."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        command(Flags(**{name: values.pop(name) for name in _OPTIONS}), **values)

    signature = inspect.signature(command)
    own = list(signature.parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in _OPTIONS.items()]
    parameters = [*(item.replace(kind=keyword) for item in own), *added]
    # Typer reads both.
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    return run
