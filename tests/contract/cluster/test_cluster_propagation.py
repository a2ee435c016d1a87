"""Contract of deletion beyond what the daemon asks for: what becomes of dependents, and who may say when."""

from __future__ import annotations

import pytest
from tests.contract.cluster import builders, requests
from tests.contract.cluster.builders import config_map, deployment
from tests.contract.cluster.sites import Site

from pinnace_edge.model import KubeObject
from pinnace_sim.provision.running import wait_until

DEADLINE_S = 60


@pytest.fixture
def web(site: Site, namespace: str) -> KubeObject:
    """A Deployment with a ReplicaSet and a pod."""
    site.people.apply("kubectl", deployment(namespace, replicas=1))
    wait_until(lambda: len(_sets(site, namespace)) == 1 and len(_pods(site, namespace)) == 1, "a pod", DEADLINE_S)
    return requests.get(site.people, requests.deployments(namespace, "web"))


def test_background_takes_the_dependents_along(site: Site, namespace: str, web: KubeObject) -> None:
    """The owner is gone at once; the garbage collector follows."""
    answer = _delete(site, namespace, "Background")
    assert (answer["kind"], answer["status"], answer["details"]["uid"]) == ("Status", "Success", web["metadata"]["uid"])
    wait_until(lambda: not _sets(site, namespace) and not _pods(site, namespace), "the dependents to go", DEADLINE_S)


def test_foreground_keeps_the_owner_until_its_dependents_are_gone(site: Site, namespace: str, web: KubeObject) -> None:
    """The answer shows the owner with the finalizer that holds it."""
    answer = _delete(site, namespace, "Foreground")
    assert answer["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert answer["metadata"]["generation"] == web["metadata"]["generation"] + 1
    assert "deletionTimestamp" in answer["metadata"]
    wait_until(lambda: not _is_there(site, namespace), "the owner to go", DEADLINE_S)
    assert not _sets(site, namespace)


def test_orphan_leaves_the_dependents_without_an_owner(site: Site, namespace: str, web: KubeObject) -> None:
    """The garbage collector takes the reference away before the owner goes."""
    answer = _delete(site, namespace, "Orphan")
    assert answer["metadata"]["finalizers"] == ["orphan"]
    wait_until(lambda: not _is_there(site, namespace), "the owner to go", DEADLINE_S)
    (left,) = _sets(site, namespace)
    assert "ownerReferences" not in left["metadata"]


def test_delete_of_another_version_is_refused(site: Site, namespace: str) -> None:
    """A precondition on resourceVersion."""
    made = site.people.apply("kubectl", config_map(namespace))
    wanted = {"preconditions": {"resourceVersion": "1"}}
    path = requests.config_maps(namespace, "settings")
    answer = requests.ask(site.people, "DELETE", path, wanted)
    assert answer.status == 409
    version = made["metadata"]["resourceVersion"]
    told = f"the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version})"
    assert told in answer.json()["message"]
    wanted = {"preconditions": {"resourceVersion": version}}
    assert requests.ask(site.people, "DELETE", path, wanted).is_ok


def test_dry_run_deletes_nothing(site: Site, namespace: str) -> None:
    """dryRun=All answers as if."""
    site.people.apply("kubectl", config_map(namespace))
    path = requests.config_maps(namespace, "settings")
    assert requests.ask(site.people, "DELETE", path, dryRun="All").json()["status"] == "Success"
    assert requests.ask(site.people, "GET", path).is_ok


def test_no_finalizer_is_added_to_what_is_being_deleted(site: Site, namespace: str) -> None:
    """The KubeAPI answers 422."""
    body = config_map(namespace)
    body["metadata"]["finalizers"] = ["example.com/hold"]
    site.people.apply("kubectl", body)
    path = requests.config_maps(namespace, "settings")
    left = requests.told(requests.ask(site.people, "DELETE", path))
    assert left["metadata"]["deletionGracePeriodSeconds"] == 0
    more = {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}
    answer = requests.ask(site.people, "PATCH", path, more, requests.MERGE)
    assert answer.status == 422
    assert "no new finalizers can be added if the object is being deleted" in answer.json()["message"]
    site.people.edit("kubectl", builders.ref(body), {"metadata": {"finalizers": None}})
    assert requests.ask(site.people, "GET", path).status == 404


def test_what_names_a_missing_owner_is_collected(site: Site, namespace: str) -> None:
    """The garbage collector looks for owners of new objects as well."""
    body = config_map(namespace)
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "never", "uid": "2f2c0f3e-0000-4000-8000-000000000000"}
    body["metadata"]["ownerReferences"] = [owner]
    site.people.apply("kubectl", body)
    path = requests.config_maps(namespace, "settings")
    wait_until(lambda: requests.ask(site.people, "GET", path).status == 404, "it to be collected", DEADLINE_S)


def test_namespace_goes_with_its_content(site: Site) -> None:
    """It is Terminating until it is empty."""
    home = builders.item(builders.NAMESPACE, "", "leaving", app=None)
    site.people.apply("kubectl", home)
    site.people.apply("kubectl", config_map("leaving"))
    path = "/api/v1/namespaces/leaving"
    left = requests.told(requests.ask(site.people, "DELETE", path))
    assert left["status"]["phase"] == "Terminating"
    wait_until(lambda: requests.ask(site.people, "GET", path).status == 404, "the namespace to go", DEADLINE_S)
    assert requests.ask(site.people, "GET", requests.config_maps("leaving", "settings")).status == 404


def _delete(site: Site, namespace: str, policy: str) -> KubeObject:
    path = requests.deployments(namespace, "web")
    return requests.told(requests.ask(site.people, "DELETE", path, {"propagationPolicy": policy}))


def _is_there(site: Site, namespace: str) -> bool:
    return requests.ask(site.people, "GET", requests.deployments(namespace, "web")).is_ok


def _sets(site: Site, namespace: str) -> list[KubeObject]:
    return _items(site, f"/apis/apps/v1/namespaces/{namespace}/replicasets")


def _pods(site: Site, namespace: str) -> list[KubeObject]:
    return _items(site, f"/api/v1/namespaces/{namespace}/pods")


def _items(site: Site, path: str) -> list[KubeObject]:
    found: list[KubeObject] = requests.get(site.people, path)["items"]
    return found
