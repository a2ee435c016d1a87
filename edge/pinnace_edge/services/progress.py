"""The one place that writes where an application stands: the phase from the table, the reason, and the journal line."""

from dataclasses import replace

from pinnace_edge.model import AppKey, Deployment
from pinnace_edge.ports import Clock, Store
from pinnace_edge.rules import phases
from pinnace_edge.rules.judgement import Judgement
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.services.journal import Journal
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# What has settled and only says so in other words is written this often (seconds): definitions may do so all day.
REWORDED_S = 60.0


class Progress:
    """Saves only what changed, and journals only a changed phase or reason, so that an idle site writes nothing."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._reworded_at: dict[AppKey, float] = {}

    def advance(
        self, before: Deployment, trigger: Trigger, reason: Reason | None = None, message: str = ""
    ) -> Deployment:
        """Moves by the table of phases and tells why."""
        return self._save(
            before, replace(before, phase=phases.advance(before.phase, trigger), reason=reason, message=message)
        )

    def judged(self, before: Deployment, judgement: Judgement) -> Deployment:
        """Moves by what a pass found out about the objects."""
        moved = replace(
            before,
            phase=phases.advance(before.phase, judgement.trigger),
            ready=judgement.ready,
            total=judgement.total,
            reason=judgement.reason,
            message=judgement.message,
        )
        is_reworded = moved != before and moved == replace(before, message=moved.message)
        return before if is_reworded and not self._may_reword(before) else self._save(before, moved)

    def _may_reword(self, before: Deployment) -> bool:
        """Not again so soon; a later pass, which comes by itself, says it in its words. While something becomes ready
        people look, and the health deadline ends it."""
        if before.phase is Phase.PROGRESSING:
            return True
        key, now = before.key, self._clock.monotonic()
        if now - self._reworded_at.get(key, float("-inf")) < REWORDED_S:
            return False
        self._reworded_at[key] = now
        return True

    def save(self, before: Deployment, after: Deployment) -> Deployment:
        """Keeps other changes of a deployment, such as what was applied."""
        return self._save(before, after)

    def _save(self, before: Deployment, after: Deployment) -> Deployment:
        if after == before:
            return before
        if after.phase is not before.phase:
            after = replace(after, since=self._clock.now())
        with self._store.transaction():
            self._store.save_deployment(after)
            if (after.phase, after.reason) != (before.phase, before.reason):
                self._journal.note(Event.PHASE_CHANGED, after, reason=after.reason, message=after.message)
        return after
