"""Since when there is no link to the broker, and why: while there is none, nothing that was stored is delivered."""

import threading

from pinnace_cloud.clock import Clock
from pinnace_schemas import api


class Link:
    """Told by the event loop, asked by workers. Down until the first connect."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._down_since: float | None = clock.monotonic()
        self._reason = ""

    def connected(self) -> None:
        with self._guard:
            self._down_since, self._reason = None, ""

    def lost(self, reason: str) -> None:
        """May come again with another reason: the outage is the same."""
        with self._guard:
            self._reason = reason
            if self._down_since is None:
                self._down_since = self._clock.monotonic()

    def outage(self) -> api.Outage | None:
        """None while there is a link."""
        with self._guard:
            if self._down_since is None:
                return None
            return api.Outage(seconds=int(self._clock.monotonic() - self._down_since), reason=self._reason)
