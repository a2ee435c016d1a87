"""All built-in types together."""

from tests.unit.cloud.every_type import every_type

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, installed
from pinnace_schemas.reasons import Reason

# They render what is fetched, or given beside the Application.
OF_MATERIALS = {"helm", "helmchart", "kustomize", "ref-objects"}


def test_the_example_uses_every_type() -> None:
    components, known = every_type().spec.components, installed.registry()
    assert {item.type for item in components} == {*known.components} - OF_MATERIALS
    assert {trait.type for item in components for trait in item.traits} == {*known.traits}


def test_every_type_renders_and_only_deprecated_ones_are_warned_of() -> None:
    found = render.render(every_type(), purpose=Purpose.PRINT)
    assert found.objects
    assert {item.reason for item in found.diagnostics} == {Reason.DEPRECATED}
