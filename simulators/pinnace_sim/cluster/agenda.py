"""What controllers have to look at: now, in the order in which it came up, or at a later moment. Each thing once."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pinnace_sim.cluster.clock import Clock
from pinnace_sim.cluster.item import Key


@dataclass(frozen=True, slots=True)
class Task:
    """An object that a controller, known by its name, shall look at."""

    controller: str
    key: Key


class Agenda:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now: dict[Task, None] = {}
        self._later: list[tuple[datetime, int, Task]] = []
        self._moments: dict[Task, datetime] = {}
        self._numbers = itertools.count()

    @property
    def next_at(self) -> datetime | None:
        """When there is something to do again; None if only events can bring work."""
        return self._clock() if self._now else (self._later[0][0] if self._later else None)

    def now(self, task: Task) -> None:
        self._now[task] = None

    def after(self, seconds: float, task: Task) -> None:
        """The earliest moment that was asked for counts."""
        moment = self._clock() + timedelta(seconds=seconds)
        known = self._moments.get(task)
        if known is None or moment < known:
            self._moments[task] = moment
            heapq.heappush(self._later, (moment, next(self._numbers), task))

    def due(self) -> Iterator[Task]:
        """What is due, as long as there is something; new work may come up meanwhile."""
        while True:
            self._wake()
            if not self._now:
                return
            task = next(iter(self._now))
            del self._now[task]
            yield task

    def _wake(self) -> None:
        now = self._clock()
        while self._later and self._later[0][0] <= now:
            moment, _, task = heapq.heappop(self._later)
            if self._moments.get(task) == moment:
                del self._moments[task]
                self._now[task] = None
