"""When each application is looked at next, in monotonic seconds. Pure bookkeeping; the daemon owns the waiting."""

from pinnace_edge.model import AppKey

# Watch events come in bursts; one pass answers them all.
DEBOUNCE_S = 0.2
# An application that changes all the time is looked at this often at most.
SHORTEST_GAP_S = 1.0


class Schedule:
    """An application without an entry is due at once."""

    def __init__(self) -> None:
        self._due: dict[AppKey, float] = {}
        self._last: dict[AppKey, float] = {}

    def is_due(self, key: AppKey, now_s: float) -> bool:
        return self._due.get(key, now_s) <= now_s

    def done(self, key: AppKey, now_s: float, next_in_s: float) -> None:
        """A pass ended."""
        self._last[key] = now_s
        self._due[key] = now_s + next_in_s

    def hint(self, key: AppKey, now_s: float) -> None:
        """Something changed: soon, but not more often than the shortest gap."""
        soon = max(now_s + DEBOUNCE_S, self._last.get(key, 0.0) + SHORTEST_GAP_S)
        self._due[key] = min(self._due.get(key, soon), soon)

    def now(self, key: AppKey) -> None:
        """What is wanted changed: at once."""
        self._due.pop(key, None)

    def next_at(self) -> float | None:
        return min(self._due.values(), default=None)

    def keep(self, keys: set[AppKey]) -> None:
        """Forgets applications that are gone."""
        for key in set(self._due) - keys:
            self._due.pop(key)
            self._last.pop(key, None)
