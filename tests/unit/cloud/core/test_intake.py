"""Taking in reports: stored before acknowledged, complete, in order, once; and nothing believed that is not signed."""

from dataclasses import replace

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk, Site

from pinnace_cloud.ports import Message
from pinnace_schemas import topics
from pinnace_schemas.api import Verdict
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.head import MAX_NUMBER
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time
from pinnace_schemas.topics import Kind


@pytest.fixture
def site(desk: Desk) -> Site:
    """s1 of group shops, with the application shop released."""
    desk.apply(desks.group("shops", "s1", "s2"), desks.node("s1"), desks.node("s2"))
    desk.apply(desks.application())
    joined = desk.join("s1")
    desk.outbox()
    return joined


def refusals(desk: Desk) -> dict[str, float]:
    samples = [sample for metric in desk.metrics.refused.collect() for sample in metric.samples]
    return {item.labels["reason"]: item.value for item in samples if item.name.endswith("_total")}


def stored(desk: Desk, node: str = "s1") -> list[int]:
    return [row.entry.seq for row in desk.controller.journal(node, 0, 1000).rows]


def settled(desk: Desk, site: Site) -> Message:
    """A report that everything runs as wanted."""
    return site.report(heads={"shops": desk.head_version()}, states=(desks.state(desk.bundle()),), assignment=1)


def test_nothing_is_acknowledged_that_is_not_stored(desk: Desk, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise Unavailable("disk is full")

    report = site.report(entries=desks.entries(1, 2))
    with monkeypatch.context() as context:
        context.setattr("pinnace_cloud.adapters.sqlite.journals.Journals.add_entries", lambda *_: full(_))
        with pytest.raises(Unavailable):
            desk.hear(report)
    assert stored(desk) == []

    assert desk.ack(desk.hear(report)).through == 2


def test_a_report_that_comes_twice_is_stored_once_and_acknowledged_twice(desk: Desk, site: Site) -> None:
    report = site.report(entries=desks.entries(1, 3))

    acks = [desk.ack(desk.hear(report)) for _ in range(2)]

    assert [ack.through for ack in acks] == [3, 3]
    assert stored(desk) == [1, 2, 3]


def test_several_reports_of_one_node_in_a_batch_give_one_acknowledgement(desk: Desk, site: Site) -> None:
    first, second = site.report(entries=desks.entries(1, 2)), site.report(entries=desks.entries(1, 5))

    ack = desk.ack(desk.hear(second, first))

    assert (ack.through, ack.report) == (5, 2)
    assert stored(desk) == [1, 2, 3, 4, 5]


def test_entries_beyond_a_hole_wait_for_what_is_missing(desk: Desk, site: Site) -> None:
    assert desk.ack(desk.hear(site.report(entries=desks.entries(3, 4)))).through == 0
    assert stored(desk) == []

    assert desk.ack(desk.hear(site.report(entries=desks.entries(1, 4)))).through == 4
    assert stored(desk) == [1, 2, 3, 4]


def test_what_the_node_no_longer_keeps_becomes_an_entry_of_its_own(desk: Desk, site: Site) -> None:
    report = site.report(entries=desks.entries(8, 9), kept_from=8)

    assert desk.ack(desk.hear(report)).through == 9

    lost = desk.controller.journal("s1", 0, 10).rows[0].entry
    assert stored(desk) == [7, 8, 9]
    assert (lost.event, lost.count, lost.reason) == (Event.FOLDED, 7, Reason.JOURNAL_OVERFLOW)


def test_a_folded_entry_stands_for_all_that_it_counts(desk: Desk, site: Site) -> None:
    folded = Entry(seq=40, at=format_time(desks.START), event=Event.FOLDED, count=40)
    report = site.report(entries=(folded, *desks.entries(41, 42)), kept_from=40)

    assert desk.ack(desk.hear(report)).through == 42
    assert stored(desk) == [40, 41, 42]


def test_a_new_journal_begins_at_one_and_retires_the_old(desk: Desk, site: Site) -> None:
    old_journal = site.journal
    desk.hear(site.report(entries=desks.entries(1, 2)))
    reborn = replace(site, journal="cd" * 16, number=0)

    ack = desk.ack(desk.hear(reborn.report(entries=desks.entries(1, 1))))

    assert (ack.journal, ack.through) == (reborn.journal, 1)
    assert stored(desk) == [1, 2, 1]

    told = desk.ack(desk.hear(site.report(entries=desks.entries(3, 3))))

    assert (told.journal, told.report) == (old_journal, MAX_NUMBER), "the node has to begin another journal"
    assert refusals(desk) == {Reason.OLDER_VERSION: 1}
    assert stored(desk) == [1, 2, 1]


def test_an_old_report_neither_turns_the_state_back_nor_makes_the_node_look_alive(desk: Desk, site: Site) -> None:
    old = site.report(states=(desks.state(None, revision=0, phase=Phase.PENDING),))
    desk.hear(old)
    desk.hear(settled(desk, site))
    desk.clock.pass_by(hours=1)

    desk.hear(old)

    verdict = desk.verdict("s1")
    assert (verdict.phase, verdict.verdict) == (Phase.CONVERGED, Verdict.OFFLINE)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"garbage", Reason.MALFORMED), (b"", Reason.MALFORMED), (b"x" * 200_000, Reason.TOO_LARGE)],
)
def test_garbage_is_set_aside_and_the_rest_goes_on(desk: Desk, site: Site, payload: bytes, reason: Reason) -> None:
    garbage = Message(topics.build("default", Kind.REPORT, "s1"), payload)

    result = desk.hear(garbage, site.report(entries=desks.entries(1, 1)), garbage)

    assert desk.ack(result).through == 1
    assert refusals(desk) == {reason: 2}


