"""Keeps every application as its bundle says: passes when due, waits when the KubeAPI is away, watches what is ours."""

import logging
import random
from collections.abc import Sequence
from dataclasses import replace

from pinnace_edge.errors import StoreUnavailable
from pinnace_edge.model import AppKey, Deployment
from pinnace_edge.ports import Clock, Cluster, Store
from pinnace_edge.rules.schedule import Schedule
from pinnace_edge.services import reconcile
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.problems import Problems
from pinnace_edge.services.progress import Progress
from pinnace_edge.services.rebuilding import Rebuilding
from pinnace_edge.services.reconcile import Reconciler
from pinnace_schemas import backoff
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

log = logging.getLogger(__name__)

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0
# An aggregated API server that is away usually comes back with its pod. Where the KubeAPI names a time, that is taken:
# for a kind that a CRD has just defined it asks for one second.
GROUP_RETRY_S = 15.0
# What no head names any more may be named by that of another group, which is just arriving: after a connect they come
# in any order.
GRACE_S = 2.0
_SEVERAL = 2
_FETCHED_FIRST = frozenset({Phase.PENDING, Phase.FETCHING})


class Keeper:
    """Owns the order of passes. Everything is decided again from the store at each step."""

    def __init__(
        self,
        store: Store,
        cluster: Cluster,
        clock: Clock,
        heads: Heads,
        reconciler: Reconciler,
        rebuilding: Rebuilding,
        problems: Problems,
        progress: Progress,
        heal_interval_s: float,
        rng: random.Random,
    ) -> None:
        self._store = store
        self._cluster = cluster
        self._clock = clock
        self._heads = heads
        self._reconciler = reconciler
        self._rebuilding = rebuilding
        self._problems = problems
        self._progress = progress
        self._heal_interval_s = heal_interval_s
        self._rng = rng
        self._schedule = Schedule()
        self._bundles: dict[AppKey, str] = {}
        self._left_at: dict[AppKey, float] = {}
        self._noted_at = 0.0
        self._connected_at = float("-inf")
        self._watched: frozenset[object] = frozenset()
        self._failures = 0
        self._retry_at = 0.0
        self._is_ready = False
        self.kubernetes = ""

    def connected(self) -> None:
        """What was missed meanwhile comes in any order: also an assignment to a further group."""
        self._connected_at = self._clock.monotonic()

    def hint(self, key: AppKey | None) -> None:
        """Something of ours changed in the cluster."""
        now = self._clock.monotonic()
        for item in self._store.deployments():
            if key is None or item.key == key:
                self._schedule.hint(item.key, now)

    def step(self) -> float | None:
        """Runs what is due; returns the monotonic time of the next thing to do. Raises StoreUnavailable."""
        if self._clock.monotonic() < self._retry_at:
            return self._retry_at
        try:
            self._run_due()
        except StoreUnavailable:
            raise
        except Unavailable as exc:
            self._postpone(exc)
            return self._retry_at
        return min((at for at in (self._schedule.next_at(), self._grace_ends()) if at is not None), default=None)

    def _grace_ends(self) -> float | None:
        """Of what was not final when the last look began; passes over others may have taken longer than the grace."""
        return min((at + GRACE_S for at in self._left_at.values() if at + GRACE_S > self._noted_at), default=None)

    def _run_due(self) -> None:
        if not self.kubernetes:
            self.kubernetes = self._cluster.version()
            self._answered()
        if self._rebuilding.is_due():
            self._rebuilding.run()
        deployments = self._store.deployments()
        self._schedule.keep({item.key for item in deployments})
        self._note_departures(deployments)
        for item in deployments:
            self._run(item)
        self._watch()
        self._tell_ready(len(deployments))

    def _tell_ready(self, count: int) -> None:
        """Once: from now on everything that runs here has been compared with its bundle and is watched."""
        if not self._is_ready:
            self._is_ready = True
            log.info("ready: looked at %d applications", count)

    def _run(self, item: Deployment) -> None:
        if self._bundles.get(item.key) != item.wanted_bundle:
            self._bundles[item.key] = item.wanted_bundle
            if item.phase not in _FETCHED_FIRST:  # until it is there, what runs is healed as often as before
                self._schedule.now(item.key)
        is_workable = self._is_workable(item)
        if not is_workable or item.phase is Phase.STAGED:
            # Due at once when it can be worked on; until then no timer and no hint makes the loop run.
            self._schedule.now(item.key)
        if not is_workable or not self._schedule.is_due(item.key, self._clock.monotonic()):
            return
        refused = self._refused(item.key)
        had = len(self._store.inventory(item.key)) if refused else 0
        again = self._attempt(item)
        self._answered()
        if item.is_leaving and again is None:
            self.hint(None)  # what it had, and leaves in place, may be another's now
        elif refused and len(self._store.inventory(item.key)) < had:
            for key in refused:  # an object goes from one application to another by one request
                self.hint(key)
        interval = self._heal_interval_s * self._rng.uniform(0.9, 1.1)
        self._schedule.done(item.key, self._clock.monotonic(), interval if again is None else min(again, interval))

    def _refused(self, key: AppKey) -> list[AppKey]:
        """Others, for an object that is another's."""
        others = (item for item in self._store.deployments() if item.key != key)
        return [item.key for item in others if item.reason is Reason.NOT_OURS]

    def _attempt(self, item: Deployment) -> float | None:
        """One application that needs an API group which does not answer must not keep the others from being healed."""
        try:
            return self._reconciler.run(item)
        except StoreUnavailable:
            raise
        except Unavailable as exc:
            self._cluster.version()  # raises when the KubeAPI itself is away
            self._tell(item.key, Reason.CLUSTER_UNAVAILABLE, str(exc))
            return min(exc.retry_after_s or GROUP_RETRY_S, LONGEST_RETRY_S)
        except Rejected as exc:  # such as a cached bundle beyond a limit that was lowered since
            self._tell(item.key, exc.reason, str(exc))
            return None

    def _tell(self, key: AppKey, reason: Reason, message: str) -> None:
        now = next(each for each in self._store.deployments() if each.key == key)
        self._progress.save(now, replace(now, reason=reason, message=message[:2000]))

    def _is_workable(self, item: Deployment) -> bool:
        if item.is_leaving:
            return item.phase is not Phase.REMOVED and self._is_final(item) and self._heads.may_remove()
        if item.phase not in _FETCHED_FIRST or item.bundle:
            return True
        return self._store.bundle(item.wanted_bundle) is not None

    def _note_departures(self, deployments: Sequence[Deployment]) -> None:
        now = self._clock.monotonic()
        going = [item.key for item in deployments if item.is_leaving]
        self._left_at = {key: self._left_at.get(key, now) for key in going}
        self._noted_at = now

    def _is_final(self, item: Deployment) -> bool:
        """Once it is being removed, that goes on at once after a restart."""
        now = self._clock.monotonic()
        is_over = now >= self._left_at[item.key] + GRACE_S
        is_alone = len(self._store.assignment()[1]) < _SEVERAL and now >= self._connected_at + GRACE_S
        return is_over or is_alone or item.phase is Phase.REMOVING

    def _watch(self) -> None:
        kinds = reconcile.kinds(self._store)
        if kinds != self._watched:
            self._cluster.watch(kinds)
            self._watched = kinds

    def _answered(self) -> None:
        if self._failures:
            self._failures = 0
            self._problems.solve(Reason.CLUSTER_UNAVAILABLE)

    def _postpone(self, exc: Unavailable) -> None:
        self._failures += 1
        self._problems.raise_(Reason.CLUSTER_UNAVAILABLE, str(exc))
        wait = backoff.full_jitter(self._rng, self._failures, base_s=FIRST_RETRY_S, cap_s=LONGEST_RETRY_S)
        asked = min(exc.retry_after_s or 0.0, LONGEST_RETRY_S)
        self._retry_at = self._clock.monotonic() + (asked or FIRST_RETRY_S + wait)
