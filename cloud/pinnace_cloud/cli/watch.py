"""Asks again and again until something holds or time is over. A controller that is away for a while ends nothing.

An answer about thousands of sites takes a controller a second or more: whoever watches these asks less often.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pinnace_cloud.cli.session import Clock
from pinnace_schemas.errors import Unavailable

Seen = TypeVar("Seen")

# After an answer a controller is left alone so many times as long as that took, up to what a person would wait.
_REST_FACTOR = 4
_MAX_REST_S = 10.0


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
    """Asks at least once, and then every `interval_s` seconds, or less often where an answer takes long.

    `show` gets every answer, `complain` the reason when there was none; without `timeout_s` it waits for ever.
    """
    deadline = None if timeout_s is None else clock.monotonic() + timeout_s
    last: Seen | None = None
    while True:
        began, rest_s = clock.monotonic(), interval_s
        try:
            last = read()
        except Unavailable as exc:
            complain(str(exc))
        else:
            rest_s = max(interval_s, min(_REST_FACTOR * (clock.monotonic() - began), _MAX_REST_S))
            show(last)
            if is_done(last):
                return Outcome(last, True)
        pause_s = rest_s if deadline is None else min(rest_s, deadline - clock.monotonic())
        if pause_s <= 0:
            return Outcome(last, False)
        clock.sleep(pause_s)
