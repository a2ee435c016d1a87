"""Contract of changes by hand: what people's tools send besides server-side apply."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.cluster import requests
from tests.contract.cluster.builders import config_map, container, deployment
from tests.contract.cluster.sites import Site

from pinnace_edge.adapters.kube.client import JSON


@pytest.mark.parametrize(
    ("content_type", "patch"),
    [
        (requests.MERGE, {"data": {"a": "2", "b": None, "c": "3"}}),
        (requests.STRATEGIC, {"data": {"a": "2", "b": None, "c": "3"}}),
        (
            requests.JSON_PATCH,
            [
                {"op": "test", "path": "/data/a", "value": "1"},
                {"op": "replace", "path": "/data/a", "value": "2"},
                {"op": "remove", "path": "/data/b"},
                {"op": "add", "path": "/data/c", "value": "3"},
            ],
        ),
    ],
)
def test_each_patch_changes_what_it_names(site: Site, namespace: str, content_type: str, patch: Any) -> None:
    site.people.apply("kubectl", config_map(namespace, a="1", b="1", d="1"))
    path = requests.config_maps(namespace, "settings")
    told = requests.told(requests.ask(site.people, "PATCH", path, patch, content_type))
    assert told["data"] == {"a": "2", "c": "3", "d": "1"}


def test_strategic_patch_merges_containers_by_name(site: Site, namespace: str) -> None:
    """As `kubectl set image` does."""
    site.people.apply("kubectl", deployment(namespace, container("web"), container("proxy"), replicas=0))
    patch = {"spec": {"template": {"spec": {"containers": [container("web", "registry.example/web:2")]}}}}
    path = requests.deployments(namespace, "web")
    told = requests.told(requests.ask(site.people, "PATCH", path, patch, requests.STRATEGIC))
    images = {each["name"]: each["image"] for each in told["spec"]["template"]["spec"]["containers"]}
    assert images == {"web": "registry.example/web:2", "proxy": "registry.example/web:1"}


def test_patch_of_another_version_conflicts(site: Site, namespace: str) -> None:
    site.people.apply("kubectl", config_map(namespace))
    patch = {"metadata": {"resourceVersion": "1"}, "data": {"a": "2"}}
    answer = requests.ask(site.people, "PATCH", requests.config_maps(namespace, "settings"), patch, requests.MERGE)
    assert (answer.status, answer.json()["reason"]) == (409, "Conflict")
    assert "the object has been modified" in answer.json()["message"]


def test_json_patch_whose_test_fails_changes_nothing(site: Site, namespace: str) -> None:
    site.people.apply("kubectl", config_map(namespace, a="1"))
    patch = [{"op": "replace", "path": "/data/a", "value": "2"}, {"op": "test", "path": "/data/a", "value": "1"}]
    path = requests.config_maps(namespace, "settings")
    assert requests.ask(site.people, "PATCH", path, patch, requests.JSON_PATCH).status == 422
    assert requests.get(site.people, path)["data"] == {"a": "1"}


def test_put_replaces_the_whole_object(site: Site, namespace: str) -> None:
    """And needs no version; with one it must be the stored one."""
    made = site.people.apply("kubectl", config_map(namespace, a="1"))
    path = requests.config_maps(namespace, "settings")
    told = requests.told(requests.ask(site.people, "PUT", path, config_map(namespace, b="1")))
    assert told["data"] == {"b": "1"}
    assert told["metadata"]["uid"] == made["metadata"]["uid"]
    stale = config_map(namespace, c="1")
    stale["metadata"]["resourceVersion"] = made["metadata"]["resourceVersion"]
    assert requests.ask(site.people, "PUT", path, stale).status == 409


def test_replicas_can_be_scaled_alone(site: Site, namespace: str) -> None:
    """The scale subresource shows and takes nothing but the number."""
    site.people.apply("kubectl", deployment(namespace, replicas=1))
    path = requests.deployments(namespace, "web") + "/scale"
    assert requests.get(site.people, path)["spec"] == {"replicas": 1}
    told = requests.told(requests.ask(site.people, "PATCH", path, {"spec": {"replicas": 3}}, requests.MERGE))
    assert (told["kind"], told["spec"]["replicas"]) == ("Scale", 3)
    assert requests.get(site.people, requests.deployments(namespace, "web"))["spec"]["replicas"] == 3


def test_unknown_fields_are_dropped_with_a_warning(site: Site, namespace: str) -> None:
    """The default of fieldValidation."""
    body = config_map(namespace) | {"bogus": 1}
    answer = requests.ask(site.people, "POST", requests.config_maps(namespace), body)
    assert "bogus" not in requests.told(answer)
    assert 'unknown field \\"bogus\\"' in answer.headers["Warning"]


def test_unknown_fields_are_refused_if_asked_for(site: Site, namespace: str) -> None:
    """fieldValidation=Strict."""
    body = config_map(namespace) | {"bogus": 1}
    answer = requests.ask(site.people, "POST", requests.config_maps(namespace), body, JSON, fieldValidation="Strict")
    assert answer.status == 400
    assert answer.json()["message"].endswith('strict decoding error: unknown field "bogus"')
