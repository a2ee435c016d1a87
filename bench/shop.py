"""The Application of 20 objects that the benchmarks release to 1,000 groups: alike in all, or another in each."""

from typing import Any

from bench import fleet
from pinnace_schemas import manifest
from pinnace_schemas.application import Application

GROUPS = 1000
# Each gives a Deployment and a Service.
COMPONENTS = 10


def _application(delivery: dict[str, Any]) -> Application:
    components = [_component(f"part-{number:02}") for number in range(COMPONENTS)]
    document = {
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": "Application",
        "metadata": {"name": "shop"},
        "spec": {"components": components, **delivery},
    }
    application, problems = manifest.parse(document)
    assert isinstance(application, Application), problems
    return application


def _component(name: str) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10}
    environment = {"MODE": "shop", "LEVEL": "info", "UPSTREAM": "http://stock:8080", "TIMEOUT": "30s", "REGION": "all"}
    properties = {
        "image": f"registry.example/shop/{name}:1.0.0",
        "ports": [{"name": "http", "port": 8080, "expose": True}],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "cpu": "100m",
        "memory": "64Mi",
        "readinessProbe": probe,
        "livenessProbe": probe,
    }
    return {"name": name, "type": "webservice", "properties": properties}


def all_alike() -> Application:
    """One topology with all groups."""
    return _application({"policies": [_topology("all", [fleet.group_name(index) for index in range(GROUPS)])]})


def each_its_own() -> Application:
    """A topology, an override of one component and a step for each group."""
    policies, steps = [], []
    for index in range(GROUPS):
        group = fleet.group_name(index)
        change = {"name": f"part-{index % COMPONENTS:02}", "properties": {"env": [{"name": "SHOP", "value": group}]}}
        override = {"name": f"only-{group}", "type": "override", "properties": {"components": [change]}}
        policies += [_topology(group, [group]), override]
        steps.append({"name": group, "type": "deploy", "properties": {"policies": [group, override["name"]]}})
    return _application({"policies": policies, "workflow": {"steps": steps}})


def _topology(name: str, groups: list[str]) -> dict[str, Any]:
    return {"name": name, "type": "topology", "properties": {"clusters": groups}}
