"""Builders of Applications and groups for the tests of rendering and placement."""

from typing import Any

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Rendering
from pinnace_schemas.application import Application
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.resources import NodeGroup


def component(
    name: str = "web", kind: str = "webservice", *traits: dict[str, Any], **properties: Any
) -> dict[str, Any]:
    """Properties as keywords; `image` has a default for the types that need one."""
    image = {} if kind == "k8s-objects" else {"image": "nginx"}
    return {"name": name, "type": kind, "properties": {**image, **properties}, "traits": list(traits)}


def application(*components: dict[str, Any], metadata: dict[str, Any] | None = None, **spec: Any) -> Application:
    """An Application called `shop`; `spec` are policies and workflow."""
    value = {"metadata": {"name": "shop", **(metadata or {})}, "spec": {"components": list(components), **spec}}
    return Application.model_validate(value)


def topology(name: str = "where", **properties: Any) -> dict[str, Any]:
    return {"name": name, "type": "topology", "properties": properties}


def deploy(*policies: str, **properties: Any) -> dict[str, Any]:
    return {"type": "deploy", "properties": {"policies": list(policies), **properties}}


def group(name: str, **labels: str) -> NodeGroup:
    return NodeGroup.model_validate({"metadata": {"name": name, "labels": labels}})


def rendered(*components: dict[str, Any], purpose: Purpose = Purpose.APPLY, **spec: Any) -> tuple[KubeObject, ...]:
    """The objects; fails if anything is an error."""
    found = render.render(application(*components, **spec), purpose=purpose)
    assert found.errors == ()
    return found.objects


def refused(*components: dict[str, Any], **options: Any) -> tuple[Diagnostic, ...]:
    """The errors; fails if there are objects all the same."""
    found: Rendering = render.render(application(*components), **options)
    assert found.objects == ()
    return found.errors


def everything() -> Application:
    """An Application with something of every sort. (`every_type` has one with all types.)"""
    traits: list[dict[str, Any]] = [
        {"type": "scaler", "properties": {"replicas": 2}},
        {"type": "labels", "properties": {"tier": "front", "team": "a"}},
        {"type": "annotations", "properties": {"note": "on", "owner": "b"}},
        {"type": "expose", "properties": {"ports": [{"port": 53, "protocol": "UDP"}]}},
        {"type": "env", "properties": {"env": {"b": "2", "a": "1"}}},
    ]
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "007"}}
    return application(
        component("web", "webservice", *traits, ports=[{"port": 80}], labels={"x": "y", "z": "1"}, typo=1),
        component("job", "worker", cmd=["sleep", "1e3"]),
        component("agent", "daemon", ports=[{"port": 9100, "expose": True}]),
        component("load", "task", count=2),
        component("plain", "k8s-objects", objects=[config_map]),
        metadata={"labels": {"one": "1", "two": "2"}, "annotations": {"three": "3", "four": "4"}},
        policies=[
            topology(clusters=["north"]),
            {"name": "small", "type": "override", "properties": {"components": [{"properties": {"memory": "8Mi"}}]}},
        ],
    )
