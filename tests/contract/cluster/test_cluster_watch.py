"""Contract of `Cluster.watch`: which changes give a hint, and that hints go on after interruptions."""

from __future__ import annotations

import threading
import time

from tests.contract.cluster import builders
from tests.contract.cluster.builders import APP, CONFIG_MAP, DEPLOYMENT, applied_live, config_map, deployment
from tests.contract.cluster.conftest import Hints
from tests.contract.cluster.sites import Site

from pinnace_edge.model import AppKey, Kind
from pinnace_edge.ports import Cluster, ClusterChanged

OTHER = AppKey("shops", "scale")
END_DEADLINE_S = 2.0


def test_watch_begins_with_a_hint_that_names_nobody(cluster: Cluster, hints: Hints) -> None:
    """Between the caller's list and the begin of the watch anything may have happened."""
    cluster.watch([CONFIG_MAP])
    hints.wait_for(lambda hint: hint == ClusterChanged(None), "the begin")


def test_hint_names_the_application(cluster: Cluster, hints: Hints, namespace: str) -> None:
    """Events of a metadata watch carry the labels: ADDED, MODIFIED, DELETED."""
    _watch(cluster, hints, CONFIG_MAP)
    live = applied_live(cluster, config_map(namespace, a="1"))
    _wait_for(hints, APP)
    applied_live(cluster, config_map(namespace, a="2"))
    _wait_for(hints, APP)
    cluster.delete(live.ref, live.uid)
    _wait_for(hints, APP)


def test_status_gives_a_hint(cluster: Cluster, hints: Hints, namespace: str, site: Site) -> None:
    """A metadata watch fires for every new resourceVersion, also when only status was written."""
    body = deployment(namespace, replicas=0)
    applied_live(cluster, body)
    _watch(cluster, hints, DEPLOYMENT)
    site.people.edit("controller", builders.ref(body), {"status": {"collisionCount": 7}}, "status")
    _wait_for(hints, APP)


def test_foreign_objects_give_no_hint(cluster: Cluster, hints: Hints, namespace: str, site: Site) -> None:
    """The watch selects by label. Events of one kind come in order, so the second one would come after the first."""
    _watch(cluster, hints, CONFIG_MAP)
    site.people.apply("kubectl", config_map(namespace, "foreign", app=None))
    applied_live(cluster, config_map(namespace, app=OTHER))
    first = hints.wait_for(lambda hint: True, "any hint")
    assert first == ClusterChanged(OTHER)


def test_removed_label_gives_a_hint(cluster: Cluster, hints: Hints, namespace: str, site: Site) -> None:
    """An object that leaves the selection is sent as DELETED with the labels that it had."""
    body = config_map(namespace)
    applied_live(cluster, body)
    _watch(cluster, hints, CONFIG_MAP)
    site.people.edit("kubectl-edit", builders.ref(body), {"metadata": {"labels": None}})
    _wait_for(hints, APP)


def test_watch_goes_on_after_a_restart_of_the_api(cluster: Cluster, hints: Hints, namespace: str, site: Site) -> None:
    """The connection breaks; the version of before is still in the store, so the watch is resumed there."""
    _watch(cluster, hints, CONFIG_MAP)
    site.take_away()
    site.bring_back()
    applied_live(cluster, config_map(namespace))
    _wait_for(hints, APP)


def test_kind_is_watched_once_it_is_replaced(cluster: Cluster, hints: Hints, namespace: str) -> None:
    """The first kind's connection is closed, the second's opened."""
    _watch(cluster, hints, CONFIG_MAP)
    _watch(cluster, hints, builders.SERVICE)
    applied_live(cluster, config_map(namespace))
    applied_live(cluster, builders.item(builders.SERVICE, namespace, "web", OTHER, spec={"ports": [{"port": 80}]}))
    first = hints.wait_for(lambda hint: True, "any hint")
    assert first == ClusterChanged(OTHER)


def test_absent_and_forbidden_kinds_do_not_disturb_the_others(cluster: Cluster, hints: Hints, namespace: str) -> None:
    """The KubeAPI answers 404 for the one and 403 for the other; both are asked for again only now and then."""
    cluster.watch([Kind("example.com/v1", "Nothing"), builders.LEASE, CONFIG_MAP])
    hints.wait_for(lambda hint: hint == ClusterChanged(None), "the begin")
    applied_live(cluster, config_map(namespace))
    _wait_for(hints, APP)


def test_watching_nothing_ends_all_threads(cluster: Cluster, hints: Hints) -> None:
    """Connections are cut rather than waited for."""
    _watch(cluster, hints, CONFIG_MAP)
    began = time.monotonic()
    cluster.watch([])
    assert not _watchers()
    assert time.monotonic() - began < END_DEADLINE_S


def test_close_ends_all_threads_while_the_api_is_silent(site: Site, hints: Hints) -> None:
    """A frozen KubeAPI keeps connections open for ever."""
    made = site.daemon(hints.emit)
    made.watch([CONFIG_MAP])
    hints.wait_for(lambda hint: hint == ClusterChanged(None), "the begin")
    site.freeze()
    try:
        began = time.monotonic()
        made.close()
        assert time.monotonic() - began < END_DEADLINE_S
    finally:
        site.thaw()


def _watch(cluster: Cluster, hints: Hints, kind: Kind) -> None:
    """Returns when the watch has begun."""
    cluster.watch([kind])
    hints.wait_for(lambda hint: hint == ClusterChanged(None), f"the watch of {kind}")


def _wait_for(hints: Hints, key: AppKey) -> None:
    hints.wait_for(lambda hint: hint == ClusterChanged(key), f"a hint for {key}")


def _watchers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("watch ")]
