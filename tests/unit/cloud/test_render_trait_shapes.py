"""What traits do where an object that a person wrote holds something else than Kubernetes has there."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, errors, trait

PORTS = trait("container-ports", ports=[{"containerPort": 80}])
ALIAS = trait("hostalias", hostAliases=[{"ip": "10.0.0.1", "hostnames": ["a"]}])
PROBE = trait("startup-probe", tcpSocket={"port": 80})
MOUNT = trait("storage", emptyDir=[{"name": "a", "mountPath": "/a"}])


@pytest.mark.parametrize(
    ("written", "field", "value", "message"),
    [
        (PORTS, "ports", {"http": 80}, "does not fit in container 'web': ports: must be a list, got a map"),
        (
            PORTS,
            "ports",
            [80],
            "does not fit in container 'web': ports: must be a list of maps, and holds the number 80",
        ),
        (PROBE, "startupProbe", True, "does not fit in container 'web': startupProbe: must be a map, got true"),
        (MOUNT, "volumeMounts", "a", "volumeMounts: must be a list, got the text 'a'"),
        (
            trait("command", addArgs=["a"]),
            "args",
            "b",
            "does not fit in container 'web': args: must be a list, got the text 'b'",
        ),
        (
            trait("env", env={"A": "1"}),
            "env",
            {"B": "2"},
            "does not fit in container 'web': env: must be a list, got a map",
        ),
    ],
)
def test_what_does_not_fit_in_a_container_is_refused(written: Json, field: str, value: Any, message: str) -> None:
    base = deployment({"name": "web", "image": "nginx", field: value})
    assert errors(written, base=base) == [("traits[0].properties", message)]


def test_what_does_not_fit_in_a_pod_is_refused() -> None:
    ((place, said),) = errors(ALIAS, base=deployment(hostAliases="localhost"))
    assert place == "traits[0].properties"
    assert said == "spec.template.spec.hostAliases: must be a list, got the text 'localhost'"


def test_null_is_nothing() -> None:
    base = deployment({"name": "web", "image": "nginx", "ports": None, "startupProbe": None}, hostAliases=None)
    found = container(PORTS, PROBE, base=base)
    assert len(found["ports"]) == 1
    assert found["startupProbe"]["tcpSocket"] == {"port": 80}


def test_names_that_are_no_texts_are_nobodys() -> None:
    base = deployment({"name": "web", "image": "nginx", "ports": [{"containerPort": {}}, {"containerPort": {}}]})
    assert len(container(PORTS, base=base)["ports"]) == 3
