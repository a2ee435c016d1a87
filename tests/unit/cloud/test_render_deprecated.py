"""What is rendered for the sake of old Applications, with a word on what to write instead."""

from typing import Any

from tests.unit.cloud.applications import application, component

from pinnace_cloud import render
from pinnace_cloud.render import deprecated, installed, registry
from pinnace_cloud.render.components.workloads import Worker
from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.registry import Loaded, Offer, Registry, Sort
from pinnace_cloud.render.traits.scaler import Scaler
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.fields import Strictly
from pinnace_schemas.reasons import Reason


class OldWorker(Worker):
    name = "old-worker"
    replacement = "worker"


class OldScaler(Scaler):
    name = "old-scaler"
    replacement = "scaler"


class OldPolicy:
    name = "old-policy"
    parameters = Strictly
    replacement = "override"

    def change(
        self, parameters: Any, path: Parts, components: tuple[Draft, ...]
    ) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        return components, ()


def known() -> Registry:
    types = {Sort.COMPONENT: OldWorker, Sort.TRAIT: OldScaler, Sort.POLICY: OldPolicy}
    found = registry.load(Offer(sort, "tests", "tests:TYPE", make) for sort, make in types.items())
    return Loaded((*installed.types(), *found.known), ()).registry


def test_a_deprecated_type_is_rendered_with_a_warning_that_names_the_replacement() -> None:
    app = application(
        component("job", "old-worker", {"type": "old-scaler", "properties": {"replicas": 3}}),
        policies=[{"type": "old-policy"}],
    )
    found = render.render(app, registry=known())
    assert found.objects[0]["spec"]["replicas"] == 3
    assert [(item.severity, item.reason) for item in found.diagnostics] == [(Severity.WARNING, Reason.DEPRECATED)] * 3
    assert {(item.path, item.hint) for item in found.diagnostics} == {
        ("spec.components[0].type", "use worker"),
        ("spec.components[0].traits[0].type", "use scaler"),
        ("spec.policies[0].type", "use override"),
    }


def test_a_type_that_is_not_deprecated_has_no_replacement() -> None:
    assert deprecated.replacement(installed.registry().components["worker"]) == ""
