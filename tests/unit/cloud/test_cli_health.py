"""`pinnace health`: KubeVela's verdict on the objects of a cluster, as a table, a body and an exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.cloud.shells import Shell

Json = dict[str, Any]

APPLICATION = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: nginx}
      traits:
        - {type: scaler, properties: {replicas: 2}}
        - {type: expose, properties: {port: [80]}}
"""


def deployment(ready: int = 2, **metadata: Any) -> Json:
    counts = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": ready, "observedGeneration": 1}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default", "generation": 1, **metadata},
        "spec": {"replicas": 2},
        "status": counts,
    }


SERVICE: Json = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {"type": "ClusterIP", "clusterIP": "10.0.0.7"},
}


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "app.yaml"
    path.write_text(APPLICATION)
    return str(path)


def listed(*items: Json) -> str:
    return yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": list(items)})


def test_healthy_parts_are_listed_with_kubevelas_messages(shell: Shell, file: str) -> None:
    ended = shell.run("health", "-f", file, "--objects", "-", stdin=listed(deployment(), SERVICE))
    assert (ended.code, ended.err) == (0, "")
    assert ended.table == [
        ["APPLICATION", "COMPONENT", "TRAIT", "HEALTHY", "MESSAGE"],
        ["shop", "web", "-", "yes", "Ready:2/2"],
        ["shop", "web", "scaler", "yes", "-"],
        ["shop", "web", "expose", "yes", "ClusterIP: 10.0.0.7"],
    ]


def test_one_part_that_is_not_healthy_ends_with_1(shell: Shell, file: str) -> None:
    ended = shell.run("health", "-f", file, "--objects", "-", stdin=listed(deployment(ready=1), SERVICE))
    assert ended.code == 1
    assert ["shop", "web", "-", "no", "Ready:1/2"] in ended.table


def test_objects_may_be_several_documents_and_the_answer_json(shell: Shell, file: str) -> None:
    documents = yaml.safe_dump_all([deployment(), SERVICE])
    ended = shell.run("health", "-f", file, "--objects", "-", "-o", "json", stdin=documents)
    first = json.loads(ended.out)[0]
    assert first == {
        "application": "shop",
        "component": "web",
        "replica": None,
        "trait": None,
        "type": "webservice",
        "healthy": True,
        "message": "Ready:2/2",
        "error": "",
        "details": {},
    }


def test_a_missing_object_and_one_of_another_application_are_not_healthy(shell: Shell, file: str) -> None:
    foreign = deployment(labels={"app.oam.dev/name": "bakery"})
    ended = shell.run("health", "-f", file, "--objects", "-", stdin=listed(foreign))
    assert ended.code == 1
    assert ended.table[1][-2:] == ["no", "Deployment default/web belongs to the application 'bakery'"]
    assert ended.table[3][-2:] == ["no", "Service default/web is not there"]


def test_a_rule_that_cannot_be_evaluated_says_why(shell: Shell, file: str) -> None:
    broken = {**deployment(), "spec": {}}
    ended = shell.run("health", "-f", file, "--objects", "-", stdin=listed(broken, SERVICE))
    assert ended.table[1][-2:] == ["no", "spec.replicas must be a whole number, got nothing"]


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        (listed(deployment(), deployment()), "Deployment default/web stands twice"),
        ("kind: List\nitems: [3]\n", "the manifests hold the number 3"),
        (listed({"kind": "Deployment"}), "apiVersion is required"),
        ("a: [", "of the manifests: not valid YAML"),
    ],
)
def test_what_is_no_list_of_objects_of_one_cluster_is_refused(shell: Shell, file: str, objects: str, said: str) -> None:
    ended = shell.run("health", "-f", file, "--objects", "-", stdin=objects)
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.err


def test_an_application_that_cannot_be_rendered_is_refused(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "app.yaml"
    path.write_text(APPLICATION.replace("image: nginx", "image: 3"))
    ended = shell.run("health", "-f", str(path), "--objects", "-", stdin=listed(SERVICE))
    assert ended.code == 3
    assert "spec.components[0].properties.image" in ended.err


def test_standard_input_cannot_be_both(shell: Shell) -> None:
    ended = shell.run("health", "-f", "-", "--objects", "-", stdin=APPLICATION)
    assert ended.code == 2
    assert "--objects" in ended.err
