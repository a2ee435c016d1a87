"""What a command that talks to the controller gets: a client and the time. Adds the options that say where it is."""

import functools
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from pinnace_cloud.cli import client, settings
from pinnace_cloud.cli.client import Client


class Clock(Protocol):
    """Wall time for ages, monotonic time for waiting."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ControllersClock(SystemClock):
    """The controller's, as its answers tell it: what it says is older or younger than by a clock that is wrong here."""

    def __init__(self, connection: Client) -> None:
        self._connection = connection

    def now(self) -> datetime:
        return super().now() + self._connection.ahead


@dataclass(frozen=True, slots=True)
class Session:
    """One command's."""

    client: Client
    clock: Clock


Server = Annotated[str | None, typer.Option("--server", metavar="URL", help="Address of the controller.")]
TokenFile = Annotated[Path | None, typer.Option("--token-file", metavar="FILE", help="File with the API token.")]
CaFile = Annotated[Path | None, typer.Option("--ca-file", metavar="FILE", help="CA of the controller's certificate.")]

_OPTIONS: dict[str, Any] = {"server": Server, "token_file": TokenFile, "ca_file": CaFile}


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Makes a command of a function whose first parameter is a Session: the options above come in its place."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        place = settings.resolve(**{name: values.pop(name) for name in _OPTIONS})
        with client.connect(place) as connection:
            command(Session(connection, ControllersClock(connection)), **values)

    signature = inspect.signature(command)
    own = list(signature.parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=None, annotation=kind) for name, kind in _OPTIONS.items()]
    parameters = [*(item.replace(kind=keyword) for item in own), *added]
    # Typer reads both.
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    return run
