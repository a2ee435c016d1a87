"""Requests to a KubeAPI as people's tools send them: paths, patches and what to read of the answers."""

from __future__ import annotations

from typing import Any

from tests.contract.cluster.sites import People

from pinnace_edge.adapters.kube.client import JSON, Answer, Call
from pinnace_edge.model import KubeObject

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"


def config_maps(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"/{name}" if name else "")


def deployments(namespace: str, name: str = "") -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/deployments" + (f"/{name}" if name else "")


def ask(people: People, method: str, path: str, body: Any = None, content_type: str = JSON, **query: str) -> Answer:
    return people.ask(Call(method, path, query, body, content_type))


def get(people: People, path: str, **query: str) -> KubeObject:
    """What must be there."""
    return told(ask(people, "GET", path, **query))


def told(answer: Answer) -> KubeObject:
    """The body of an answer to something that must succeed."""
    assert answer.is_ok, f"{answer.status}: {answer.data.decode()}"
    found: KubeObject = answer.json()
    return found
