"""The story is played in order, every claim gets one record, and the exit code follows from all of them."""

import pytest
from tests.unit.sim.demo.builders import Tape, always, troupe

from pinnace_sim.demo import director, record, story
from pinnace_sim.demo.cast import CUT_OFF
from pinnace_sim.demo.director import ActFailed
from pinnace_sim.demo.record import Exit, Finding, Outcome
from pinnace_sim.demo.story import Act, Claim, Sign

STEPS = story.story(has_end=False)
CLAIMS = story.claims(STEPS)


def test_a_story_in_which_everything_holds_ends_with_0() -> None:
    tape = Tape()
    records = director.play(STEPS, troupe(tape, always(True)))
    assert [item.claim for item in records] == list(CLAIMS)
    assert record.exit_code(records) is Exit.OBSERVED
    acts = [line for line in tape.heard if line.startswith("act")]
    assert acts == ["act join", "act apply", "act cut", "act change", "act damage", "act reconnect"]


def test_a_claim_that_does_not_hold_in_time_is_named_and_the_story_goes_on() -> None:
    def look(claim: Claim) -> Finding:
        return Finding(claim.sign is not Sign.HEALED, "ConfigMap settings is missing")

    records = director.play(STEPS, troupe(Tape(), look, deadline_s=5))
    (failed,) = record.failed(records)
    assert (failed.claim.sign, failed.outcome) == (Sign.HEALED, Outcome.NOT_OBSERVED)
    assert (failed.says, failed.took_s > 5) == ("ConfigMap settings is missing", True)
    assert record.exit_code(records) is Exit.NOT_OBSERVED


def test_after_the_first_miss_nobody_waits_long_for_the_next() -> None:
    records = director.play(STEPS, troupe(Tape(), always(False), deadline_s=60))
    assert {item.outcome for item in records} == {Outcome.NOT_OBSERVED}
    first, later = records[0], records[-1]
    assert first.took_s > 60
    assert director.HURRIED_DEADLINE_S < later.took_s < director.HURRIED_DEADLINE_S + 1


def test_the_time_of_a_claim_counts_from_its_act_and_ends_when_it_holds() -> None:
    tape = Tape()

    def look(claim: Claim) -> Finding:
        return Finding(claim.sign is not Sign.OFFLINE or tape.now >= 3, "")

    records = director.play(STEPS, troupe(tape, look))
    slow = [item for item in records if item.took_s]
    assert [item.claim.sign for item in slow] == [Sign.OFFLINE]
    assert slow[0].took_s == pytest.approx(3, abs=2 * director.LOOK_EVERY_S)


def test_an_act_that_fails_ends_the_story_and_leaves_the_rest_unreached() -> None:
    def perform(act: Act) -> None:
        if act is Act.CHANGE:
            raise ActFailed("change: the controller is gone")

    tape = Tape()
    records = director.play(STEPS, troupe(tape, always(True), perform))
    missed = record.failed(records)
    assert {item.outcome for item in missed} == {Outcome.NOT_REACHED}
    assert [item.says for item in missed if item.says] == ["change: the controller is gone"]
    assert "; change: the controller is gone (looked at: " in str(missed[0])
    assert len(records) == len(CLAIMS)
    assert "act damage" not in tape.heard


def test_a_program_that_ends_while_a_step_waits_keeps_what_was_observed_before() -> None:
    def look(claim: Claim) -> Finding:
        if claim.site == "south":
            raise ActFailed("edge ended with 1")
        return Finding(True, "")

    records = director.play(STEPS, troupe(Tape(), look))
    assert [item.claim.site for item in records if item.outcome is Outcome.OBSERVED] == [CUT_OFF.name]


def test_nothing_claimed_is_nothing_observed() -> None:
    assert record.exit_code(()) is Exit.NOT_OBSERVED


@pytest.mark.parametrize("has_end", [False, True])
def test_a_story_that_leaves_traces_ends_with_their_removal(has_end: bool) -> None:
    acts = [step.act for step in story.story(has_end=has_end)]
    assert (acts[-1] is Act.REMOVE) is has_end


def test_every_sign_is_looked_for_and_every_claim_is_told_apart() -> None:
    claims = story.claims(story.story(has_end=True))
    assert {claim.sign for claim in claims} == set(Sign)
    assert len({str(claim) for claim in claims}) == len(claims)


def test_the_table_has_a_row_for_each_claim() -> None:
    records = director.play(STEPS, troupe(Tape(), always(True, "as wanted")))
    rows = record.rows(records)
    assert [row[:3] for row in rows] == [(item.claim.site, item.claim.text, "observed") for item in records]
    assert all(len(row) == len(record.HEADER) and row[-1] == "as wanted" for row in rows)
