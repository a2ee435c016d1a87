"""From a signed head to objects in the cluster and an acknowledged report."""

import random
import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.edge.clocks import NOW
from tests.unit.edge.worlds import App, Site, changed

from pinnace_edge.model import AppKey, Applied, ApplyRequest, Deployment
from pinnace_edge.ports import ClusterChanged, Disconnected
from pinnace_edge.services.keeping import GRACE_S
from pinnace_schemas import head, topics
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App("shop", 1, (("settings", "1"), ("texts", "hello")))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def running(site: Site) -> Site:
    """A site in group stores that runs SHOP."""
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    assert site.deployment().phase is Phase.CONVERGED
    return site


def test_a_signed_head_becomes_objects_and_a_report(running: Site) -> None:
    assert running.cluster.names() == ["settings", "texts"]
    (state,) = running.cloud.reports[-1].states
    assert (state.phase, state.revision, state.ready, state.total) == (Phase.CONVERGED, 1, 2, 2)
    assert state.bundle == state.wanted_bundle


def test_journal_entries_are_dropped_only_when_acknowledged(site: Site) -> None:
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.broker.connect()
    site.settle()
    kept = site.journal()
    assert [entry.seq for entry in kept] == list(range(1, len(kept) + 1))
    site.cloud.acknowledge()
    site.settle()
    assert not site.journal()
    assert [entry.seq for entry in site.cloud.stored] == list(range(1, len(site.cloud.stored) + 1))


def test_an_unacknowledged_report_is_repeated_with_the_same_entries(site: Site) -> None:
    site.broker.connect()
    site.settle()
    first = site.cloud.take()[-1]
    site.pass_time(30)
    again = site.cloud.take()[-1]
    assert again.number > first.number
    assert again.entries[: len(first.entries)] == first.entries


def test_a_pass_in_which_nothing_changed_sends_only_lists(running: Site) -> None:
    running.cluster.requests.clear()
    running.pass_time(70)
    assert set(running.cluster.requests) == {"owned"}
    before = running.store.last_entry()
    running.pass_time(70)
    assert running.store.last_entry() == before


def test_a_new_revision_replaces_and_prunes(running: Site) -> None:
    running.cloud.head("stores", changed(SHOP, settings="2"))
    running.settle()
    assert running.cluster.names() == ["settings"]
    assert running.cluster.value("settings") == "2"
    assert running.deployment().revision == 2


def test_the_same_content_under_a_new_revision_fetches_and_applies_nothing(running: Site) -> None:
    running.cluster.requests.clear()
    same = App("shop", 5, SHOP.values)
    running.cloud.head("stores", same, chunks=False)
    running.settle()
    assert running.deployment().revision == 5
    assert not [request for request in running.cluster.requests if request.startswith("apply")]


def test_an_older_head_is_refused_also_after_a_restart(running: Site) -> None:
    old = running.cloud.head("stores", SHOP)
    running.settle()
    running.cloud.head("stores", changed(SHOP, settings="2"))
    running.settle()
    running.restart()
    running.broker.connect()
    running.broker.deliver(topics.build("default", topics.Kind.HEAD, "stores"), old)
    running.settle()
    assert running.cluster.value("settings") == "2"
    refused = running.events_of(Event.MESSAGE_REFUSED)
    assert [entry.reason for entry in refused] == [Reason.OLDER_VERSION]


def test_a_refused_message_is_journalled_once_however_often_it_comes(running: Site) -> None:
    topic = topics.build("default", topics.Kind.HEAD, "stores")
    for _ in range(5):
        running.broker.deliver(topic, b"garbage", retain=False)
        running.settle(2)
    assert [entry.reason for entry in running.events_of(Event.MESSAGE_REFUSED)] == [Reason.MALFORMED]


def test_a_head_of_a_group_that_the_node_is_not_in_is_refused(running: Site) -> None:
    message = running.cloud.head("others", SHOP)
    running.broker.topics.add(topics.build("default", topics.Kind.HEAD, "others"))
    running.broker.deliver(topics.build("default", topics.Kind.HEAD, "others"), message)
    running.settle()
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.NOT_ASSIGNED


def test_a_head_of_another_group_under_our_topic_is_refused(running: Site) -> None:
    message = running.cloud.head("others", App("evil", 1))
    running.broker.deliver(topics.build("default", topics.Kind.HEAD, "stores"), message)
    running.settle()
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason in (Reason.WRONG_GROUP, Reason.BAD_SIGNATURE)
    assert running.cluster.names() == ["settings", "texts"]


def test_an_expired_head_is_not_newly_activated(running: Site) -> None:
    running.cloud.head("stores", changed(SHOP, settings="2"), now=NOW - timedelta(days=60))
    running.settle()
    assert running.cluster.value("settings") == "1"
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.EXPIRED


def test_an_expired_assignment_changes_nothing(running: Site) -> None:
    running.cloud.assign(now=NOW - timedelta(days=60))
    running.settle()
    assert running.cluster.names() == ["settings", "texts"]
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.EXPIRED


