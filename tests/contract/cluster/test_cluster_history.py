"""Contract of versions: where a watch can begin, what it is sent, and how it is told how far it has come."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from tests.contract.cluster import builders, requests
from tests.contract.cluster.builders import config_map
from tests.contract.cluster.sites import Site

from pinnace_edge.model import KubeObject

# A bookmark comes 2 s before the end, give or take one.
SHORT_S = "5"
# Kubernetes puts a ConfigMap of its own into each namespace some time after its beginning.
OURS = "metadata.name=settings"


def test_version_that_is_too_old_has_expired(site: Site, namespace: str) -> None:
    """410 comes as an event: the watch itself has begun by then."""
    (event,) = site.people.watch(requests.config_maps(namespace), resourceVersion="1", timeoutSeconds="1")
    assert event["type"] == "ERROR"
    assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")
    assert event["object"]["message"].startswith("too old resource version: 1 (")


@pytest.mark.slow
def test_watch_goes_on_where_a_list_ended(site: Site, namespace: str) -> None:
    """Each event has the version of its write."""
    version = _version(site, namespace)
    body = config_map(namespace, a="1")
    added = site.people.apply("kubectl", body)
    changed = site.people.apply("kubectl", config_map(namespace, a="2"))
    site.people.delete(builders.ref(body))
    events = site.people.watch(
        requests.config_maps(namespace), fieldSelector=OURS, resourceVersion=version, timeoutSeconds="1"
    )
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]
    versions = [event["object"]["metadata"]["resourceVersion"] for event in events]
    assert versions[:2] == [item["metadata"]["resourceVersion"] for item in (added, changed)]
    assert int(versions[2]) > int(versions[1])
    assert events[2]["object"]["data"] == {"a": "2"}


@pytest.mark.slow
def test_bookmark_says_how_far_the_watch_has_come(site: Site, namespace: str) -> None:
    """It moves on while others are written that the watch does not select; it carries nothing but the version."""
    version = _version(site, namespace)

    def watch() -> list[KubeObject]:
        query = {"resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": SHORT_S}
        return site.people.watch(requests.config_maps(namespace), fieldSelector=OURS, **query)

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(watch)
        # kube-apiserver sends a bookmark only where it has seen a write of this kind just before.
        while not told.done():
            site.people.apply("kubectl", config_map(namespace, "other", a=str(time.monotonic())))
            wait([told], timeout=0.2)
    events = told.result()
    assert {event["type"] for event in events} == {"BOOKMARK"}
    last = events[-1]["object"]
    assert last["kind"] == "ConfigMap"
    assert int(last["metadata"]["resourceVersion"]) > int(version)


@pytest.mark.slow
def test_nobody_gets_bookmarks_unasked(site: Site, namespace: str) -> None:
    version = _version(site, namespace)
    path, query = requests.config_maps(namespace), {"resourceVersion": version, "timeoutSeconds": SHORT_S}
    assert site.people.watch(path, fieldSelector=OURS, **query) == []


@pytest.mark.slow
def test_watch_list_ends_its_beginning_with_a_bookmark(site: Site, namespace: str) -> None:
    """KEP-3157: sendInitialEvents."""
    site.people.apply("kubectl", config_map(namespace, "one"))
    events = site.people.watch(
        requests.config_maps(namespace),
        fieldSelector="metadata.name=one",
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        allowWatchBookmarks="true",
        timeoutSeconds="1",
    )
    assert [event["type"] for event in events[:2]] == ["ADDED", "BOOKMARK"]
    assert events[0]["object"]["metadata"]["name"] == "one"
    assert events[1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


@pytest.mark.slow
def test_object_that_begins_to_match_is_added(site: Site, namespace: str) -> None:
    """And one that ceases to is deleted, with what it was changed to."""
    body = config_map(namespace, app=None)
    site.people.apply("kubectl", body)
    version = _version(site, namespace)
    ref = builders.ref(body)
    for labels in ({"tier": "till"}, {"tier": "till", "more": "1"}, {"tier": "scale"}, {"tier": None, "more": None}):
        site.people.edit("kubectl", ref, {"metadata": {"labels": labels}})
    events = site.people.watch(
        requests.config_maps(namespace), labelSelector="tier=till", resourceVersion=version, timeoutSeconds="1"
    )
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "DELETED"]


def test_pages_together_are_the_whole(site: Site, namespace: str) -> None:
    """remainingItemCount counts what is behind a page; the last one has no token."""
    for number in range(5):
        site.people.apply("kubectl", config_map(namespace, f"m{number}"))
    path, query = requests.config_maps(namespace), {"labelSelector": "", "limit": "2"}
    first = requests.get(site.people, path, **query)
    rest = first["metadata"]["remainingItemCount"]
    assert len(first["items"]) == 2
    second = requests.get(site.people, path, limit="50", **{"continue": first["metadata"]["continue"]})
    assert len(second["items"]) == rest
    assert "continue" not in second["metadata"]
    names = [item["metadata"]["name"] for page in (first, second) for item in page["items"]]
    assert names == sorted(names)
    assert {f"m{number}" for number in range(5)} <= set(names)


def test_status_is_another_path_than_spec(site: Site, namespace: str) -> None:
    """What one path does not write it leaves alone; only spec counts for the generation."""
    body = builders.deployment(namespace, replicas=0)
    made = site.people.apply("kubectl", body)
    assert made["metadata"]["generation"] == 1
    ref = builders.ref(body)
    both: KubeObject = {"spec": {"replicas": 7}, "status": {"collisionCount": 3}}
    told = site.people.edit("controller", ref, both, "status")
    assert (told["spec"]["replicas"], told["status"]["collisionCount"]) == (0, 3)
    assert told["metadata"]["generation"] == 1
    told = site.people.edit("kubectl", ref, {"spec": {"paused": True}, "status": {"collisionCount": 4}})
    assert (told["spec"]["paused"], told["status"]["collisionCount"]) == (True, 3)
    assert told["metadata"]["generation"] == 2


def _version(site: Site, namespace: str) -> str:
    """Of now."""
    return str(requests.get(site.people, requests.config_maps(namespace))["metadata"]["resourceVersion"])
