"""How soon an application is looked at again. Watch events come earlier; this only bounds how late we notice."""

from pinnace_edge.model import AppKey
from pinnace_edge.rules.judgement import Judgement
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.services.applying import Outcome
from pinnace_edge.services.pruning import Pruned

# Seconds.
SOON_S = 1.0  # CRDs that are being established, deletions under way
PROGRESSING_S = 5.0  # workloads that become ready, requests to repeat
# Beyond any healing interval, which bounds all of it.
_MOST_DOUBLINGS = 10

# What stands in the way of deletions, and for how many passes it has been the same.
_Standing = tuple[tuple[object, ...], int]


class Patience:
    """What keeps an object from being deleted may do so for days: as long as it is the same, it is looked at half as
    often each time."""

    def __init__(self) -> None:
        self._standing: dict[AppKey, _Standing] = {}

    def after(self, key: AppKey, verdict: Judgement | None, outcome: Outcome, pruned: Pruned) -> float | None:
        """Seconds, or None for the ordinary timer: what was refused, has failed or is fought over has no other."""
        is_under_way = verdict is not None and verdict.trigger is Trigger.NOT_READY
        again = PROGRESSING_S if outcome.retry or is_under_way else None
        return self._eased(key, SOON_S if outcome.is_waiting_for_crds or pruned.waiting else again, pruned)

    def after_leaving(self, key: AppKey, pruned: Pruned) -> float | None:
        """As `after`. What is held for others may be held for weeks, until a link brings them."""
        if pruned.failed and not pruned.waiting:
            return self._eased(key, PROGRESSING_S, pruned)
        return self._eased(key, SOON_S if pruned.waiting or pruned.later else None, pruned)

    def forget(self, key: AppKey) -> None:
        """The application is gone."""
        self._standing.pop(key, None)

    def _eased(self, key: AppKey, again: float | None, pruned: Pruned) -> float | None:
        stands = (*pruned.waiting, *pruned.later, *pruned.failed)
        before, count = self._standing.get(key, ((), 0))
        if not stands or again is None:
            self.forget(key)
            return again
        count = count + 1 if stands == before else 0
        self._standing[key] = (stands, count)
        return again * 2.0 ** min(count, _MOST_DOUBLINGS)
