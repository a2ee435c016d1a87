"""How often the same message is published again because someone asks: once for everyone, then not for a while."""

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
