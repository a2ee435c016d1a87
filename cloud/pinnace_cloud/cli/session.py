"""What a command that talks to the controller gets: a client and the time."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from pinnace_cloud.cli import client, flags, settings
from pinnace_cloud.cli.client import Client
from pinnace_cloud.cli.flags import Flags


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


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Makes a command of a function whose first parameter is a Session: its options come in its place."""

    @functools.wraps(command)
    def run(place: Flags, **values: Any) -> None:
        with client.connect(settings.resolve(place.server, place.token_file, place.ca_file)) as connection:
            command(Session(connection, ControllersClock(connection)), **values)

    return flags.flagged(run)
