"""What is sent of an object that is let go: what we own of it as it is, and one label more."""

import copy
from typing import Any

from pinnace_edge.model import AppKey, KubeObject
from pinnace_edge.rules import letting_go
from pinnace_schemas import labels

KEY = AppKey("default", "shop")
MINE = {labels.APPLICATION: "shop", labels.NAMESPACE: "default"}
FIELDS = {
    "f:metadata": {"f:labels": {f"f:{name}": {} for name in MINE}, "f:finalizers": {'v:"ours"': {}}},
    "f:spec": {
        "f:template": {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}}},
        "f:args": {},
        "f:gone": {},
    },
}


def live(fields: KubeObject = FIELDS, api_version: str = "apps/v1", **metadata: Any) -> KubeObject:
    entry = {"manager": "pinnace", "operation": "Apply", "apiVersion": api_version, "fieldsV1": fields}
    ports = [{"port": 79, "protocol": "TCP"}, {"port": 80, "protocol": "TCP", "name": "theirs"}]
    about = {"labels": {**MINE, "theirs": "1"}, "finalizers": ["theirs", "ours"], "uid": "u1", "resourceVersion": "7"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "managedFields": [entry], **about, **metadata},
        "spec": {"template": {"ports": ports}, "args": ["a", "b"], "replicas": 3},
        "status": {"replicas": 3},
    }


def test_what_others_own_is_not_sent_and_what_is_ours_is_sent_as_it_is() -> None:
    found = live()
    before = copy.deepcopy(found)
    assert letting_go.body(found) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "uid": "u1",
            "resourceVersion": "7",
            "labels": {**MINE, labels.PRUNE: "never"},
            "finalizers": ["ours"],
        },
        "spec": {"template": {"ports": [{"port": 80}]}, "args": ["a", "b"]},
    }
    assert found == before


def test_only_what_this_application_wrote_and_did_not_let_go_is_written() -> None:
    assert letting_go.is_unsaid(live(), KEY)
    assert not letting_go.is_unsaid(live(), AppKey("default", "other"))
    assert not letting_go.is_unsaid(live(labels={**MINE, labels.PRUNE: "never"}), KEY)
    assert not letting_go.is_unsaid(live(deletionTimestamp="2026-11-20T12:00:00Z"), KEY)
    assert not letting_go.is_unsaid(live(managedFields=[]), KEY)


def test_an_object_that_is_read_in_another_version_than_it_was_written_is_not_written() -> None:
    assert not letting_go.is_unsaid(live(api_version="apps/v1beta1"), KEY)
