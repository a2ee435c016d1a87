"""What the cloud concludes. Silence, another bundle, another group: none of it is success."""

from datetime import datetime, timedelta

import pytest
from tests.unit.cloud.core import desk as desks

from pinnace_cloud.rules import convergence
from pinnace_cloud.storage.rows import AppKey, Sight
from pinnace_schemas.api import NodeVerdict, Verdict
from pinnace_schemas.messages import AppState, NodeProblem
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time

NOW = desks.START + timedelta(minutes=5)
WANTED, OTHER = "a" * 64, "b" * 64
LIMIT_S = 660.0


def conclude(state: AppState | None, now: datetime = NOW, **values: object) -> NodeVerdict:
    fields: dict[str, object] = {
        "key": AppKey("default", "shop"),
        "node": "s1",
        "group": "shops",
        "revision": 2,
        "bundle": WANTED,
        "is_joined": True,
        "last_seen": format_time(desks.START),
        "state": state,
    }
    sight = Sight(**(fields | values))  # type: ignore[arg-type] # the fields are those of a Sight
    return convergence.conclude(sight, convergence.silent_before(now, LIMIT_S))


def test_converged_needs_the_wanted_bundle_and_the_node_s_own_word() -> None:
    verdict = conclude(desks.state(WANTED, revision=2))

    assert (verdict.verdict, verdict.reason) == (Verdict.CONVERGED, None)


@pytest.mark.parametrize(
    "state",
    [
        desks.state(OTHER, revision=1),
        desks.state(OTHER, revision=2),
        desks.state(None),
        desks.state(WANTED, revision=2, group="plants"),
    ],
)
def test_converged_on_anything_else_is_out_of_date(state: AppState) -> None:
    verdict = conclude(state)

    assert (verdict.verdict, verdict.reason) == (Verdict.PENDING, Reason.OUT_OF_DATE)
    assert verdict.message


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_a_verdict_and_only_converged_is_converged(phase: Phase) -> None:
    verdict = conclude(desks.state(WANTED, phase, revision=2))

    assert (verdict.verdict is Verdict.CONVERGED) == (phase is Phase.CONVERGED)
    assert (verdict.reason is None) == (phase is Phase.CONVERGED)
    assert verdict.phase is phase


def test_the_node_s_own_reason_and_message_are_shown() -> None:
    failed = desks.state(WANTED, Phase.FAILED, 2, reason=Reason.FORBIDDEN, message="cannot create roles")

    verdict = conclude(failed)

    assert (verdict.verdict, verdict.reason, verdict.message) == (
        Verdict.FAILED,
        Reason.FORBIDDEN,
        "cannot create roles",
    )


def test_silence_beyond_the_limit_is_offline_with_the_last_known_phase() -> None:
    verdict = conclude(desks.state(WANTED, revision=2), desks.START + timedelta(seconds=LIMIT_S + 1))

    assert (verdict.verdict, verdict.reason) == (Verdict.OFFLINE, Reason.OFFLINE)
    assert "Converged" in verdict.message
    assert verdict.phase is Phase.CONVERGED


def test_silence_within_the_limit_is_not_offline() -> None:
    verdict = conclude(desks.state(WANTED, revision=2), desks.START + timedelta(seconds=LIMIT_S))

    assert verdict.verdict is Verdict.CONVERGED


def test_a_node_that_never_joined_or_never_spoke_of_it_is_pending() -> None:
    assert conclude(None, is_joined=False, last_seen=None).reason is Reason.NOT_JOINED
    assert conclude(None).reason is Reason.NOT_REPORTED
    assert conclude(None, last_seen=None).reason is Reason.NOT_REPORTED


def test_the_worst_of_many_is_what_an_operator_must_look_at_first() -> None:
    good, failed = conclude(desks.state(WANTED, revision=2)), conclude(desks.state(WANTED, Phase.FAILED, 2))

    assert convergence.worst([good, failed, good]) == (Verdict.FAILED, Reason.API_REJECTED)
    assert convergence.worst([]) == (Verdict.CONVERGED, None)
    assert set(convergence.SEVERITY) == set(Verdict)


def test_an_application_that_runs_nowhere_is_pending_and_one_that_leaves_is_not() -> None:
    good = conclude(desks.state(WANTED, revision=2))
    gone = good.model_copy(update={"verdict": Verdict.REMOVED})

    for nodes in ([], [gone]):
        assert convergence.of_application(nodes, is_leaving=False) == (Verdict.PENDING, Reason.NO_NODES)
    assert convergence.of_application([gone, good], is_leaving=False) == (Verdict.REMOVED, None)
    assert convergence.of_application([gone], is_leaving=True) == (Verdict.REMOVED, None)


def test_what_definitions_say_of_what_is_converged_is_shown() -> None:
    state = desks.state(WANTED, revision=2, message="screen: 2 screens show offers")
    assert conclude(state).message == "screen: 2 screens show offers"


@pytest.mark.parametrize("reason", [Reason.CLUSTER_UNAVAILABLE, Reason.TOO_LARGE])
def test_what_a_node_could_not_look_at_again_is_not_converged(reason: Reason) -> None:
    verdict = conclude(desks.state(WANTED, revision=2, reason=reason, message="no answer"))

    assert (verdict.verdict, verdict.reason, verdict.message) == (Verdict.DEGRADED, reason, "no answer")
    assert verdict.phase is Phase.CONVERGED


def test_what_a_node_could_not_look_at_is_out_of_date_where_it_has_not_seen_the_head() -> None:
    state = desks.state(WANTED, revision=2, reason=Reason.CLUSTER_UNAVAILABLE)

    assert conclude(state, head=3, told_head=2).reason is Reason.OUT_OF_DATE


SINCE = format_time(desks.START)
AWAY = NodeProblem(reason=Reason.CLUSTER_UNAVAILABLE, message="connection refused", since=SINCE)
FULL = NodeProblem(reason=Reason.DISK_FULL, message="0 KiB left", since=SINCE)


def test_nothing_is_converged_on_a_node_whose_kube_api_does_not_answer() -> None:
    verdict = conclude(desks.state(WANTED, revision=2), problems=(FULL, AWAY))

    assert (verdict.verdict, verdict.reason) == (Verdict.DEGRADED, Reason.CLUSTER_UNAVAILABLE)
    assert verdict.message == f"since {SINCE}; connection refused"
    assert verdict.phase is Phase.CONVERGED
    assert convergence.converged([verdict]) == 0


@pytest.mark.parametrize("state", [None, desks.state(OTHER, revision=1), desks.state(None, Phase.PENDING)])
@pytest.mark.parametrize("problem", [AWAY, FULL])
def test_what_keeps_a_node_from_the_wanted_revision_is_the_reason(state: AppState | None, problem: NodeProblem) -> None:
    verdict = conclude(state, problems=(problem,))

    assert (verdict.verdict, verdict.reason) == (Verdict.PENDING, problem.reason)
    assert problem.message in verdict.message


def test_a_full_disk_does_not_take_back_what_runs_as_wanted() -> None:
    assert conclude(desks.state(WANTED, revision=2), problems=(FULL,)).verdict is Verdict.CONVERGED


def test_a_problem_of_the_node_hides_neither_a_refusal_nor_silence() -> None:
    failed = desks.state(WANTED, Phase.FAILED, 2, reason=Reason.FORBIDDEN)
    late = desks.START + timedelta(seconds=LIMIT_S + 1)

    assert conclude(failed, problems=(AWAY,)).reason is Reason.FORBIDDEN
    assert conclude(desks.state(WANTED, revision=2), late, problems=(AWAY,)).verdict is Verdict.OFFLINE
