"""Where an application stands on a node: the table of (phase, trigger) is the only place that knows what comes next.

An unknown pair is a bug and raises. `docs/states.md` is printed from `TRANSITIONS`.
"""

from enum import StrEnum

from pinnace_schemas.phases import Phase


class Trigger(StrEnum):
    """What a step of the daemon found out."""

    WANTED = "a head names a new bundle"
    FETCH = "the bundle is not in the cache"
    STAGED = "the bundle is complete and verified"
    APPLY = "applying begins"
    HEALTHY = "all applied, all ready"
    NOT_READY = "some are not ready, or wait for others"
    DEADLINE = "not ready within the health deadline"
    UNHEALTHY = "an object failed"
    REFUSED = "an object was refused"
    DRIFT = "somebody keeps changing our fields; corrections pause"
    LEAVING = "no head names it any more"
    GONE = "nothing of it is left"


_ALIVE = (
    Phase.PENDING,
    Phase.FETCHING,
    Phase.STAGED,
    Phase.APPLYING,
    Phase.PROGRESSING,
    Phase.CONVERGED,
    Phase.DEGRADED,
    Phase.DRIFTED,
    Phase.FAILED,
)
_RUNNING = (Phase.APPLYING, Phase.PROGRESSING, Phase.CONVERGED, Phase.DEGRADED, Phase.DRIFTED, Phase.FAILED)

TRANSITIONS: dict[tuple[Phase, Trigger], Phase] = {
    **{(phase, Trigger.WANTED): Phase.PENDING for phase in (*_ALIVE, Phase.REMOVING, Phase.REMOVED)},
    **{(phase, Trigger.LEAVING): Phase.REMOVING for phase in (*_ALIVE, Phase.REMOVING)},
    # A bundle can vanish from the cache (full disk, damaged store) in any phase: fetch it again.
    **{(phase, Trigger.FETCH): Phase.FETCHING for phase in _ALIVE},
    (Phase.PENDING, Trigger.STAGED): Phase.STAGED,
    (Phase.FETCHING, Trigger.STAGED): Phase.STAGED,
    (Phase.PENDING, Trigger.APPLY): Phase.APPLYING,
    (Phase.STAGED, Trigger.APPLY): Phase.APPLYING,
    (Phase.APPLYING, Trigger.APPLY): Phase.APPLYING,
    **{(phase, Trigger.HEALTHY): Phase.CONVERGED for phase in _RUNNING},
    **{(phase, Trigger.NOT_READY): Phase.PROGRESSING for phase in _RUNNING},
    # What failed or missed its deadline stays visible until it is ready: it does not flap back to Progressing.
    (Phase.DEGRADED, Trigger.NOT_READY): Phase.DEGRADED,
    **{(phase, Trigger.DEADLINE): Phase.DEGRADED for phase in _RUNNING},
    **{(phase, Trigger.UNHEALTHY): Phase.DEGRADED for phase in _RUNNING},
    **{(phase, Trigger.REFUSED): Phase.FAILED for phase in _RUNNING},
    **{(phase, Trigger.DRIFT): Phase.DRIFTED for phase in _RUNNING},
    (Phase.REMOVING, Trigger.GONE): Phase.REMOVED,
}


def advance(phase: Phase, trigger: Trigger) -> Phase:
    """The next phase. Raises LookupError for a pair that the table does not know."""
    try:
        return TRANSITIONS[(phase, trigger)]
    except KeyError:
        raise LookupError(f"no transition from {phase} when {trigger.value!r}") from None
