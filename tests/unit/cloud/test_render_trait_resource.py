"""What `resource` does to the amounts of processor time and memory."""

import pytest
from tests.unit.cloud.pods import Json, container, deployment, errors, objects, pod, trait, warnings

WEB = {"name": "web", "image": "nginx"}
SIDE = {"name": "side", "image": "envoy"}
OLD = {"requests": {"cpu": "1", "ephemeral-storage": "1Gi"}, "limits": {"cpu": "2"}}


def resources(base: Json | None = None, **properties: object) -> object:
    item = WEB if base is None else {**WEB, "resources": base}
    return container(trait("resource", **properties), base=deployment(item))["resources"]


def test_one_amount_is_promised_and_the_limit() -> None:
    for amounts in ({"cpu": 0.5, "memory": "64Mi"}, {"cpu": "500m", "memory": "1G"}):
        assert resources(**amounts) == {"requests": amounts, "limits": amounts}


def test_requests_and_limits_replace_what_is_there_each_as_a_whole() -> None:
    assert resources(OLD, requests={"cpu": 2, "memory": "1Gi"}) == {
        "requests": {"cpu": 2, "memory": "1Gi"},
        "limits": {"cpu": "2"},
    }
    assert resources(OLD, limits={"cpu": 3, "memory": "1Gi"}) == {
        "requests": OLD["requests"],
        "limits": {"cpu": 3, "memory": "1Gi"},
    }


def test_what_is_left_out_of_requests_is_one_processor_and_two_gigabytes() -> None:
    assert resources(requests={}) == {"requests": {"cpu": 1, "memory": "2048Mi"}}


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"cpu": 1}, "'cpu' has no effect without 'memory', as in KubeVela"),
        ({"memory": "1Mi"}, "'memory' has no effect without 'cpu', as in KubeVela"),
        ({"cpu": 1, "limits": {}}, "'cpu' has no effect beside 'requests' or 'limits', as in KubeVela"),
    ],
)
def test_an_amount_without_effect_is_said(properties: Json, message: str) -> None:
    name = "memory" if "memory" in properties else "cpu"
    assert warnings(trait("resource", **properties)) == [(f"traits[0].properties.{name}", message)]


def test_of_several_containers_the_components_own_is_meant() -> None:
    found = pod(trait("resource", cpu=1, memory="1Mi"), base=deployment(SIDE, WEB))
    assert ["resources" in item for item in found["containers"]] == [False, True]


def test_the_only_container_is_meant_whatever_it_is_called() -> None:
    assert "resources" in container(trait("resource", cpu=1, memory="1Mi"), base=deployment(SIDE))


def test_the_jobs_of_a_cron_job_are_meant() -> None:
    spec = {"jobTemplate": {"spec": {"template": {"spec": {"containers": [WEB]}}}}}
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "spec": spec}
    (found,) = objects(trait("resource", cpu=1, memory="1Mi"), base=job)
    assert "resources" in found["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]


def test_where_no_container_is_meant_it_is_refused() -> None:
    several = deployment(SIDE, {**SIDE, "name": "other"})
    ((place, said),) = errors(trait("resource", cpu=1, memory="1Mi"), base=several)
    assert (place, said) == ("traits[0].properties", "there is no container 'web' here")
    ((place, said),) = errors(trait("resource", cpu=1, memory="1Mi"), base={"apiVersion": "v1", "kind": "ConfigMap"})
    assert (place, said) == ("traits[0].properties", "there is no pod with containers here")


@pytest.mark.parametrize(
    ("properties", "path", "message"),
    [
        ({"memory": "1.5Gi"}, "memory", "'1.5Gi' is no amount"),
        ({"memory": "64"}, "memory", "'64' is no amount"),
        ({"cpu": True}, "cpu", "must be a number or a text, got true"),
        ({"cpu": [1]}, "cpu", "must be a number or a text, got a list"),
        ({"limits": {"memory": 64}}, "limits.memory", "must be a text, got the number 64"),
    ],
)
def test_what_is_no_amount_is_refused(properties: Json, path: str, message: str) -> None:
    ((place, said),) = errors(trait("resource", **properties))
    assert place == f"traits[0].properties.{path}"
    assert said.startswith(message)
