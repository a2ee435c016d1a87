"""What the server fills in, and what it does not store."""

from __future__ import annotations

import copy

from tests.unit.sim.cluster.objects import DEPLOYMENT, containers, deployment, kind, pod

from pinnace_sim.cluster.schema import defaults
from pinnace_sim.cluster.schema.types import Object


def defaulted(value: Object) -> Object:
    return defaults.defaulted(DEPLOYMENT, value, ("apps", "v1", "Deployment"))


def service(**spec: object) -> Object:
    made = defaults.defaulted(kind("", "Service"), {"spec": spec}, ("", "v1", "Service"))
    found: Object = made["spec"]
    return found


def test_deployment_gets_its_numbers_and_its_strategy() -> None:
    spec = defaulted(deployment())["spec"]
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (1, 10, 600)
    rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}


def test_recreating_has_no_rolling_update() -> None:
    assert defaulted(deployment(strategy={"type": "Recreate"}))["spec"]["strategy"] == {"type": "Recreate"}


def test_pod_and_container_get_theirs() -> None:
    full = defaulted(pod({"name": "main", "image": "nginx", "ports": [{"containerPort": 80}]}))
    spec = full["spec"]["template"]["spec"]
    assert (spec["restartPolicy"], spec["dnsPolicy"], spec["terminationGracePeriodSeconds"]) == (
        "Always",
        "ClusterFirst",
        30,
    )
    (container,) = containers(full)
    assert container["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert container["resources"] == {}
    assert container["terminationMessagePath"] == "/dev/termination-log"


def test_image_is_pulled_always_only_if_its_tag_may_move() -> None:
    images = ("nginx", "nginx:latest", "nginx:1", "registry.example:5000/nginx", "nginx@sha256:0f")
    full = defaulted(pod(*({"name": str(number), "image": image} for number, image in enumerate(images))))
    policies = [each["imagePullPolicy"] for each in containers(full)]
    assert policies == ["Always", "Always", "IfNotPresent", "Always", "IfNotPresent"]


def test_service_port_goes_to_the_same_port() -> None:
    spec = service(ports=[{"port": 80}])
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert (spec["type"], spec["sessionAffinity"]) == ("ClusterIP", "None")


def test_affinity_lasts_three_hours_while_there_is_one() -> None:
    bound = service(sessionAffinity="ClientIP")
    assert bound["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10_800}}
    assert "sessionAffinityConfig" not in service(**(bound | {"sessionAffinity": "None"}))


def test_job_with_a_parallelism_of_its_own_has_no_completions() -> None:
    job = kind("batch", "Job")
    named = ("batch", "v1", "Job")
    assert "completions" not in defaults.defaulted(job, {"spec": {"parallelism": 2}}, named)["spec"]
    assert defaults.defaulted(job, {"spec": {}}, named)["spec"]["completions"] == 1


def test_nulls_and_empty_lists_and_maps_are_not_stored() -> None:
    value = pod({"name": "main", "env": [], "args": None, "securityContext": {}}, nodeSelector={})
    value["metadata"]["labels"] = {}
    full = defaulted(value)
    assert "labels" not in full["metadata"]
    assert "nodeSelector" not in full["spec"]["template"]["spec"]
    assert {"env", "args", "securityContext"} & set(containers(full)[0]) == {"securityContext"}


def test_empty_values_of_free_names_are_kept() -> None:
    value = deployment()
    value["metadata"]["labels"] = {"value": "", "name": "", "paused": ""}
    assert defaulted(value)["metadata"]["labels"] == value["metadata"]["labels"]


def test_plain_text_of_a_secret_is_stored_coded() -> None:
    secret = {"stringData": {"a": "b"}, "data": {"a": "eA==", "c": "eA=="}}
    full = defaults.defaulted(kind("", "Secret"), secret, ("", "v1", "Secret"))
    assert (full["data"], full["type"]) == ({"a": "Yg==", "c": "eA=="}, "Opaque")
    assert "stringData" not in full


def test_what_somebody_says_is_kept() -> None:
    full = defaulted(deployment(replicas=0, paused=True))
    assert (full["spec"]["replicas"], full["spec"]["paused"]) == (0, True)


def test_defaults_of_defaults_are_the_same() -> None:
    once = defaulted(pod({"name": "main", "image": "nginx", "livenessProbe": {"httpGet": {"port": 1}}}))
    assert defaulted(once) == once


def test_the_object_itself_is_not_changed() -> None:
    value = pod({"name": "main", "livenessProbe": {"httpGet": {"port": 1}}}, volumes=[{"name": "v"}])
    before = copy.deepcopy(value)
    defaulted(value)
    assert value == before
