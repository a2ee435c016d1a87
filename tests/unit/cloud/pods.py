"""Builders for the tests of traits that shape pods: components with one container `web`, or with what a test writes."""

from typing import Any

from tests.unit.cloud.applications import application, component

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Rendering

Json = dict[str, Any]


def trait(kind: str, **properties: Any) -> Json:
    return {"type": kind, "properties": properties}


def deployment(*containers: Json, **pod: Any) -> Json:
    """As plain object: these containers, by default one called `web`; `pod` are further fields of the pod's spec."""
    spec = {"containers": list(containers) or [{"name": "web", "image": "nginx"}], **pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": spec}}}


def rendering(*traits: Json, base: Json | None = None, purpose: Purpose = Purpose.PRINT) -> Rendering:
    """Of a component `web` with these traits; `base` is its object."""
    item = component("web", "k8s-objects", *traits, objects=[base or deployment()])
    return render.render(application(item), purpose=purpose)


def objects(*traits: Json, base: Json | None = None) -> tuple[Json, ...]:
    """All objects; fails if anything is an error."""
    found = rendering(*traits, base=base)
    assert found.errors == ()
    return found.objects


def pod(*traits: Json, base: Json | None = None) -> Json:
    """The spec of the pods."""
    found: Json = objects(*traits, base=base)[0]["spec"]["template"]["spec"]
    return found


def container(*traits: Json, base: Json | None = None) -> Json:
    """The first container."""
    found: Json = pod(*traits, base=base)["containers"][0]
    return found


def errors(*traits: Json, base: Json | None = None) -> list[tuple[str, str]]:
    """Place below the component and message of each error."""
    return _said(rendering(*traits, base=base), is_error=True)


def warnings(*traits: Json, base: Json | None = None) -> list[tuple[str, str]]:
    """Place below the component and message of each warning; fails if anything is an error."""
    found = rendering(*traits, base=base)
    assert found.errors == ()
    return _said(found, is_error=False)


def doubted(*traits: Json, base: Json | None = None) -> list[tuple[str, str]]:
    """What is a warning where objects are printed, and an error where they would be applied."""
    said = warnings(*traits, base=base)
    refused = _said(rendering(*traits, base=base, purpose=Purpose.APPLY), is_error=True)
    assert [item for item in said if item in refused] == refused
    return refused


def _said(found: Rendering, *, is_error: bool) -> list[tuple[str, str]]:
    items = [item for item in found.diagnostics if (item in found.errors) is is_error]
    return [(item.path.removeprefix("spec.components[0]."), item.message) for item in items]
