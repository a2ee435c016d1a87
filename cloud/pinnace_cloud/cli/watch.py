"""Asks again and again until something holds or time is over. A controller that is away for a while ends nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pinnace_cloud.cli.session import Clock
from pinnace_schemas.errors import Unavailable

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Seen]):
    """`last` is what was seen last; None when the controller never answered."""

    last: Seen | None
    is_done: bool


def until(
    read: Callable[[], Seen],
    is_done: Callable[[Seen], bool],
    *,
    clock: Clock,
    interval_s: float,
    timeout_s: float | None = None,
    show: Callable[[Seen], None] = lambda _: None,
    complain: Callable[[str], None] = lambda _: None,
) -> Outcome[Seen]:
    """Asks at least once. `show` gets every answer, `complain` the reason when there was none; None waits for ever."""
    deadline = None if timeout_s is None else clock.monotonic() + timeout_s
    last: Seen | None = None
    while True:
        try:
            last = read()
        except Unavailable as exc:
            complain(str(exc))
        else:
            show(last)
            if is_done(last):
                return Outcome(last, True)
        pause_s = interval_s if deadline is None else min(interval_s, deadline - clock.monotonic())
        if pause_s <= 0:
            return Outcome(last, False)
        clock.sleep(pause_s)