def test_an_unknown_node_is_not_answered(desk: Desk, site: Site) -> None:
    stranger = Site("s9")

    assert desk.hear(stranger.report()).answers == []
    assert refusals(desk) == {Reason.UNKNOWN_NODE: 1}


def test_a_node_that_has_not_joined_is_unknown(desk: Desk, site: Site) -> None:
    assert desk.hear(Site("s2").report()).answers == []
    assert refusals(desk) == {Reason.UNKNOWN_NODE: 1}


def test_a_wrong_signature_is_not_answered(desk: Desk, site: Site) -> None:
    impostor = Site("s1")

    assert desk.hear(impostor.report(entries=desks.entries(1, 1))).answers == []
    assert refusals(desk) == {Reason.BAD_SIGNATURE: 1}
    assert stored(desk) == []


def test_one_nodes_report_on_another_nodes_topic_is_refused(desk: Desk, site: Site) -> None:
    other = desk.join("s2")
    said = site.report()
    moved = Message(topics.build("default", Kind.REPORT, "s2"), said.payload)
    as_other = replace(other, key=site.key).report()

    assert desk.hear(moved, as_other).answers == []
    assert refusals(desk) == {Reason.BAD_SIGNATURE: 2}


def test_a_report_for_another_node_or_tenant_inside_is_refused(desk: Desk, site: Site) -> None:
    assert desk.hear(site.report(node="s2"), site.report(tenant="other")).answers == []
    assert refusals(desk) == {Reason.WRONG_GROUP: 1, Reason.WRONG_TENANT: 1}


def test_a_request_does_not_pass_for_a_report(desk: Desk, site: Site) -> None:
    said = site.request("shops", 1)

    assert desk.hear(Message(topics.build("default", Kind.REPORT, "s1"), said.payload)).answers == []
    assert refusals(desk) == {Reason.MALFORMED: 1}


def test_a_refusal_is_logged_once_for_each_sender_and_reason(
    desk: Desk, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    desk.hear(*[Message(topics.build("default", Kind.REPORT, "s1"), b"garbage")] * 5)

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_node_behind_gets_the_head_and_assignment_again_but_not_too_often(desk: Desk, site: Site) -> None:
    desk.clock.pass_by(minutes=1)

    desk.hear(site.report(heads={"shops": 1}))
    assert [parcel.topic.rsplit("/", 2)[-2:] for parcel in desk.outbox()] == [["s1", "assignment"], ["shops", "head"]]

    desk.hear(site.report(heads={"shops": 1}))
    assert desk.outbox() == ()

    desk.clock.pass_by(minutes=10)
    desk.hear(site.report(heads={"shops": 1}))
    assert len(desk.outbox()) == 2


def test_a_head_is_sent_again_once_for_all_who_are_behind(desk: Desk, site: Site) -> None:
    other = desk.join("s2")
    desk.outbox()
    desk.clock.pass_by(minutes=1)

    desk.hear(site.report(heads={"shops": 1}, assignment=9), other.report(heads={"shops": 1}, assignment=9))

    assert len([parcel for parcel in desk.outbox() if parcel.topic.endswith("/head")]) == 1


def test_what_was_just_published_is_not_published_again(desk: Desk, site: Site) -> None:
    desk.hear(site.report(heads={"shops": 1}, assignment=1))

    assert desk.outbox() == ()


def test_a_node_that_has_seen_a_higher_head_makes_us_sign_above_it(desk: Desk, site: Site) -> None:
    result = desk.hear(site.report(heads={"shops": 40}, assignment=30))
    assert (result.resign_groups, result.resign_nodes) == ({"shops"}, {"s1"})

    desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))

    assert desk.head_version() == 41
    with desk.store.reading() as tx:
        assert tx.deliveries.assignment("s1").version == 31


def test_a_node_that_names_no_head_of_its_group_gets_it_again(desk: Desk, site: Site) -> None:
    desk.clock.pass_by(minutes=1)

    desk.hear(site.report(assignment=9))

    assert [parcel.topic for parcel in desk.outbox()] == [topics.build("default", Kind.HEAD, "shops")]


