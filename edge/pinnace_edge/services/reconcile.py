"""One pass over one application: desired, inventory and live in; requests, marks and a judgement out.

Level-triggered: a pass needs no memory of the one before, and a pass over what is as wanted sends only lists.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from pinnace_edge.model import AppKey, Change, Deployment, Kind, Live, Ref
from pinnace_edge.ports import Clock, Cluster, Store
from pinnace_edge.rules import judgement, order, plan
from pinnace_edge.rules.judgement import Judgement
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.rules.plan import Apply, Refuse, World
from pinnace_edge.services import desired
from pinnace_edge.services.applying import Applier, Outcome
from pinnace_edge.services.desired import Placer
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.judging import Judged, Judging
from pinnace_edge.services.observing import Observer
from pinnace_edge.services.patience import Patience
from pinnace_edge.services.progress import Progress
from pinnace_edge.services.pruning import Pruned, Pruner
from pinnace_edge.services.survey import survey
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Parts:
    """The steps that a pass is made of."""

    applier: Applier
    pruner: Pruner
    placer: Placer
    observer: Observer
    judging: Judging
    progress: Progress
    journal: Journal


class Reconciler:
    """Brings one application to what its bundle says, or away when no head names it any more."""

    def __init__(self, store: Store, cluster: Cluster, clock: Clock, parts: Parts, limits: Limits) -> None:
        self._store = store
        self._cluster = cluster
        self._clock = clock
        self._parts = parts
        self._limits = limits
        self._patience = Patience()
        self._waiting_since: dict[AppKey, tuple[str, float]] = {}

    def run(self, before: Deployment) -> float | None:
        """Seconds until another pass is wanted, or None when the ordinary healing interval will do.

        Raises Unavailable when the KubeAPI does not answer; everything done so far is recorded.
        """
        if before.is_leaving:
            return self._remove(before)
        found = desired.load(self._store, before.wanted_bundle, self._limits)
        if found is None:
            return self._hold(self._fetch(before))
        return self._bring(self._begin(before), found)

    def _fetch(self, before: Deployment) -> Deployment:
        if before.phase in (Phase.PENDING, Phase.FETCHING):
            return before
        return self._parts.progress.advance(before, Trigger.FETCH, Reason.FETCHING, "the bundle is not in the cache")

    def _hold(self, now: Deployment) -> float | None:
        """What is wanted may take weeks to come: until then what runs is kept as it is. Nothing is pruned or judged."""
        running = desired.load(self._store, now.bundle, self._limits)
        if running is None:
            return None
        as_before = replace(now, wanted_bundle=now.bundle, wanted_revision=now.revision)
        _, outcome = self._apply(as_before, running)
        self._parts.progress.save(now, replace(now, healed=now.healed + outcome.healed))
        return self._patience.after(now.key, None, outcome, Pruned())

    def _begin(self, before: Deployment) -> Deployment:
        if before.phase in (Phase.PENDING, Phase.FETCHING):
            before = self._parts.progress.advance(before, Trigger.STAGED)
        if before.phase is Phase.STAGED:
            return self._parts.progress.advance(before, Trigger.APPLY, Reason.APPLYING)
        return before

    def _bring(self, now: Deployment, found: Bundle) -> float | None:
        (wanted, world), outcome = self._apply(now, found)
        now = self._mark_applied(now, outcome)
        pruned = self._prune(now, wanted, world, outcome, keep_legacy=bool(found.policy.keep_legacy))
        verdict = self._judge(now, found, wanted, outcome, pruned)
        self._parts.progress.judged(now, verdict)
        return self._patience.after(now.key, verdict, outcome, pruned)

    def _apply(self, now: Deployment, found: Bundle) -> tuple[tuple[Sequence[Desired], World], Outcome]:
        """What was wanted and found before, and what became of it."""
        wanted, misplaced = self._parts.placer.place(now, found)
        inventory = self._store.inventory(now.key)
        deferred = desired.kinds_of_crds(found)
        world = survey(self._cluster, now.key, wanted, inventory, self._store.holders, deferred)
        actions = (*plan.plan(wanted, now.key, world, found.policy.on_conflict), *misplaced)
        seen = self._parts.observer.peek(order.looked_at(actions, inventory))
        judge = self._judging(now, found, wanted)
        outcome = self._parts.applier.run(now, actions, deferred, seen, lambda live: judge(live).live)
        self._keep_as_before(now, world, outcome)
        self._parts.observer.run(now, actions, inventory, outcome)
        return (wanted, world), outcome

    def _keep_as_before(self, now: Deployment, world: World, outcome: Outcome) -> None:
        """What waits is healed meanwhile, if it is as the revision that was applied last: no other bundle is kept."""
        before = desired.load(self._store, now.bundle, self._limits) if outcome.held else None
        if before is None:
            return
        rows = {item.ref: world.inventory.get(item.ref) for item in outcome.held}
        wanted, _ = self._parts.placer.place(now, before)
        kept = [item for item in wanted if (row := rows.get(item.ref)) and row.body == item.digest]
        actions = plan.plan(kept, now.key, world, before.policy.on_conflict)
        drifted = [action for action in actions if isinstance(action, Apply) and action.is_drift]
        healing = self._parts.applier.run(now, drifted)
        outcome.healed += healing.healed
        outcome.refused += healing.refused
        outcome.retry += healing.retry
        outcome.paused += healing.paused

    def _mark_applied(self, now: Deployment, outcome: Outcome) -> Deployment:
        now = self._parts.progress.save(now, replace(now, healed=now.healed + outcome.healed))
        if not outcome.is_whole:
            self._note_part(now, outcome)
            return now
        after = replace(now, bundle=now.wanted_bundle, revision=now.wanted_revision)
        if now.bundle == now.wanted_bundle:
            return self._parts.progress.save(now, after)
        with self._store.transaction():
            self._parts.journal.note(Event.APPLIED, after, message=_counts(outcome))
            self._note_refusals(after, outcome.refused)
            return self._parts.progress.save(now, after)

    def _note_part(self, now: Deployment, outcome: Outcome) -> None:
        """What goes before others that wait: the entry of the whole counts what its own pass did."""
        done = outcome.counts[Change.CREATED] + outcome.counts[Change.CONFIGURED] - outcome.healed
        if outcome.held and done > 0:
            self._parts.journal.note(Event.APPLIED, now, message=f"{_counts(outcome)}; {len(outcome.held)} to wait")

    def _note_refusals(self, now: Deployment, refused: Sequence[Refuse]) -> None:
        for item in refused:
            note = self._parts.journal.note
            note(Event.OBJECT_REFUSED, now, obj=item.ref, reason=item.reason, message=item.message)

    def _prune(
        self, now: Deployment, wanted: Sequence[Desired], world: World, outcome: Outcome, *, keep_legacy: bool
    ) -> Pruned:
        """Nothing is deleted while something that may replace it could not be applied."""
        if outcome.refused or not outcome.is_whole:
            return Pruned()
        return self._parts.pruner.run(now, [item.ref for item in wanted], world, keep_legacy=keep_legacy)

    def _judge(
        self, now: Deployment, found: Bundle, wanted: Sequence[Desired], outcome: Outcome, pruned: Pruned
    ) -> Judgement:
        judged = self._judging(now, found, wanted)(outcome.live)
        verdict = judgement.judge(
            len(found.objects),
            outcome.refused,
            judged.live,
            outcome.retry,
            outcome.held,
            waited_s=self._waited_s(now),
            deadline_s=found.policy.health_deadline_s,
            said=judged.message,
            unmet=judged.unmet,
        )
        if verdict.trigger is Trigger.HEALTHY:
            self._waiting_since.pop(now.key, None)
        return judgement.with_leftovers(verdict, outcome.paused, pruned.waiting, pruned.failed)

    def _judging(self, now: Deployment, found: Bundle, wanted: Sequence[Desired]) -> Callable[[Sequence[Live]], Judged]:
        """What definitions say of objects, as far as they are there."""
        places = {item.place: item.ref for item in wanted}
        return partial(self._parts.judging.run, now.key, now.wanted_bundle, found.health, places)

    def _waited_s(self, now: Deployment) -> float:
        """Monotonic: a clock that jumps moves no deadline. A restart of the daemon begins to count anew."""
        bundle, since = self._waiting_since.get(now.key, ("", 0.0))
        if bundle != now.wanted_bundle:
            since = self._clock.monotonic()
            self._waiting_since[now.key] = (now.wanted_bundle, since)
        return self._clock.monotonic() - since

    def _remove(self, before: Deployment) -> float | None:
        if before.phase is Phase.REMOVED:
            return None
        now = before
        self._waiting_since.pop(now.key, None)
        self._parts.judging.forget(now.key)
        if before.phase is not Phase.REMOVING:
            now = self._parts.progress.advance(before, Trigger.LEAVING, Reason.REMOVING)
        world = survey(self._cluster, now.key, (), self._store.inventory(now.key), self._store.holders)
        pruned = self._parts.pruner.run(now, (), world, is_leaving=True, after=self._came_after(now))
        if not pruned.is_done:
            self._tell_leftovers(now, pruned)
            return self._patience.after_leaving(now.key, pruned)
        self._patience.forget(now.key)
        with self._store.transaction():
            gone = self._parts.progress.advance(now, Trigger.GONE)
            self._parts.journal.note(Event.REMOVED, gone)
        return None

    def _came_after(self, now: Deployment) -> Mapping[Ref, Collection[Ref]]:
        """As the revision that was applied last says, if it asks for that; a bundle that is lost asks for nothing."""
        with suppress(Rejected):
            found = desired.load(self._store, now.bundle, self._limits)
            if found is not None and found.policy.remove_in_order:
                return {item.ref: item.after for item in self._parts.placer.place(now, found)[0]}
        return {}

    def _tell_leftovers(self, now: Deployment, pruned: Pruned) -> None:
        reason = Reason.PRUNE_FAILED if pruned.failed else Reason.REMOVING
        waiting = [f"waiting for {ref} to go" for ref in (*pruned.waiting, *pruned.later)]
        message = [*pruned.failed, *waiting, *pruned.held][0]
        self._parts.progress.advance(now, Trigger.LEAVING, reason, message)


def kinds(store: Store) -> frozenset[Kind]:
    """Every kind of which this node owns something: what to watch."""
    return frozenset(ref.kind for ref in store.owners())


def _counts(outcome: Outcome) -> str:
    shown = [f"{outcome.counts[change]} {change}" for change in Change if outcome.counts[change]]
    return ", ".join(shown) or "nothing to change"
