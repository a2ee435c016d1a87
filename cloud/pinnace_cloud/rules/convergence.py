"""What the cloud concludes from what it wants and what it was told. Pure; the table of `docs/states.md` in code.

CONVERGED is said only of a node that has reported, in a stored report and not too long ago, that it has seen the head
that wants it and runs exactly the wanted bundle in phase Converged. Silence is never success: after the offline limit a
node is Offline, whatever it said before, and its last known phase stays visible. Nor is the word of a node that cannot
see its own cluster: while its KubeAPI does not answer, nothing there is Converged, and while what serves some of an
application's kinds does not, that application is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pinnace_cloud.storage.rows import Sight
from pinnace_schemas.api import NodeVerdict, Verdict
from pinnace_schemas.messages import AppState
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time

# Worst first: what an operator has to look at before anything else.
SEVERITY = (
    Verdict.FAILED,
    Verdict.DEGRADED,
    Verdict.OFFLINE,
    Verdict.PENDING,
    Verdict.PROGRESSING,
    Verdict.REMOVING,
    Verdict.REMOVED,
    Verdict.CONVERGED,
)

_OF_PHASE = {
    Phase.PENDING: (Verdict.PENDING, Reason.OUT_OF_DATE),
    Phase.FETCHING: (Verdict.PROGRESSING, Reason.FETCHING),
    Phase.STAGED: (Verdict.PROGRESSING, Reason.APPLYING),
    Phase.APPLYING: (Verdict.PROGRESSING, Reason.APPLYING),
    Phase.PROGRESSING: (Verdict.PROGRESSING, Reason.PROGRESSING),
    Phase.DEGRADED: (Verdict.DEGRADED, Reason.UNHEALTHY),
    Phase.DRIFTED: (Verdict.DEGRADED, Reason.DRIFTED),
    Phase.FAILED: (Verdict.FAILED, Reason.API_REJECTED),
    # The node removes, or has removed, what is wanted here (again): it has not seen the newest head.
    Phase.REMOVING: (Verdict.PENDING, Reason.OUT_OF_DATE),
    Phase.REMOVED: (Verdict.PENDING, Reason.OUT_OF_DATE),
}

# What a problem of the node explains: conclusions with these reasons (None: CONVERGED). Whatever else the node says of
# an application, such as a refused object, stays as it is.
_EXPLAINS: dict[Reason, frozenset[Reason | None]] = {
    Reason.CLUSTER_UNAVAILABLE: frozenset(
        {None, Reason.NOT_REPORTED, Reason.OUT_OF_DATE, Reason.APPLYING, Reason.PROGRESSING}
    ),
    Reason.DISK_FULL: frozenset({Reason.NOT_REPORTED, Reason.OUT_OF_DATE, Reason.FETCHING}),
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`reason` is None only for CONVERGED and REMOVED."""

    verdict: Verdict
    reason: Reason | None = None
    message: str = ""


def silent_before(now: datetime, offline_after_s: float) -> str:
    """The time of last contact before which a node counts as offline."""
    return format_time(now - timedelta(seconds=offline_after_s))


def conclude(sight: Sight, limit: str) -> NodeVerdict:
    """The verdict on one application on one node. `limit` is a `silent_before`."""
    return _body(sight, _conclude(sight, limit))


def worst(verdicts: Sequence[NodeVerdict]) -> tuple[Verdict, Reason | None]:
    """Of many; CONVERGED for none."""
    if not verdicts:
        return Verdict.CONVERGED, None
    first = min(verdicts, key=lambda item: SEVERITY.index(item.verdict))
    return first.verdict, first.reason


def of_application(verdicts: Sequence[NodeVerdict], *, is_leaving: bool) -> tuple[Verdict, Reason | None]:
    """The worst of its nodes; what is wanted and runs nowhere is not as wanted."""
    if not is_leaving and all(item.verdict is Verdict.REMOVED for item in verdicts):
        return Verdict.PENDING, Reason.NO_NODES
    return worst(verdicts)


def converged(verdicts: Sequence[NodeVerdict]) -> int:
    """How many run as wanted."""
    return sum(item.verdict is Verdict.CONVERGED for item in verdicts)


