"""Unkind orders of events: what is cut, changed or broken half way must neither stop the daemon nor keep it busy."""

from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed

from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey, Kind, KubeObject
from pinnace_edge.ports import ClusterChanged, Disconnected
from pinnace_schemas import codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App("shop", 1, (("settings", "1"), ("texts", "hello")))
KEY = AppKey("default", "shop")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that runs SHOP, with its link."""
    site = Site(tmp_path)
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    return site


def cut(site: Site) -> None:
    """The link is gone."""
    site.broker.is_up = False
    site.events.put(Disconnected("cut"))
    site.settle()


def is_busy(site: Site) -> bool:
    """The loop would run without waiting, though time has passed and nothing has come."""
    site.clock.advance(5)
    site.daemon.step()
    return site.daemon.step() == 0.0


# --- cut while a new revision is under way


def cut_while_fetching(site: Site) -> None:
    """The next revision is wanted, and its chunks will not come."""
    site.cloud.head("stores", changed(SHOP, settings="2"), chunks=False)
    site.settle()
    cut(site)
    assert site.deployment().phase is Phase.FETCHING


def test_what_runs_is_healed_while_the_next_revision_cannot_be_fetched(site: Site) -> None:
    cut_while_fetching(site)
    site.cluster.edit("settings")
    del site.cluster.things[next(ref for ref in site.cluster.things if ref.name == "texts")]
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    assert site.cluster.names() == ["settings", "texts"]
    assert len(site.events_of(Event.DRIFT_HEALED)) == 2
    assert site.deployment().phase is Phase.FETCHING


def test_what_runs_is_healed_while_the_next_revision_cannot_be_fetched_also_after_a_restart(site: Site) -> None:
    cut_while_fetching(site)
    site.restart()
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"


def test_what_was_removed_does_not_come_back_while_its_next_revision_is_fetched(site: Site) -> None:
    site.cloud.head("stores")
    site.settle()
    assert site.deployment().phase is Phase.REMOVED
    cut_while_fetching(site)
    site.pass_time(70)
    assert not site.cluster.names()


def test_a_hint_about_an_application_that_cannot_be_fetched_does_not_keep_the_loop_busy(site: Site) -> None:
    cut_while_fetching(site)
    site.daemon.handle(ClusterChanged(KEY))
    assert not is_busy(site)


def test_a_hint_about_an_application_that_is_removed_does_not_keep_the_loop_busy(site: Site) -> None:
    site.cloud.head("stores")
    site.settle()
    cut(site)
    assert site.deployment().phase is Phase.REMOVED
    site.daemon.handle(ClusterChanged(KEY))
    assert not is_busy(site)


def test_a_hint_about_an_application_that_waits_for_heads_does_not_keep_the_loop_busy(site: Site) -> None:
    site.cloud.assign("others")
    site.settle()
    assert site.deployment().is_leaving
    site.daemon.handle(ClusterChanged(KEY))
    assert not is_busy(site)


def test_a_revision_that_comes_while_another_is_fetched_is_fetched_instead(site: Site) -> None:
    site.cloud.head("stores", changed(SHOP, settings="lost"), chunks=False)
    site.settle()
    site.cloud.head("stores", changed(SHOP, settings="3"))
    site.settle()
    assert site.cluster.value("settings") == "3"
    assert not site.events_of(Event.MESSAGE_REFUSED)


def test_a_chunk_is_not_asked_for_while_others_arrive(site: Site) -> None:
    """On a slow link each arrival shows that the broker has them."""
    big = changed(SHOP, **{f"k{number}": codec.sha256(str(number).encode()) for number in range(300)})
    site.cloud.head("stores", big, chunks=False)
    site.settle(2)
    topics = sorted(topic for topic in site.broker.topics if "/chunks/" in topic)
    assert len(topics) > 2
    chunks = site.cloud.chunks(big)
    for topic in topics:
        site.clock.advance(4)
        site.broker.deliver(topic, chunks[topic])
        site.settle(1)
    site.cloud.take()
    assert not site.cloud.requests


def test_without_a_link_no_chunk_counts_as_asked_for(site: Site) -> None:
    cut_while_fetching(site)
    for _ in range(20):
        site.pass_time(300)
    site.broker.connect()
    site.pass_time(20)
    site.cloud.take()
    assert site.cloud.requests


# --- the store rots


def rot(site: Site, table: str) -> None:
    """A bad disk changes what is stored; SQLite does not notice."""
    session = site.store._session  # type: ignore[attr-defined]  # nothing of the port changes a stored body
    session.write(f"UPDATE {table} SET body = zeroblob(length(body))")


def test_a_bundle_that_rotted_on_the_disk_is_fetched_again(site: Site) -> None:
    rot(site, "bundles")
    site.restart()
    site.broker.connect()
    site.pass_time(130)
    assert site.deployment().phase is Phase.CONVERGED
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"


def test_a_bundle_that_rotted_and_cannot_be_fetched_writes_no_journal_lines(site: Site) -> None:
    rot(site, "bundles")
    site.restart()
    site.pass_time(70)
    before = site.store.last_entry()
    for _ in range(10):
        site.pass_time(70)
    assert site.store.last_entry() == before


def test_a_chunk_that_rotted_on_the_disk_is_fetched_again(site: Site) -> None:
    new = changed(SHOP, **{f"k{number}": codec.sha256(str(number).encode()) for number in range(60)})
    site.cloud.head("stores", new, chunks=False)
    site.settle(2)
    for topic, data in list(site.cloud.chunks(new).items())[:-1]:
        site.broker.deliver(topic, data)
        site.settle(1)
    rot(site, "chunks")
    site.cloud.publish_chunks(new)
    site.settle()
    site.pass_time(130)
    assert site.deployment().phase is Phase.CONVERGED


# --- groups


def test_an_application_that_a_second_group_took_over_before_the_first_let_go_stays(site: Site) -> None:
    site.cloud.assign("stores", "others")
    site.cloud.head("others", changed(SHOP, settings="2"))
    site.settle()
    site.cloud.head("stores")
    site.settle()
    assert site.deployment().group == "others"
    assert site.cluster.value("settings") == "2"
    assert not [request for request in site.cluster.requests if request == "delete settings"]


def test_an_application_stays_when_the_node_leaves_the_first_of_two_groups_that_deliver_it(site: Site) -> None:
    site.cloud.assign("stores", "others")
    site.cloud.head("others", changed(SHOP, settings="2"))
    site.settle()
    site.cloud.assign("others")
    site.settle()
    assert site.deployment().group == "others"
    assert site.cluster.value("settings") == "2"


def test_a_second_group_that_delivers_it_too_does_not_hide_what_the_first_delivers(site: Site) -> None:
    site.cloud.assign("stores", "about")
    site.cloud.head("about", changed(SHOP, settings="other"))
    site.settle()
    site.restart()
    site.broker.connect()
    site.cloud.head("stores", changed(SHOP, settings="3"))
    site.settle()
    assert site.cluster.value("settings") == "3"


# --- deleted and created again


def test_an_application_that_is_deleted_and_created_again_at_once_is_applied_at_once(site: Site) -> None:
    site.cloud.head("stores")
    while not site.events.empty():
        site.daemon.handle(site.events.get())
    site.cloud.head("stores", App("shop", 2, SHOP.values))
    site.settle()
    assert site.deployment().phase is Phase.CONVERGED


def test_an_application_that_is_created_again_has_its_whole_deadline_again(site: Site) -> None:
    slow = changed(SHOP, slow="1")
    site.cluster.unready.add("slow")
    site.cloud.head("stores", slow)
    site.settle()
    site.pass_time(700)
    assert site.deployment().phase is Phase.DEGRADED
    site.cloud.head("stores")
    site.settle()
    site.cloud.head("stores", App("shop", 3, slow.values))
    site.settle()
    assert site.deployment().phase is Phase.PROGRESSING


# --- odd objects


def odd_crd(**spec: object) -> KubeObject:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "odds.example.com"},
        "spec": spec,
    }


@pytest.mark.parametrize(
    "odd",
    [
        odd_crd(names="odd", versions=[{"name": "v1"}]),
        odd_crd(names={"kind": ["Odd"]}, versions=[{"name": "v1"}]),
        odd_crd(names={"kind": "Odd"}, versions=["v1"]),
        odd_crd(names={"kind": "Odd"}, versions=1),
        odd_crd(group={}, names=[], versions={}),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd", "labels": ["a"]}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd", "labels": "a"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd", "namespace": {"a": 1}}},
    ],
)
def test_an_odd_object_ends_no_daemon_and_the_rest_is_applied(site: Site, odd: KubeObject) -> None:
    site.cloud.head("stores", App("shop", 2, (("settings", "2"), ("texts", "hello")), extra=(odd,)))
    site.settle()
    assert site.cluster.value("settings") == "2"


def test_what_only_a_server_may_write_is_not_sent(site: Site) -> None:
    copied: KubeObject = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "copied",
            "uid": "00000000-0000-0000-0000-000000000000",
            "resourceVersion": "1",
            "generation": 3,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [],
            "selfLink": "/api/v1",
            "annotations": {"kept": "yes"},
        },
    }
    site.cloud.head("stores", App("shop", 2, SHOP.values, extra=(copied,)))
    site.settle()
    (sent,) = [thing.body["metadata"] for ref, thing in site.cluster.things.items() if ref.name == "copied"]
    assert set(sent) == {"name", "namespace", "labels", "annotations"}


def test_a_bundle_over_a_limit_that_was_lowered_since_ends_no_daemon(site: Site) -> None:
    limits = site.settings.limits.model_copy(update={"max_objects": 1})
    site.settings = site.settings.model_copy(update={"limits": limits})
    site.restart()
    site.settle()
    assert site.deployment().reason is Reason.TOO_LARGE
    site.settings = site.settings.model_copy(update={"limits": limits.model_copy(update={"max_objects": 2})})
    site.restart()
    site.settle()
    assert site.deployment().phase is Phase.CONVERGED
    assert site.deployment().reason is None


# --- the KubeAPI says no


def test_an_object_that_may_not_be_read_is_healed_all_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: object) -> KubeObject:
        raise Rejected(Reason.FORBIDDEN, "cannot get resource", "settings")

    monkeypatch.setattr(site.cluster, "read", forbidden)
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    assert site.events_of(Event.DRIFT_HEALED)[-1].message == "changed by someone"


def test_a_delete_that_is_refused_is_journalled_once(site: Site) -> None:
    site.cluster.undeletable.add("texts")
    site.cluster.unready.add("settings")
    site.cloud.head("stores", changed(SHOP, settings="2"))
    for _ in range(10):
        site.pass_time(70)
    assert len(site.events_of(Event.PRUNE_FAILED)) == 1
    site.cluster.undeletable.clear()
    site.pass_time(70)
    assert site.cluster.names() == ["settings"]


def test_an_object_that_waits_for_a_finalizer_is_deleted_once(site: Site) -> None:
    site.cluster.stuck.add("texts")
    site.cloud.head("stores")
    site.settle()
    site.pass_time(70)
    assert site.cluster.requests.count("delete texts") == 1
    assert site.deployment().phase is Phase.REMOVING


def test_a_namespace_that_cannot_be_made_is_told_and_holds_up_nothing_else(site: Site) -> None:
    away: KubeObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "away", "namespace": "away"}}
    site.cluster.refused["away"] = (Reason.FORBIDDEN, "cannot create resource namespaces")
    site.cloud.head("stores", App("shop", 2, (("settings", "2"),), extra=(away,)))
    site.settle()
    assert site.cluster.value("settings") == "2"
    assert (site.deployment().phase, site.deployment().reason) == (Phase.FAILED, Reason.FORBIDDEN)
    assert "cannot create resource namespaces" in site.deployment().message


def test_what_must_be_repeated_is_told_in_the_words_of_the_api(site: Site) -> None:
    site.cluster.repeated["settings"] = "failed calling webhook: connection refused"
    site.cloud.head("stores", changed(SHOP, settings="2"))
    site.settle()
    assert "failed calling webhook" in site.deployment().message


def test_no_answer_of_the_api_puts_healing_off_for_hours(site: Site) -> None:
    site.cluster.is_down = True
    site.cluster.retry_after_s = float("inf")
    site.pass_time(70)
    site.cluster.is_down = False
    site.cluster.edit("settings")
    for _ in range(3):
        site.pass_time(70)
    assert site.cluster.value("settings") == "1"


def test_a_version_of_any_length_can_be_reported(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.cluster, "version", lambda: "v1.36.3+" + "x" * 200)
    site.restart()
    site.online()
    assert site.cloud.reports[-1].kubernetes.startswith("v1.36.3+x")


# --- a broker that takes less than agreed


def test_a_broker_that_takes_only_small_messages_does_not_stop_healing(site: Site) -> None:
    site.broker.most_bytes = 10
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    assert [problem.reason for problem in site.store.problems()] == [Reason.TOO_LARGE]
    assert not is_busy(site)
    site.broker.most_bytes = None
    site.pass_time(700)
    assert not site.store.problems()


@pytest.mark.slow
def test_a_broker_that_takes_less_than_a_full_report_gets_smaller_ones(site: Site) -> None:
    cut(site)
    for number in range(200):
        site.cluster.edit("settings")
        site.pass_time(70 + number % 7)
    site.broker.most_bytes = 2500
    site.broker.connect()
    for _ in range(100):
        site.settle()
        site.cloud.acknowledge()
    site.settle()
    assert not site.store.problems()
    assert not site.journal()


# --- what others made


def test_a_rebuilt_inventory_takes_only_what_we_applied(site: Site) -> None:
    """Kubernetes copies the labels of a Service to its EndpointSlices."""
    ours = next(thing for ref, thing in site.cluster.things.items() if ref.name == "settings")
    copied = {"metadata": {"name": "copied", "labels": ours.body["metadata"]["labels"]}}
    site.cluster.put("copied", copied)
    lose_store(site)
    site.cloud.head("stores", changed(SHOP, settings="2"))
    site.broker.connect()
    site.settle()
    assert site.cluster.names() == ["copied", "settings"]


def test_a_rebuilding_that_cannot_see_every_kind_holds_up_nothing_and_is_repeated(site: Site) -> None:
    site.cluster.away.add(Kind("metrics.example.com/v1", "Metric"))
    lose_store(site)
    assert [problem.reason for problem in site.store.problems()] == [Reason.STORE_DAMAGED]
    site.cloud.head("stores", SHOP)
    site.broker.connect()
    site.settle()
    site.cluster.edit("settings")
    site.pass_time(70)
    assert site.cluster.value("settings") == "1"
    assert site.cluster.requests.count("owned anywhere") < 5
    site.cluster.away.clear()
    site.pass_time(70)
    assert not site.store.problems()
    assert len(site.events_of(Event.STORE_REBUILT)) == 1


def lose_store(site: Site) -> None:
    """The file of the store is damaged; the daemon starts with a new one."""
    site.store.close()
    path = site.folder / opening.FILE_NAME
    path.write_bytes(b"this is no database" * 1000)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    site.store = opening.open_store(path).store
    site.restart("the old store is kept")
    site.pass_time(10)
