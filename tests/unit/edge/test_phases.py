"""The table of phases is complete for what the daemon does, and everything else is a bug that raises."""

import pytest

from pinnace_edge.rules import phases
from pinnace_edge.rules.phases import TRANSITIONS, Trigger
from pinnace_schemas.phases import Phase

RUNNING = (Phase.APPLYING, Phase.PROGRESSING, Phase.CONVERGED, Phase.DEGRADED, Phase.DRIFTED, Phase.FAILED)


def test_a_delivery_without_trouble_passes_through_every_phase_once() -> None:
    phase = Phase.PENDING
    seen = []
    for trigger in (Trigger.FETCH, Trigger.STAGED, Trigger.APPLY, Trigger.NOT_READY, Trigger.HEALTHY):
        phase = phases.advance(phase, trigger)
        seen.append(phase)
    assert seen == [Phase.FETCHING, Phase.STAGED, Phase.APPLYING, Phase.PROGRESSING, Phase.CONVERGED]


def test_removal_ends_in_removed_and_can_be_wanted_again() -> None:
    phase = phases.advance(Phase.CONVERGED, Trigger.LEAVING)
    phase = phases.advance(phase, Trigger.GONE)
    assert phase is Phase.REMOVED
    assert phases.advance(phase, Trigger.WANTED) is Phase.PENDING


def test_unknown_pair_is_a_bug_and_names_itself() -> None:
    with pytest.raises(LookupError, match="no transition from Removed when 'all applied, all ready'"):
        phases.advance(Phase.REMOVED, Trigger.HEALTHY)


@pytest.mark.parametrize("phase", RUNNING)
@pytest.mark.parametrize(
    "outcome",
    [Trigger.HEALTHY, Trigger.NOT_READY, Trigger.DEADLINE, Trigger.UNHEALTHY, Trigger.REFUSED, Trigger.DRIFT],
)
def test_every_outcome_of_a_pass_is_known_in_every_phase_in_which_passes_happen(phase: Phase, outcome: Trigger) -> None:
    assert (phase, outcome) in TRANSITIONS


@pytest.mark.parametrize("phase", list(Phase))
def test_a_new_bundle_may_be_wanted_in_every_phase(phase: Phase) -> None:
    assert phases.advance(phase, Trigger.WANTED) is Phase.PENDING


def test_what_missed_its_deadline_does_not_flap_back_to_progressing() -> None:
    assert phases.advance(Phase.DEGRADED, Trigger.NOT_READY) is Phase.DEGRADED
    assert phases.advance(Phase.DEGRADED, Trigger.HEALTHY) is Phase.CONVERGED


def test_every_phase_but_the_first_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) == set(Phase)