def test_a_node_has_no_say_in_the_heads_of_other_groups(desk: Desk, site: Site) -> None:
    desk.apply(desks.group("plants"))
    desk.outbox()
    desk.clock.pass_by(minutes=1)

    result = desk.hear(
        site.report(heads={"shops": desk.head_version(), "plants": 99}, assignment=1), site.request("plants", 0)
    )

    assert result.resign_groups == set()
    assert desk.outbox() == ()


def test_a_store_from_an_old_backup_takes_what_the_nodes_still_keep(desk: Desk, site: Site) -> None:
    """A newer store had acknowledged up to 50, and the node has dropped those entries."""
    desk.hear(site.report(entries=desks.entries(1, 30)))

    assert desk.ack(desk.hear(site.report(kept_from=51))).through == 50
    assert desk.ack(desk.hear(site.report(entries=desks.entries(51, 52), kept_from=51))).through == 52

    assert stored(desk)[29:] == [30, 50, 51, 52]


def test_an_absurd_version_does_not_use_up_the_numbers(desk: Desk, site: Site) -> None:
    result = desk.hear(site.report(heads={"shops": 2**52}))

    assert result.resign_groups == set()
    assert desk.ack(result).report == 1


def test_a_chunk_that_is_asked_for_comes_once_for_everyone(desk: Desk, site: Site) -> None:
    other = desk.join("s2")
    desk.outbox()
    with desk.store.reading() as tx:
        (variant,) = tx.deliveries.variants(tx.applications.placements()[0].bundle, "")
    (chunk,) = variant.chunks
    version = desk.head_version()

    desk.hear(site.request("shops", version, chunk), other.request("shops", version, chunk))
    (parcel,) = desk.outbox()
    assert parcel.topic == topics.build("default", Kind.CHUNK, chunk)

    desk.clock.pass_by(seconds=5)
    desk.hear(other.request("shops", version, chunk, "0" * 64))
    assert desk.outbox() == ()
    desk.clock.pass_by(seconds=6)
    desk.hear(other.request("shops", version, chunk))
    assert len(desk.outbox()) == 1


def test_problems_of_a_node_are_shown(desk: Desk, site: Site) -> None:
    problem = NodeProblem(reason=Reason.DISK_FULL, message="/var", since=format_time(desks.START))
    desk.hear(site.report(problems=(problem,), kubernetes="v1.36.3"))

    status = desk.controller.node("s1")

    assert (status.summary.problems, status.summary.kubernetes) == ((problem,), "v1.36.3")


def test_an_application_is_not_converged_where_the_kube_api_is_away_until_the_node_says_it_is_back(
    desk: Desk, site: Site
) -> None:
    problem = NodeProblem(reason=Reason.CLUSTER_UNAVAILABLE, message="refused", since=format_time(desks.START))
    word = {"heads": {"shops": desk.head_version()}, "states": (desks.state(desk.bundle()),)}
    desk.hear(site.report(problems=(problem,), **word))

    away = desk.controller.node("s1").summary
    assert (away.verdict, away.reason, away.converged) == (Verdict.DEGRADED, Reason.CLUSTER_UNAVAILABLE, 0)

    desk.hear(site.report(**word))
    assert desk.verdict("s1").verdict is Verdict.CONVERGED


def test_journal_pages_go_on_where_the_last_one_ended(desk: Desk, site: Site) -> None:
    desk.hear(site.report(entries=desks.entries(1, 5)))

    first = desk.controller.journal("s1", 0, 3)
    assert first.next_cursor is not None
    second = desk.controller.journal("s1", first.next_cursor, 3)

    assert [row.entry.seq for row in (*first.rows, *second.rows)] == [1, 2, 3, 4, 5]
    assert second.next_cursor is None


def test_the_journal_of_the_fleet_has_every_node_in_the_order_of_storing(desk: Desk, site: Site) -> None:
    other = desk.join("s2")
    desk.hear(site.report(entries=desks.entries(1, 2)))
    desk.hear(other.report(entries=desks.entries(1, 2)))

    newest = desk.controller.fleet_journal(None, 3)
    first = desk.controller.fleet_journal(0, 3)

    assert [(row.node, row.entry.seq) for row in newest.rows] == [("s1", 2), ("s2", 1), ("s2", 2)]
    assert newest.next_cursor is None
    assert [(row.node, row.entry.seq) for row in first.rows] == [("s1", 1), ("s1", 2), ("s2", 1)]
    assert first.next_cursor == first.rows[-1].cursor


def test_strange_topics_are_nothing(desk: Desk, site: Site) -> None:
    strange = [Message("pinnace/v1/other/nodes/s1/report", b"x"), Message("a/b", b"x")]

    assert desk.hear(*strange).answers == []
    assert refusals(desk) == {}
