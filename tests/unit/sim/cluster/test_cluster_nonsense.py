"""Whatever is sent, the simulated cluster answers as a KubeAPI: it refuses or takes it, and its controllers live on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.sim.cluster.made import Made

from pinnace_sim.cluster.access.users import Access
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.serving.api import Api
from pinnace_sim.cluster.serving.messages import Answer, Request

LABELS = {"matchLabels": {"a": "b"}}
POD = {"metadata": {"labels": {"a": "b"}}, "spec": {"restartPolicy": "Never", "containers": [{"name": "a"}]}}
NONSENSE: tuple[Any, ...] = (
    [],
    "text",
    None,
    {"metadata": []},
    {"metadata": {"name": 5}},
    {"spec": None},
    {"spec": []},
    {"metadata": {"name": "x", "labels": {"a": None}, "ownerReferences": [{"uid": "q"}]}, "spec": {}},
    {"spec": {"template": {}, "selector": {"matchExpressions": [{"operator": "Like"}]}, "minAvailable": "half"}},
    {"spec": {"ports": [{}], "names": {}, "versions": [{}], "hard": {"count/pods": "few"}}, "rules": [{}]},
    {"spec": {"selector": LABELS, "template": POD, "minAvailable": "50%"}, "roleRef": {}, "subjects": [{}]},
)


@pytest.mark.slow
@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_is_answered(sent: Any) -> None:
    made = Made()
    api = Api(made.core, Access(), "127.0.0.1")
    for resource in made.core.catalog:
        for request in _requests(resource, sent):
            answer = api.answer(request)
            assert isinstance(answer, Answer)
            # An apply whose fields do not fit is a 500 on kube-apiserver as well.
            assert answer.status < 500 or b"typed patch object" in answer.body or b"resourceVersion" in answer.body
        made.pass_time(2)


def _requests(resource: Resource, sent: Any) -> tuple[Request, ...]:
    if isinstance(sent, dict):
        sent = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": "x"}, **sent}
    root = f"/{'apis' if resource.group else 'api'}/{resource.api_version}"
    home = "/namespaces/default" if resource.is_namespaced else ""
    path, body = f"{root}{home}/{resource.plural}", json.dumps(sent).encode()
    return tuple(
        Request(method, where, {"fieldManager": "x"}, {"content-type": f"application/{form}"}, body)
        for method, where, form in (
            ("POST", path, "json"),
            ("PATCH", f"{path}/x", "apply-patch+yaml"),
            ("PUT", f"{path}/x", "json"),
            ("PATCH", f"{path}/x", "merge-patch+json"),
            ("PATCH", f"{path}/x", "strategic-merge-patch+json"),
        )
    )