def test_a_chunk_that_the_broker_lost_is_asked_for_and_then_used(running: Site) -> None:
    new = changed(SHOP, settings="2")
    running.cloud.head("stores", new, chunks=False)
    running.settle()
    assert running.deployment().phase is Phase.FETCHING
    running.pass_time(10)
    running.cloud.take()
    assert running.cloud.requests
    assert running.deployment().reason is Reason.CHUNK_MISSING
    running.cloud.publish_chunks(new)
    running.settle()
    assert running.cluster.value("settings") == "2"


def test_a_chunk_with_other_content_is_refused_and_fetched_again(running: Site) -> None:
    new = changed(SHOP, settings="2")
    running.cloud.head("stores", new, chunks=False)
    running.settle()
    (topic, *_) = [topic for topic in running.broker.topics if "/chunks/" in topic]
    running.broker.deliver(topic, b"something else", retain=False)
    running.settle()
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.DIGEST_MISMATCH
    running.cloud.publish_chunks(new)
    running.settle()
    assert running.cluster.value("settings") == "2"


def test_a_bundle_that_is_not_what_was_signed_keeps_that_reason_until_a_new_one_comes(running: Site) -> None:
    cloud, new = running.cloud, changed(SHOP, settings="2")
    spoilt = replace(cloud._release("stores", new, with_chunks=True), digest="0" * 64)
    signed = cloud.signer.head("stores", [spoilt], version=next(cloud.versions), now=NOW)
    message = head.encode(signed, DEFAULT_LIMITS, "stores")
    running.broker.deliver(topics.build("default", topics.Kind.HEAD, "stores"), message)
    running.settle()
    running.pass_time(70)
    assert running.deployment().reason is Reason.DIGEST_MISMATCH
    assert len(running.events_of(Event.MESSAGE_REFUSED)) == 1
    assert running.cluster.value("settings") == "1"
    cloud.head("stores", new)
    running.settle()
    assert running.cluster.value("settings") == "2"


def test_removal_from_the_head_deletes_reports_and_then_forgets(running: Site) -> None:
    running.cloud.head("stores")
    running.settle()
    assert not running.cluster.names()
    assert running.deployment().phase is Phase.REMOVED
    running.cloud.acknowledge()
    running.settle()
    assert running.cloud.reports[-1].states[0].phase is Phase.REMOVED
    assert not running.store.deployments()


def test_leaving_a_group_removes_what_came_by_it(running: Site) -> None:
    running.cloud.assign()
    running.settle()
    assert not running.cluster.names()


def test_an_older_assignment_is_refused(running: Site) -> None:
    running.cloud.assign(version=1)
    running.settle()
    running.cloud.assign("stores", version=50)
    running.settle()
    running.cloud.assign(version=49)
    running.settle()
    assert running.cluster.names() == ["settings", "texts"]
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.OLDER_VERSION


def test_an_application_that_moves_to_another_group_does_not_vanish_in_between(running: Site) -> None:
    running.cloud.assign("others")
    running.settle()
    assert running.cluster.names() == ["settings", "texts"]
    running.cloud.head("others", SHOP)
    running.settle()
    assert running.deployment().group == "others"
    assert running.cluster.names() == ["settings", "texts"]
    assert not [request for request in running.cluster.requests if request.startswith("delete")]


def test_the_second_way_of_one_application_is_refused(running: Site) -> None:
    running.cloud.assign("stores", "others")
    running.cloud.head("others", changed(SHOP, settings="other"))
    running.settle()
    assert running.deployment().group == "stores"
    assert running.cluster.value("settings") == "1"
    assert running.events_of(Event.MESSAGE_REFUSED)[-1].reason is Reason.TWO_GROUPS


@pytest.mark.slow
def test_a_report_of_very_many_applications_still_fits_and_names_every_one(site: Site) -> None:
    texts = random.Random(1)
    for number in range(600):
        message = "".join(texts.choices(string.ascii_letters, k=300))
        key = AppKey("default", f"app-{number}")
        site.store.save_deployment(Deployment(key, "stores", Phase.FAILED, NOW, "a" * 64, 1, message=message))
    site.broker.connect()
    site.settle(6)
    assert len(site.cloud.take()[-1].states) == 600


def test_a_store_that_is_older_than_what_the_cloud_knows_begins_a_new_journal(running: Site) -> None:
    """A disk image was put back: under the old identity every report would be taken for an old one."""
    old, kept = running.store.journal_id(), len(running.journal())
    running.cloud.say(old, through=500, report=900)
    running.settle()
    assert running.store.journal_id() != old
    report = running.cloud.take()[-1]
    assert (report.journal, report.kept_from) == (running.store.journal_id(), 1)
    assert [entry.seq for entry in report.entries] == list(range(1, kept + 2))
    assert report.entries[-1].event is Event.JOURNAL_BEGUN


def test_an_acknowledgement_of_what_was_said_begins_no_new_journal(running: Site) -> None:
    old = running.store.journal_id()
    running.cloud.say(old, through=running.store.last_entry(), report=running.store.report_number())
    running.cloud.say("f" * 32, through=500, report=900)
    running.settle()
    assert running.store.journal_id() == old


