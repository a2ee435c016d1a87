"""What `lifecycle` does in all containers, and how `startup-probe` asks one."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, pod, trait

WEB = {"name": "web", "image": "nginx"}
SIDE = {"name": "side", "image": "envoy"}
EXEC = {"exec": {"command": ["true"]}}
TCP = {"tcpSocket": {"port": 80, "host": "db"}}
TIMES = {
    "initialDelaySeconds": 0,
    "periodSeconds": 10,
    "timeoutSeconds": 1,
    "successThreshold": 1,
    "failureThreshold": 3,
}


def hooks(*traits: Json, base: Json | None = None) -> list[Any]:
    return [item.get("lifecycle") for item in pod(*traits, base=base)["containers"]]


def lifecycle(**properties: Any) -> Json:
    return trait("lifecycle", **properties)


def probe(**properties: Any) -> Json:
    return trait("startup-probe", **properties)


def test_hooks_reach_every_container() -> None:
    wanted = {"postStart": EXEC, "preStop": TCP}
    assert hooks(lifecycle(**wanted), base=deployment(WEB, SIDE)) == [wanted, wanted]


def test_a_request_is_http_unless_told_otherwise() -> None:
    get = {"port": 80, "path": "/", "host": "db", "httpHeaders": [{"name": "a", "value": "b"}]}
    assert hooks(lifecycle(preStop={"httpGet": get})) == [{"preStop": {"httpGet": {**get, "scheme": "HTTP"}}}]
    secure = {"port": 443, "scheme": "HTTPS"}
    assert hooks(lifecycle(preStop={"httpGet": secure})) == [{"preStop": {"httpGet": secure}}]


def test_hooks_of_two_traits_add_up() -> None:
    assert hooks(lifecycle(postStart=EXEC), lifecycle(preStop=TCP)) == [{"postStart": EXEC, "preStop": TCP}]


def test_hooks_reach_containers_that_later_traits_add() -> None:
    first, second = lifecycle(postStart=EXEC), lifecycle(preStop=TCP)
    scaler, sidecar = trait("scaler", replicas=2), trait("sidecar", name="side", image="envoy")
    both = {"postStart": EXEC, "preStop": TCP}
    assert hooks(first, second, scaler, sidecar) == [both, both]
    assert hooks(first, sidecar, second) == [both, both]


@pytest.mark.parametrize(
    "patch",
    [
        trait("labels", tier="front"),
        trait("annotations", note="x"),
        trait("json-merge-patch", spec={"replicas": 2}),
        trait("json-patch", operations=[{"op": "add", "path": "/spec/replicas", "value": 2}]),
    ],
    ids=lambda item: str(item["type"]),
)
def test_after_a_json_patch_hooks_reach_no_new_container(patch: Json) -> None:
    sidecar = trait("sidecar", name="side", image="envoy")
    assert hooks(lifecycle(postStart=EXEC), patch, sidecar) == [{"postStart": EXEC}, None]


def test_two_actions_in_one_hook_are_doubtful() -> None:
    message = "container 'web': preStop needs one action, and has exec, tcpSocket"
    assert doubted(lifecycle(preStop=EXEC), lifecycle(preStop=TCP)) == [("traits[1].properties", message)]


@pytest.mark.parametrize(
    ("hook", "path"),
    [
        ({"sleep": {"seconds": 1}}, "sleep"),
        ({"httpGet": {"port": 65536}}, "httpGet.port"),
        ({"httpGet": {"path": "/"}}, "httpGet.port"),
        ({"tcpSocket": {"port": 0}}, "tcpSocket.port"),
        ({"exec": {"cmd": ["a"], "command": []}}, "exec.cmd"),
    ],
)
def test_hooks_are_closed(hook: Json, path: str) -> None:
    ((place, _),) = errors(lifecycle(postStart=hook))
    assert place == f"traits[0].properties.postStart.{path}"


def test_an_object_without_pods_has_no_hooks() -> None:
    ((place, _),) = errors(lifecycle(), base={"apiVersion": "v1", "kind": "ConfigMap"})
    assert place == "traits[0].type"


@pytest.mark.parametrize(
    "action",
    [
        EXEC,
        TCP,
        {"httpGet": {"port": 80}},
        {
            "httpGet": {
                "port": 80,
                "path": "/",
                "host": "db",
                "scheme": "HTTPS",
                "httpHeaders": [{"name": "a", "value": "b"}],
            }
        },
        {"grpc": {"port": 80, "service": "health"}},
    ],
)
def test_a_probe_asks_the_components_own_container(action: Json) -> None:
    assert container(probe(**action))["startupProbe"] == {**TIMES, **action}


def test_times_of_a_probe_are_written_as_they_are_given() -> None:
    times = {name: index for index, name in enumerate((*TIMES, "terminationGracePeriodSeconds"), start=2)}
    assert container(probe(**times, **EXEC))["startupProbe"] == {**times, **EXEC}


def test_probes_of_several_containers_stand_in_one_trait_or_in_two() -> None:
    wanted = [{"containerName": "side", **TCP}, {"containerName": "web", **EXEC}]
    expected = [{**TIMES, **EXEC}, {**TIMES, **TCP}]
    for traits in ([probe(probes=wanted)], [probe(**item) for item in wanted]):
        found = pod(*traits, base=deployment(WEB, SIDE))
        assert [item["startupProbe"] for item in found["containers"]] == expected


def test_what_a_second_probe_writes_wins_over_a_default() -> None:
    found = container(probe(**EXEC, timeoutSeconds=4), probe(periodSeconds=3, failureThreshold=9))
    assert found["startupProbe"] == {**TIMES, **EXEC, "timeoutSeconds": 4, "periodSeconds": 3, "failureThreshold": 9}


def test_two_probes_that_contradict_each_other_are_refused() -> None:
    ((place, said),) = errors(probe(**EXEC, periodSeconds=3), probe(periodSeconds=4))
    assert place == "traits[1].properties"
    assert "periodSeconds: the patch has the number 4, but the number 3 is there" in said


@pytest.mark.parametrize(("action", "words"), [({}, "none"), ({**EXEC, **TCP}, "exec, tcpSocket")])
def test_a_probe_needs_one_action(action: Json, words: str) -> None:
    message = f"container 'web': startupProbe needs one action, and has {words}"
    assert doubted(probe(**action)) == [("traits[0].properties", message)]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"tcpSocket": {"port": "http"}}, ".tcpSocket.port"),
        ({"grpc": {"port": 1, "name": "x"}}, ".grpc.name"),
        ({"containerName": "x", **EXEC}, ".containerName"),
        ({"probes": [EXEC]}, ".probes[0].containerName"),
        ({"probes": [{"containerName": "x", **EXEC}]}, ".probes[0].containerName"),
        ({"probes": [], **EXEC}, ""),
        ({"containers": [], **EXEC}, ".containers"),
    ],
)
def test_probes_are_closed_and_need_their_container(properties: Json, path: str) -> None:
    ((place, _),) = errors(probe(**properties))
    assert place == f"traits[0].properties{path}"
