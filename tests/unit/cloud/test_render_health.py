"""KubeVela's health rules in its words, also where its example set has no case; and what a rule is asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.cloud.applications import application, component

from pinnace_cloud import render
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.render import installed, kinds
from pinnace_cloud.render.components.workloads import Worker
from pinnace_cloud.render.health import judge, provisioning, releases, rule, traffic, workloads
from pinnace_cloud.render.health.judge import Judgement
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_schemas.application import Application
from pinnace_schemas.bundle import KubeObject

Json = dict[str, Any]


def seen(output: Json | None = None, properties: Json | None = None, **outputs: Json) -> Live:
    return Live("web", "shop", "default", output, outputs, properties or {})


def workload(**status: Any) -> Json:
    return {"metadata": {"name": "web", "generation": 1}, "spec": {"replicas": 1}, "status": status}


READY: Json = {"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "observedGeneration": 1}


@pytest.mark.parametrize("value", ["1", None, True, 1.5])
def test_a_count_that_is_no_whole_number_fails_the_rule(value: Any) -> None:
    found = workloads.replicated(seen(workload(**{**READY, "readyReplicas": value})))
    assert (found.is_healthy, found.message) == (False, "")
    assert found.error.startswith("status.readyReplicas must be a whole number, got ")


def test_a_missing_generation_fails_the_verdict_and_not_the_message() -> None:
    item = {**workload(**READY), "metadata": {"name": "web"}}
    found = workloads.replicated(seen(item))
    assert found == Health(False, "Ready:1/1", "metadata.generation must be a whole number, got nothing")


def test_an_unchecked_workload_is_healthy_even_where_its_rule_fails() -> None:
    annotations = {workloads.UNCHECKED: "any"}
    item = {"metadata": {"annotations": annotations}, "spec": {}}
    found = workloads.replicated_or_unchecked(seen(item))
    assert (found.is_healthy, found.message, bool(found.error)) == (True, "", True)


@pytest.mark.parametrize(
    ("ingress", "is_healthy"),
    [
        ([{"hostname": "lb.example"}], False),
        ([], False),
        ([{"hostname": "lb.example"}, {"ip": "192.0.2.1"}], False),
        ([{"ip": "192.0.2.1"}], True),
    ],
)
def test_a_load_balancer_is_healthy_once_its_first_address_is_an_ip_address(ingress: Any, is_healthy: bool) -> None:
    service = {"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": ingress}}}
    found = traffic.exposed(seen(service=service))
    assert (found.is_healthy, found.message) == (is_healthy, "ExternalIP: 192.0.2.1" if is_healthy else "")


def ingress(name: str, *rules: Json, address: Json | None = None) -> Json:
    status = {"loadBalancer": {"ingress": [address]}} if address else {}
    return {"kind": "Ingress", "metadata": {"name": name}, "spec": {"rules": list(rules)}, "status": status}


NO_HOST = "Host not specified, visit the cluster or load balancer in front of the cluster\n"


@pytest.mark.parametrize(
    ("name", "item", "message"),
    [
        ("ext", ingress("web-ext", {"host": "a.example"}, {"host": "b.example"}), "Visiting URL: a.example\n"),
        ("ext", ingress("web-ext", {"host": "a"}, address={"ip": "192.0.2.1"}), "Visiting URL: a\n"),
        ("ext", ingress("web-ext", {}), NO_HOST),
        ("ext", ingress("web-ext"), NO_HOST),
        ("", ingress("web-", {"host": "a"}), "Visiting URL: a\n"),
        (None, ingress("web", {"host": "a"}), NO_HOST),
    ],
)
def test_a_gateway_names_its_host_only_where_it_has_a_name(name: str | None, item: Json, message: str) -> None:
    properties = {} if name is None else {"name": name}
    found = traffic.routed(seen(properties=properties, service={"kind": "Service"}, ingress=item))
    assert found == Health(True, message)


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ({"observedGeneration": 2, "apply": {"state": "Available", "message": "done"}}, Health(True, "done")),
        ({"apply": {"state": "Available"}}, Health(True)),
        ({"observedGeneration": 1, "apply": {"state": "Available", "message": "done"}}, Health(False, "done")),
        ({"observedGeneration": 2, "apply": {"state": "ApplyFailed", "message": "no"}}, Health(False, "no")),
        ({}, Health(False)),
    ],
)
def test_a_configuration_is_healthy_once_the_newest_is_available(status: Json, found: Health) -> None:
    assert provisioning.provisioned(seen({"metadata": {"generation": 2}, "status": status})) == found


def criterion(name: str | None = "db", kind: str = "StatefulSet", **condition: str) -> Json:
    named = {} if name is None else {"name": name}
    return {"resource": {"kind": kind, **named}, "condition": {"type": "Available", **condition}}


@pytest.mark.parametrize(
    ("criteria", "status", "found"),
    [
        ([], "False", Health(True, "Deployed")),
        ([criterion()], "True", Health(True, "Deployed")),
        ([criterion()], "False", Health(False, "Deploying")),
        ([criterion(), criterion("cache")], "True", Health(False, "Deploying")),
        ([criterion(status="False")], "False", Health(False, "Deploying")),
        (
            [criterion(None)],
            "True",
            Health(False, "Deploying", "a criterion of 'healthStatus' does not name its StatefulSet"),
        ),
    ],
)
def test_a_chart_is_healthy_where_its_criteria_hold(criteria: list[Json], status: str, found: Health) -> None:
    conditions = [{"type": "Ready", "status": "True"}, {"type": "Available", "status": status}]
    database = {"kind": "StatefulSet", "metadata": {"name": "db"}, "status": {"conditions": conditions}}
    service = {"kind": "Service", "metadata": {"name": "db"}}
    live = seen(service, {"healthStatus": criteria}, first=service, second=database)
    assert releases.released(live) == found


def test_a_type_without_a_rule_is_healthy() -> None:
    assert rule.of(object(), seen()) == Health(True)


def judged(app: Application, *live: KubeObject) -> list[Judgement]:
    rendering = render.render(app)
    assert rendering.errors == ()
    objects = {kinds.identity(item): item for item in live}
    return list(judge.judge(app, rendering, installed.registry(), objects, no_answers))


def no_answers(asked: Sequence[Need]) -> Mapping[str, Answer]:
    raise AssertionError(f"nothing should be asked: {asked}")


def live_of(app: Application, **more: Json) -> list[KubeObject]:
    """What was rendered, as a cluster has it; `more` are further fields by kind."""
    return [{**item, **more.get(item["kind"], {})} for item in render.render(app).objects]


def test_two_traits_of_one_type_are_judged_by_their_own_objects() -> None:
    traits = [
        {"type": "gateway", "name": name, "properties": {"name": name, "domain": f"{name}.example", "http": {"/": 80}}}
        for name in ("inner", "outer")
    ]
    app = application(component("web", "webservice", *traits))
    live = [item for item in live_of(app) if item["metadata"]["name"] != "web-outer"]
    found = {item.trait: item.health for item in judged(app, *live)}
    assert found["inner"] == Health(True, "Visiting URL: inner.example\n")
    assert found["outer"] == Health(False, "Service default/web-outer is not there")


def test_replicas_of_a_component_are_judged_by_their_own_objects() -> None:
    replicas: list[Json] = [
        {
            **component(
                "w", "k8s-objects", objects=[{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": key}}]
            ),
            "replicaKey": key,
        }
        for key in ("a", "b")
    ]
    app = application(*replicas)
    found = judged(app, *live_of(app)[:1])
    assert [(item.replica, item.health.message) for item in found] == [
        ("a", ""),
        ("b", "ConfigMap default/b is not there"),
    ]


def test_properties_are_judged_as_overrides_have_left_them() -> None:
    gateway = {"type": "gateway", "properties": {"name": "ext", "domain": "a.example", "http": {"/": 80}}}
    change = {"components": [{"traits": [gateway]}]}
    app = application(component("web"), policies=[{"name": "new", "type": "override", "properties": change}])
    found = judged(app, *live_of(app))
    assert [(item.trait, item.health.message) for item in found][1] == ("gateway", "Visiting URL: a.example\n")


def test_an_object_without_a_namespace_is_found_where_nobody_knows_its_kind() -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
    app = application(component("w", "k8s-objects", objects=[widget]))
    (found,) = judged(app, widget)
    assert found.health == Health(True)


class Asking:
    """A type whose rule asks twice: for its verdict, then for its message."""

    name = "asking"
    parameters = Worker.parameters
    render = staticmethod(Worker().render)

    def health(self, live: Live) -> Health:
        verdict, message = Need("oracle", {"ask": "verdict"}), Need("oracle", {"ask": "message"})
        if verdict.key not in live.materials:
            return Health(is_healthy=False, needs=(verdict,))
        if message.key not in live.materials:
            return Health(is_healthy=False, needs=(message,))
        return Health(live.materials[verdict.key].value, live.materials[message.key].value)


def test_a_rule_that_asks_is_asked_again_with_the_answers_of_all_its_rounds() -> None:
    app = application(component("a", "asking"), component("b", "asking"))
    registry = replace(installed.registry(), components={"asking": Asking()})
    rendering = render.render(app, registry=registry)
    rounds: list[int] = []

    def oracle(asked: Sequence[Need]) -> Mapping[str, Answer]:
        rounds.append(len(asked))
        return {need.key: Answer({"verdict": True, "message": "fine"}[need.question["ask"]]) for need in asked}

    objects = {item.identity: item.object for item in rendering.rendered}
    found = judge.judge(app, rendering, registry, objects, oracle)
    assert [item.health for item in found] == [Health(True, "fine")] * 2
    assert rounds == [1, 1]
