"""The time that trust goes by: the wall clock, but never before a time that was signed (design: trust, wrong clock)."""

from datetime import datetime

from pinnace_edge.ports import Clock, Store


class TrustedTime:
    """A node that booted in 1970 judges expiry by the newest signed time it has seen."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def now(self) -> datetime:
        """The later of clock and floor."""
        return max(self._clock.now(), self._store.time_floor())

    def seen(self, signed: datetime) -> None:
        """Raises the floor to a time that the cloud has signed. The node's own clock never raises it: it may be
        fifty years ahead, and then nothing would ever be valid again."""
        if signed > self._store.time_floor():
            self._store.raise_time_floor(signed)
