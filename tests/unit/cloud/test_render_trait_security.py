"""What `securitycontext` and `podsecuritycontext` allow containers and pods."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, pod, trait

DEFAULTS = {
    "allowPrivilegeEscalation": False,
    "privileged": False,
    "readOnlyRootFilesystem": False,
    "runAsNonRoot": True,
    "capabilities": {},
}
WEB = {"name": "web", "image": "nginx"}
SIDE = {"name": "side", "image": "envoy"}


def security(*traits: Json, base: Json | None = None) -> Any:
    return container(*traits, base=base)["securityContext"]


def of_containers(**properties: Any) -> Json:
    return trait("securitycontext", **properties)


def of_pods(**properties: Any) -> Json:
    return trait("podsecuritycontext", **properties)


def test_a_container_may_little_unless_told_otherwise() -> None:
    assert security(of_containers()) == DEFAULTS


def test_what_a_container_may_is_written_as_it_is_given() -> None:
    allowed = {
        "allowPrivilegeEscalation": True,
        "privileged": True,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": False,
        "runAsUser": 7,
        "runAsGroup": 8,
    }
    capabilities = {"addCapabilities": ["NET_ADMIN"], "dropCapabilities": ["ALL"]}
    assert security(of_containers(**allowed, **capabilities)) == {
        **allowed,
        "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
    }


def test_a_privileged_container_may_gain_rights() -> None:
    message = "container 'web': 'privileged: true' needs 'allowPrivilegeEscalation: true'"
    assert doubted(of_containers(privileged=True)) == [("traits[0].properties", message)]
    assert doubted(of_containers(privileged=True, allowPrivilegeEscalation=True)) == []


def test_several_containers_are_named() -> None:
    several = [{"containerName": "side", "runAsUser": 3}]
    found = pod(of_containers(containers=several), base=deployment(WEB, SIDE))
    assert [item.get("securityContext") for item in found["containers"]] == [None, {**DEFAULTS, "runAsUser": 3}]


def test_what_the_container_has_besides_stays() -> None:
    old = {"seccompProfile": {"type": "Unconfined"}, "capabilities": {"drop": ["ALL"]}}
    found = security(of_containers(addCapabilities=["CHOWN"]), base=deployment({**WEB, "securityContext": old}))
    assert found == {**DEFAULTS, **old, "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}


def test_two_traits_add_up_and_what_is_written_wins_over_a_default() -> None:
    first = of_containers(privileged=True, runAsUser=1, addCapabilities=["CHOWN"])
    second = of_containers(runAsNonRoot=False, addCapabilities=["KILL", "CHOWN"])
    assert security(first, second) == {
        **DEFAULTS,
        "privileged": True,
        "runAsNonRoot": False,
        "runAsUser": 1,
        "capabilities": {"add": ["CHOWN", "KILL"]},
    }


def test_two_traits_that_contradict_each_other_are_refused() -> None:
    ((place, said),) = errors(of_containers(runAsUser=1), of_containers(runAsUser=2))
    assert place == "traits[1].properties"
    assert said == "does not fit in container 'web': runAsUser: the patch has the number 2, but the number 1 is there"
    ((place, said),) = errors(of_pods(fsGroup=1), of_pods(fsGroup=2))
    assert place == "traits[1].properties"
    assert said == "does not fit in the pod: fsGroup: the patch has the number 2, but the number 1 is there"


def test_pods_do_not_run_as_root_unless_told_otherwise() -> None:
    assert pod(of_pods())["securityContext"] == {"runAsNonRoot": True}
    assert pod(of_pods(runAsNonRoot=False))["securityContext"] == {"runAsNonRoot": False}


def test_what_pods_may_is_written_as_it_is_given() -> None:
    allowed = {
        "appArmorProfile": {"type": "Localhost", "localhostProfile": "strict"},
        "fsGroup": 1,
        "runAsGroup": 2,
        "runAsUser": 3,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod(of_pods(**allowed))["securityContext"] == allowed


def test_two_traits_for_pods_add_up() -> None:
    found = pod(of_pods(fsGroup=1, runAsNonRoot=False), of_pods(runAsUser=2))
    assert found["securityContext"] == {"fsGroup": 1, "runAsNonRoot": False, "runAsUser": 2}


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (of_containers(runAsUser="root"), "runAsUser"),
        (of_containers(fsGroup=1), "fsGroup"),
        (of_containers(containerName="x"), "containerName"),
        (of_containers(containers=[{}]), "containers[0].containerName"),
        (of_pods(seccompProfile={"type": "Other"}), "seccompProfile.type"),
    ],
)
def test_what_nobody_knows_is_refused(written: Json, path: str) -> None:
    ((place, _),) = errors(written)
    assert place == f"traits[0].properties.{path}"


def test_an_object_without_pods_has_no_security_of_pods() -> None:
    ((place, said),) = errors(of_pods(), base={"apiVersion": "v1", "kind": "ConfigMap"})
    assert (place, said) == ("traits[0].type", "a ConfigMap has no template of pods that this trait could shape")
