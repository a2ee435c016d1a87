"""Tells what somebody changed before it is put back: the API server itself says it, by a dry run of our apply."""

from collections.abc import Sequence

from pinnace_edge.model import ApplyRequest, KubeObject, Ref
from pinnace_edge.ports import Clock, Cluster
from pinnace_edge.rules import drift
from pinnace_edge.rules.fight import Fights
from pinnace_edge.rules.plan import Apply, Cause
from pinnace_schemas.errors import Rejected

_PATHS_SHOWN = 5


class Healing:
    """Decides which corrections go ahead now, and describes them."""

    def __init__(self, cluster: Cluster, clock: Clock, fights: Fights) -> None:
        self._cluster = cluster
        self._clock = clock
        self._fights = fights

    def is_paused(self, action: Apply) -> bool:
        """True for a correction that somebody keeps undoing, until its pause ends."""
        return action.is_drift and self._fights.is_paused(action.desired.ref, self._clock.monotonic())

    def corrected(self, action: Apply) -> bool:
        """Notes a correction; True when somebody fights us."""
        return self._fights.corrected(action.desired.ref, self._clock.monotonic())

    def describe(self, action: Apply, body: KubeObject) -> str:
        """What differs from the body to be sent, with paths and managers; '' when nothing does after all."""
        if action.cause is Cause.DELETED_BY_SOMEONE:
            return "deleted by someone"
        ref = action.desired.ref
        live = self._read(ref)
        dry = self._cluster.apply([ApplyRequest(ref, body, force=True, dry_run=True)])[0]
        if live is None or dry.answer is None:
            return "changed by someone"
        return _text(drift.differences(live, dry.answer))

    def _read(self, ref: Ref) -> KubeObject | None:
        """None also for what our role may apply but not get: that it is told less exactly is no reason not to heal."""
        try:
            return self._cluster.read(ref)
        except Rejected:
            return None


def _text(found: Sequence[drift.Difference]) -> str:
    shown = [f"{item.path} changed by {item.manager or 'someone'}" for item in found[:_PATHS_SHOWN]]
    more = f" and {len(found) - _PATHS_SHOWN} more" if len(found) > _PATHS_SHOWN else ""
    return ", ".join(shown) + more