def test_what_has_settled_is_reported_at_once_and_what_is_under_way_with_what_follows(running: Site) -> None:
    running.pass_time(10)
    running.cloud.acknowledge()
    began = running.clock.monotonic()
    running.cloud.head("stores", changed(SHOP, settings="2"))
    while not (sent := running.cloud.take()):
        running.round()
        assert running.clock.monotonic() - began < 0.1, "the report waited although nothing was under way any more"
    assert [state.phase for state in sent[0].states] == [Phase.CONVERGED]
    assert len(sent) == 1


def test_reports_of_many_changes_are_no_more_than_two_a_second(running: Site) -> None:
    running.pass_time(10)
    before = len(running.cloud.reports)
    for revision in range(20):
        running.cloud.head("stores", changed(SHOP, settings=str(revision)))
        for _ in range(10):
            running.round()
    running.cloud.take()
    assert len(running.cloud.reports) - before <= 6, "20 changes within two seconds"


def test_new_head_makes_no_pass_over_what_runs_while_its_bundle_is_fetched(running: Site) -> None:
    """It would be in the way of the chunk that is about to come."""
    running.pass_time(10)
    running.cluster.requests.clear()
    running.cloud.head("stores", changed(SHOP, settings="2"), chunks=False)
    for _ in range(5):
        running.round()
    assert running.deployment().phase is Phase.FETCHING
    assert not running.cluster.requests
    running.pass_time(70)
    assert running.cluster.requests, "what runs is healed all the same"


def test_what_moves_from_group_to_group_stays_where_the_head_that_lets_it_go_comes_first(running: Site) -> None:
    """After a connect, retained heads come in any order."""
    running.cloud.assign("stores", "counters")
    running.cloud.head("counters")
    running.settle()
    uids = [thing.uid for thing in running.cluster.things.values()]
    running.cloud.head("stores")
    for _ in range(5):
        running.round(0.2)
    running.cloud.head("counters", SHOP)
    running.settle()
    running.pass_time(70)
    assert (running.deployment().phase, running.deployment().group) == (Phase.CONVERGED, "counters")
    assert [thing.uid for thing in running.cluster.things.values()] == uids


def test_what_moves_to_a_group_that_the_node_has_got_meanwhile_stays_where_the_assignment_comes_last(
    running: Site,
) -> None:
    uids = [thing.uid for thing in running.cluster.things.values()]
    running.broker.is_up = False
    running.daemon.handle(Disconnected("gone"))
    running.cloud.head("counters", SHOP)
    running.cloud.assign("stores", "counters")
    running.cloud.head("stores")
    running.broker.connect()
    while not running.events.empty():
        running.daemon.handle(running.events.get())
        running.daemon.step()
    running.settle()
    assert (running.deployment().phase, running.deployment().group) == (Phase.CONVERGED, "counters")
    assert [thing.uid for thing in running.cluster.things.values()] == uids


def test_what_no_head_names_any_more_goes_without_waiting_for_another_event(running: Site) -> None:
    running.cloud.assign("stores", "counters")
    running.cloud.head("counters")
    running.settle()
    running.cloud.head("stores")
    running.round()
    wait = running.daemon.step()
    assert 0 < wait <= GRACE_S
    running.clock.advance(wait)
    running.round()
    assert running.cluster.names() == []


def test_what_no_head_names_any_more_does_not_wait_for_an_event_after_a_long_pass_over_others(
    running: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.cloud.assign("stores", "counters")
    running.cloud.head("counters", App("texts", 1, (("words", "1"),)))
    running.settle()
    running.cloud.head("stores")
    running.round()
    running.daemon.handle(Disconnected("gone"))
    running.cluster.edit("words")
    running.daemon.handle(ClusterChanged(None))
    running.clock.advance(GRACE_S / 2)
    apply = running.cluster.apply

    def slowly(requests: Sequence[ApplyRequest]) -> tuple[Applied, ...]:
        running.clock.advance(2 * GRACE_S)
        return apply(requests)

    monkeypatch.setattr(running.cluster, "apply", slowly)
    assert running.daemon.step() == 0
    running.round()
    assert running.cluster.names() == ["words"]


@pytest.mark.parametrize(("giver", "taker"), [("one", "two"), ("two", "one")])
def test_an_object_that_goes_to_another_application_by_one_head_is_there_again_at_once(
    site: Site, giver: str, taker: str
) -> None:
    """Also where the one that gets it is looked at first."""
    site.cloud.assign("stores")
    site.cloud.head("stores", App(giver, 1, (("moved", "1"), ("kept", "1"))), App(taker, 1, (("own", "1"),)))
    site.online()
    site.pass_time(70)
    site.cloud.head("stores", App(giver, 2, (("kept", "1"),)), App(taker, 2, (("moved", "2"), ("own", "1"))))
    site.settle()
    assert site.cluster.value("moved") == "2"
    assert site.deployment(taker).phase is Phase.CONVERGED
