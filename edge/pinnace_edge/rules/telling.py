"""When the cloud is told that an application still waits, but for something else. Pure bookkeeping; the reporter sends.

A new phase or reason is in the journal and makes a report anyway. What is told here is less: which object blocks, what
it says, how many are ready. That may change all day, and links are metered. So numbers in a message are no news, nor is
what a definition says of what is Converged; what is under way is told of three times a minute at most, and nothing more
often than once in a report interval in the long run.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pinnace_edge.model import AppKey, Deployment
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# Seconds between two reports of this kind about one application, times 0.75 to 1.25: the sites of a fleet get the same
# revision in the same second.
GAP_S = 20.0
# What has settled is told of at once, with what follows from the same cause: pods of one node fail together.
GATHER_S = 2.0
# So many reports of this kind for one revision, and for all applications since the last new one; then one for each
# report interval. Ten minutes of a rollout, which is when the usual health deadline ends it.
MOST = 30

_UNDER_WAY = frozenset({Phase.PENDING, Phase.FETCHING, Phase.STAGED, Phase.APPLYING, Phase.PROGRESSING, Phase.REMOVING})
# Counts, ratios, ages, times and addresses that stand alone. The digits of a name (`web-1`, `default/7`) tell objects
# apart.
_NUMBER = re.compile(
    r"(?<![\w/.-])(?:(?:\d+(?:\.\d+)?(?:[nuµm]?s|[mhd]))+|\d[\d.,:/TZ+-]*(?:[kKMGT]i?B?|%)?)(?![\w/-])"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What of a deployment is news when it changes."""

    reason: Reason | None
    text: str
    ready: int
    total: int

    @classmethod
    def of(cls, item: Deployment) -> "Words":
        text = "" if item.phase is Phase.CONVERGED and item.reason is None else _NUMBER.sub("#", item.message)
        return cls(item.reason, text, item.ready, item.total)


@dataclass(slots=True)
class _Told:
    """What the last report said of one application, and when more may be told.

    `left`: how many may follow, as of `at`, when these words were new. `seen_at`: when others were seen.
    """

    bundle: str
    phase: Phase
    words: Words
    at: float
    due_s: float
    left: float = MOST
    seen_at: float | None = None


class Telling:
    """Times are monotonic seconds. What was never reported is not its business: a report is sent at each connect.

    A report tells of all applications, so that all of them together make no more of them than one does.
    """

    def __init__(self, report_interval_s: float, rng: random.Random) -> None:
        self._interval_s = report_interval_s
        self._rng = rng
        self._told: dict[AppKey, _Told] = {}
        self._left = float(MOST)
        self._at = self._due_s = float("-inf")

    def due_at(self, items: Iterable[Deployment], now_s: float) -> float:
        """When what has changed since the last report is to be told; infinite where nothing has."""
        refilled_at = self._at + max(0.0, 1.0 - self._left) * self._interval_s
        return max(min((self._due_at(item, now_s) for item in items), default=float("inf")), self._due_s, refilled_at)

    def told(self, items: Sequence[Deployment], now_s: float) -> None:
        """A report with all of these was sent."""
        if self.due_at(items, now_s) <= now_s:
            refilled = min(MOST, self._left + (now_s - self._at) / self._interval_s)
            self._left, self._at, self._due_s = max(0.0, refilled - 1.0), now_s, self._after_gap(now_s)
        if any(self._is_new(item) for item in items):
            self._left = float(MOST)
        self._told = {item.key: self._after(item, now_s) for item in items}

    def _is_new(self, item: Deployment) -> bool:
        known = self._told.get(item.key)
        return known is None or known.bundle != item.wanted_bundle

    def _after_gap(self, now_s: float) -> float:
        return now_s + GAP_S * self._rng.uniform(0.75, 1.25)

    def _due_at(self, item: Deployment, now_s: float) -> float:
        known = self._told.get(item.key)
        if known is None:
            return float("inf")
        if Words.of(item) == known.words:
            known.seen_at = None
            return float("inf")
        if known.seen_at is None:
            known.seen_at = now_s
        refilled_at = known.at + max(0.0, 1.0 - known.left) * self._interval_s
        return max(known.seen_at + GATHER_S, known.due_s, refilled_at)

    def _after(self, item: Deployment, now_s: float) -> _Told:
        """What has just settled in a new phase may be told of at once; all else waits."""
        known, words = self._told.get(item.key), Words.of(item)
        due_s = self._after_gap(now_s)
        if known is None or known.bundle != item.wanted_bundle:
            return _Told(item.wanted_bundle, item.phase, words, now_s, due_s)
        if (known.phase, known.words) == (item.phase, words):
            return known
        left = min(MOST, known.left + (now_s - known.at) / self._interval_s)
        if (known.phase, known.words.reason) == (item.phase, words.reason):
            return _Told(known.bundle, item.phase, words, now_s, due_s, max(0.0, left - 1.0))
        return _Told(known.bundle, item.phase, words, now_s, due_s if item.phase in _UNDER_WAY else now_s, left)
