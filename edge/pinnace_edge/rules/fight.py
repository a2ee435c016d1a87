"""Flapping: somebody changes our fields again and again. Corrections back off and are reported once, as a fight."""

from collections import deque
from collections.abc import Hashable

# Three corrections of one object within ten minutes may be one person who tries things; five are a loop.
CORRECTIONS = 5
WINDOW_S = 600.0
# From the fifth correction on: 1, 2, 4 ... minutes, at most half an hour, so that a fight costs few requests.
FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 1800.0


class Fights:
    """Remembers corrections by object, in monotonic seconds: one short row per object that was ever corrected."""

    def __init__(self) -> None:
        self._corrections: dict[Hashable, deque[float]] = {}
        self._pauses: dict[Hashable, tuple[float, float]] = {}

    def is_paused(self, ref: Hashable, now_s: float) -> bool:
        """True while this object must not be corrected."""
        return now_s < self._pauses.get(ref, (0.0, 0.0))[0]

    def corrected(self, ref: Hashable, now_s: float) -> bool:
        """Notes a correction; True when it makes, or continues, a fight."""
        times = self._corrections.setdefault(ref, deque(maxlen=CORRECTIONS))
        times.append(now_s)
        until, length = self._pauses.get(ref, (0.0, 0.0))
        if length and now_s - until < WINDOW_S:
            return self._pause(ref, now_s, min(length * 2, LONGEST_PAUSE_S))
        if len(times) == CORRECTIONS and now_s - times[0] < WINDOW_S:
            return self._pause(ref, now_s, FIRST_PAUSE_S)
        self._pauses.pop(ref, None)
        return False

    def _pause(self, ref: Hashable, now_s: float, length_s: float) -> bool:
        self._pauses[ref] = (now_s + length_s, length_s)
        return True
