"""Each claim is proven by what was read, and by nothing less."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.sim.demo.builders import KIOSK, NORTH, healed, node, objects, row, verdict

from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.reasons import Reason
from pinnace_sim.demo import cast, judging

WANTED = cast.expected(NORTH, 1)
SECOND = cast.expected(NORTH, 2)
CONVERGED = verdict(Verdict.CONVERGED)

Spoil = Callable[[dict[str, Any]], object]


def test_groups_differ_and_revisions_differ() -> None:
    assert (WANTED.replicas, WANTED.mode) == (2, "staffed")
    kiosk = cast.expected(KIOSK, 1)
    assert (kiosk.replicas, kiosk.mode, kiosk.image) == (1, "self-service", WANTED.image)
    assert (SECOND.image, SECOND.greeting) != (WANTED.image, WANTED.greeting)


def test_a_node_has_joined_when_its_daemon_has_reported() -> None:
    assert judging.joined(node(joined=True, daemon="0.1.0")).holds
    assert judging.joined(node(joined=True)).says == "has joined, and its daemon has not reported yet"
    assert not judging.joined(node(joined=False)).holds


def test_a_site_runs_a_revision_when_the_cluster_and_the_cloud_say_so() -> None:
    finding = judging.runs(CONVERGED, objects(WANTED), WANTED, 1)
    assert (finding.holds, finding.says) == (True, "Converged, 4/4 ready; nginx:1.28-alpine, 2 tills staffed")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda found: found.pop("ConfigMap"), "no ConfigMap settings"),
        (lambda found: found["Deployment"]["spec"].update(replicas=0), "replicas is 0"),
        (lambda found: found["ConfigMap"].pop("data"), "greeting is ''"),
        (lambda found: found["Deployment"]["spec"]["template"]["spec"]["containers"][0].pop("env"), "mode is ''"),
    ],
)
def test_what_the_cluster_lacks_counts_whatever_the_cloud_says(spoil: Spoil, says: str) -> None:
    found = objects(WANTED)
    spoil(found)
    finding = judging.runs(CONVERGED, found, WANTED, 1)
    assert not finding.holds
    assert says in finding.says


@pytest.mark.parametrize(
    "row",
    [
        None,
        verdict(Verdict.PROGRESSING, reason=Reason.PROGRESSING),
        verdict(Verdict.CONVERGED, revision=2, wanted=2),
        verdict(Verdict.OFFLINE, reason=Reason.OFFLINE),
    ],
)
def test_what_the_cloud_does_not_say_counts_whatever_the_cluster_holds(row: Any) -> None:
    assert not judging.runs(row, objects(WANTED), WANTED, 1).holds


def test_a_site_healed_itself_when_all_is_back_and_not_a_byte_came_through() -> None:
    assert judging.healed(objects(WANTED), WANTED, deleted_uid="old", passed_bytes=0).holds


def test_a_site_that_was_not_alone_proves_nothing() -> None:
    finding = judging.healed(objects(WANTED), WANTED, deleted_uid="old", passed_bytes=7)
    assert finding.says == "7 bytes passed the link, so the site was not alone"


def test_an_object_that_is_still_the_old_one_is_not_healed() -> None:
    assert not judging.healed(objects(WANTED, uid="old"), WANTED, deleted_uid="old", passed_bytes=0).holds
    assert not judging.healed({}, WANTED, deleted_uid="old", passed_bytes=0).holds
    assert not judging.healed(objects(SECOND), WANTED, deleted_uid="old", passed_bytes=0).holds


def test_the_cut_off_site_is_offline_with_a_reason_and_both_revisions() -> None:
    finding = judging.offline(verdict(Verdict.OFFLINE, 1, 2, Reason.OFFLINE), 2)
    assert finding.holds
    assert finding.says.startswith("Offline, revision 1 of 2: the node has not been heard of")


@pytest.mark.parametrize(
    "row",
    [
        None,
        verdict(Verdict.CONVERGED, 1, 2),
        verdict(Verdict.OFFLINE, 1, 2),
        verdict(Verdict.OFFLINE, 2, 2, Reason.OFFLINE),
        verdict(Verdict.OFFLINE, 1, 1, Reason.OFFLINE),
    ],
)
def test_silence_is_shown_with_its_reason_and_what_is_wanted(row: Any) -> None:
    assert not judging.offline(row, 2).holds


def test_a_journal_proves_both_healings_told_late_without_a_gap() -> None:
    rows = [row(1), row(2), healed(3, "ConfigMap"), healed(4, "Deployment"), row(5)]
    finding = judging.journal(rows, 2, 4)
    assert finding.holds
    assert finding.says == (
        "entries 3 to 4, written while cut off, arrived late; DriftHealed: 3 ConfigMap, 4 Deployment"
    )


def test_an_entry_that_was_written_after_the_link_came_back_is_not_late() -> None:
    rows = [row(1), row(2), healed(3, "ConfigMap"), healed(4, "Deployment")]
    assert not judging.journal(rows, 2, 3).holds


def test_folded_entries_stand_for_their_numbers() -> None:
    rows = [row(3, Event.FOLDED, count=3), healed(4, "ConfigMap"), healed(5, "Deployment")]
    assert judging.journal(rows, 3, 5).holds


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "no entry yet for the healed ConfigMap and Deployment"),
        ([row(1), row(3)], "missing or out of order"),
        ([row(2), row(1)], "missing or out of order"),
        ([row(1), row(2), healed(3, "ConfigMap")], "no entry yet for the healed Deployment"),
        ([healed(1, "ConfigMap"), healed(2, "Deployment"), row(3)], "no entry yet"),
    ],
)
def test_a_gap_and_an_entry_told_in_time_prove_nothing(rows: Any, says: str) -> None:
    finding = judging.journal(rows, 2, 9)
    assert not finding.holds
    assert says in finding.says


def test_removed_means_gone_from_the_cluster_and_told() -> None:
    assert judging.removed(None, {}).holds
    assert judging.removed(verdict(Verdict.REMOVED), {}).holds
    assert not judging.removed(verdict(Verdict.REMOVING, reason=Reason.REMOVING), {}).holds
    assert not judging.removed(None, objects(WANTED)).holds
