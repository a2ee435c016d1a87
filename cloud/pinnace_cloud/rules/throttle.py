"""How often something is done because someone asks: once for everyone, then not for a while; or so often in a while."""

from collections import OrderedDict

# Names that are remembered; the oldest is forgotten first, which costs one message at worst.
_KEPT = 65_536


class Throttle:
    """`now` is monotonic seconds."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._last: OrderedDict[str, float] = OrderedDict()

    def admits(self, name: str, now: float) -> bool:
        """True, and counted, if the last time was at least the interval ago."""
        last = self._last.get(name)
        if last is not None and now - last < self._interval_s:
            return False
        self._last[name] = now
        self._last.move_to_end(name)
        if len(self._last) > _KEPT:
            self._last.popitem(last=False)
        return True


class Budget:
    """So many in each period, whoever asks. `now` is monotonic seconds."""

    def __init__(self, count: int, period_s: float) -> None:
        self._count = count
        self._period_s = period_s
        self._ends = 0.0
        self._left = 0

    def admits(self, now: float) -> bool:
        """True, and counted, as long as some are left."""
        if now >= self._ends:
            self._ends, self._left = now + self._period_s, self._count
        if self._left == 0:
            return False
        self._left -= 1
        return True