def is_offline(last_seen: str | None, limit: str) -> bool:
    """True for a node that was heard of, but not since `limit`. Texts of times sort by time."""
    return last_seen is not None and last_seen < limit


def _conclude(sight: Sight, limit: str) -> Conclusion:
    if sight.is_gone:
        return Conclusion(Verdict.REMOVED)
    if not sight.is_joined:
        return Conclusion(Verdict.PENDING, Reason.NOT_JOINED, f"make a token: pinnace token create {sight.node}")
    if is_offline(sight.last_seen, limit):
        return Conclusion(Verdict.OFFLINE, Reason.OFFLINE, _last_known(sight))
    if sight.is_leaving:
        return _leaving(sight.state)
    if sight.state is None:
        return _explained(sight, Conclusion(Verdict.PENDING, Reason.NOT_REPORTED))
    return _explained(sight, _reported(sight, sight.state))


def _explained(sight: Sight, found: Conclusion) -> Conclusion:
    """By the first problem of the node that is the cause. CONVERGED becomes DEGRADED: the node cannot know."""
    for problem in sight.problems:
        if found.reason in _EXPLAINS.get(problem.reason, ()):
            verdict = Verdict.DEGRADED if found.verdict is Verdict.CONVERGED else found.verdict
            texts = (f"since {problem.since}", problem.message, found.message)
            return Conclusion(verdict, problem.reason, "; ".join(text for text in texts if text))
    return found


def _leaving(state: AppState | None) -> Conclusion:
    if state is None:
        return Conclusion(Verdict.REMOVING, Reason.NOT_REPORTED, "the node has not confirmed the removal yet")
    return Conclusion(Verdict.REMOVING, state.reason or Reason.REMOVING, state.message)


def _reported(sight: Sight, state: AppState) -> Conclusion:
    if state.phase is Phase.CONVERGED:
        if (state.bundle, state.group) == (sight.bundle, sight.group):
            return _as_wanted(sight, state)
        return Conclusion(Verdict.PENDING, Reason.OUT_OF_DATE, _behind(sight, state))
    verdict, reason = _OF_PHASE[state.phase]
    message = state.message
    if state.wanted_bundle is not None and state.wanted_bundle != sight.bundle:
        message = "; ".join(text for text in (message, _behind(sight, state)) if text)
    return Conclusion(verdict, state.reason or reason, message)


def _as_wanted(sight: Sight, state: AppState) -> Conclusion:
    """With what definitions say of their objects. The same bundle may have been wanted before, and another in between,
    which the node may be at right now. A reason beside the phase says why the node could not look again."""
    if sight.told_head < sight.head:
        message = f"the node has not seen version {sight.head} of the head yet, its last word is of {sight.told_head}"
        return Conclusion(Verdict.PENDING, Reason.OUT_OF_DATE, message)
    verdict = Verdict.CONVERGED if state.reason is None else Verdict.DEGRADED
    return Conclusion(verdict, state.reason, state.message)


def _behind(sight: Sight, state: AppState) -> str:
    if state.revision == sight.revision:
        return f"the node runs revision {state.revision} with another content"
    return f"the node runs revision {state.revision}, wanted is {sight.revision}"


def _last_known(sight: Sight) -> str:
    if sight.state is None:
        return f"last heard of at {sight.last_seen}, without a word about this application"
    state = sight.state
    return f"last heard of at {sight.last_seen}: {state.phase} with revision {state.revision}"


def _body(sight: Sight, conclusion: Conclusion) -> NodeVerdict:
    """Constructed without a second validation: there is one for each node and application, and all parts are typed."""
    state = sight.state
    return NodeVerdict.model_construct(
        namespace=sight.key.namespace,
        application=sight.key.name,
        node=sight.node,
        group=sight.group,
        verdict=conclusion.verdict,
        reason=conclusion.reason,
        message=conclusion.message,
        phase=state.phase if state else None,
        revision=state.revision if state else 0,
        wanted_revision=sight.revision,
        bundle=state.bundle if state else None,
        wanted_bundle=sight.bundle or None,
        ready=state.ready if state else 0,
        total=state.total if state else 0,
        healed=state.healed if state else 0,
        since=state.since if state else None,
        last_seen=sight.last_seen,
    )
