"""What `nocalhost` notes for the development tool."""

import json
from typing import Any

import pytest
from tests.unit.cloud.pods import Json, errors, objects, trait


def nocalhost(**properties: Any) -> Json:
    return trait("nocalhost", **{"port": 8080, "image": "go", **properties})


def text(**properties: Any) -> str:
    return str(objects(nocalhost(**properties))[0]["metadata"]["annotations"]["dev.nocalhost"])


def notes(**properties: Any) -> Json:
    """Of the container."""
    (found,) = json.loads(text(**properties))["containers"]
    assert found["name"] == "web"
    return dict(found["dev"])


def test_application_and_namespace_are_noted() -> None:
    found = objects(nocalhost())[0]["metadata"]["annotations"]
    assert found["dev.nocalhost/application-name"] == "shop"
    assert found["dev.nocalhost/application-namespace"] == "default"


def test_everything_has_a_default_but_port_and_image() -> None:
    assert notes() == {
        "image": "nocalhost-docker.pkg.coding.net/nocalhost/dev-images/golang:latest",
        "command": {"run": ["sh", "run.sh"], "debug": ["sh", "debug.sh"]},
        "shell": "bash",
        "workDir": "/home/nocalhost-dev",
        "resources": {"limits": {"memory": "2Gi", "cpu": "2"}, "requests": {"memory": "512Mi", "cpu": "0.5"}},
        "hotReload": True,
        "sync": {
            "type": "send",
            "filePattern": ["./"],
            "ignoreFilePattern": [".git", ".vscode", ".idea", ".gradle", "build"],
        },
        "portForward": ["8080:8080"],
    }
    assert json.loads(text())["serviceType"] == "deployment"


def test_everything_is_noted_as_it_is_given() -> None:
    written = {
        "gitUrl": "https://git.example/shop.git",
        "image": "example/dev:1",
        "storageClass": "fast",
        "persistentVolumeDirs": [{"path": "/data", "capacity": "1Gi"}],
        "command": {"run": ["run"], "debug": ["debug"], "build": ["make"]},
        "debug": {"remoteDebugPort": 9009},
        "shell": "zsh",
        "workDir": "/src",
        "resources": {"limits": {"memory": "1Gi", "cpu": "1"}, "requests": {"memory": "1Mi", "cpu": "0.1"}},
        "hotReload": False,
        "sync": {"type": "sendReceive", "filePattern": ["a"], "ignoreFilePattern": ["b"]},
        "env": [{"name": "A", "value": "1"}],
        "portForward": ["1:2"],
    }
    found = notes(**written)
    assert found == written
    assert list(found) == list(written)
    assert json.loads(text(serviceType="statefulset"))["serviceType"] == "statefulset"


@pytest.mark.parametrize("language", ["java", "python", "node", "ruby"])
def test_a_language_is_an_image(language: str) -> None:
    assert notes(image=language)["image"].endswith(f"/dev-images/{language}:latest")


def test_the_text_is_written_as_go_writes_json() -> None:
    env = [{"name": "A", "value": "<é>\u2028"}]
    assert '"env":[{"name":"A","value":"<é>\\u2028"}]' in text(env=env)


def test_a_service_leads_to_the_program() -> None:
    found = objects(nocalhost())[1]
    assert (found["kind"], found["metadata"]["name"]) == ("Service", "web")
    assert found["spec"] == {
        "selector": {"app.oam.dev/component": "web"},
        "ports": [{"port": 8080, "targetPort": 8080}],
        "type": "ClusterIP",
    }


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"port": "http"}, "port"),
        ({"image": 1}, "image"),
        ({"env": [{"name": "A"}]}, "env[0].value"),
        ({"resources": {"limits": {"cpu": 2}}}, "resources.limits.cpu"),
    ],
)
def test_what_cannot_be_noted_is_refused(properties: Json, path: str) -> None:
    ((place, _),) = errors(nocalhost(**properties))
    assert place == f"traits[0].properties.{path}"


def test_two_traits_that_differ_are_refused() -> None:
    ((place, said),) = errors(nocalhost(), nocalhost(port=9090))
    assert place == "traits[1].properties"
    assert "dev.nocalhost" in said
