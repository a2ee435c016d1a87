"""CONVERGED is never said on the strength of an old word: content that is wanted again has to be confirmed again."""

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk, Site

from pinnace_schemas.api import NodeVerdict, Verdict
from pinnace_schemas.reasons import Reason


@pytest.fixture
def site(desk: Desk) -> Site:
    """Runs revision 1, and has said so."""
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application(image="nginx:1"))
    site = desk.join("s1")
    says_converged(desk, site)
    return site


def says_converged(desk: Desk, site: Site, revision: int = 1) -> None:
    states = (desks.state(desk.bundle(), revision=revision),)
    desk.hear(site.report(heads={"shops": desk.head_version()}, states=states, assignment=1))
    assert desk.verdict("s1").verdict is Verdict.CONVERGED


def is_waiting(verdict: NodeVerdict) -> bool:
    return (verdict.verdict, verdict.reason) == (Verdict.PENDING, Reason.OUT_OF_DATE)


def test_content_that_is_rolled_back_to_waits_for_the_word_of_the_node(desk: Desk, site: Site) -> None:
    """The node may be at the bad revision at this moment: its last report is from before both changes."""
    desk.apply(desks.application(image="nginx:bad"))
    desk.controller.rollback("default", "shop", None, ACTOR)

    assert is_waiting(desk.verdict("s1"))
    assert "has not seen version 3" in desk.verdict("s1").message

    says_converged(desk, site, revision=3)


def test_what_was_forgotten_by_force_and_applied_again_waits_for_the_word_of_the_node(desk: Desk, site: Site) -> None:
    desk.controller.delete_application("default", "shop", force=True, actor=ACTOR)
    desk.apply(desks.application(image="nginx:1"))

    assert is_waiting(desk.verdict("s1"))


def test_what_changes_beside_it_does_not_ask_for_a_new_word(desk: Desk, site: Site) -> None:
    """A new head for the sake of another application, of renewal, or of a label."""
    desk.apply(desks.application("other"), desks.group("shops", "s1", labels="{zone: north}"))
    desk.clock.pass_by(minutes=5)
    desk.releases.sign_again(frozenset({"shops"}), frozenset({"s1"}))

    assert desk.verdict("s1").verdict is Verdict.CONVERGED


def test_a_revision_of_the_same_content_does_not_ask_for_a_new_word(desk: Desk, site: Site) -> None:
    """The sites' objects are the same bytes; only the number and the note of the revision differ."""
    bundle = desk.bundle()
    text = desks.application(image="nginx:1")
    reordered = text.replace("{name: all, type: topology", "{name: everywhere, type: topology")
    desk.apply(reordered)

    assert desk.bundle() == bundle
    assert desk.verdict("s1").wanted_revision == 2
    assert desk.verdict("s1").verdict is Verdict.CONVERGED
