"""KubeVela's own Applications mean the same here. The set stays outside the repository (`KUBEVELA_COMPAT`)."""

from typing import Any

import pytest
from tests.compat import compare, kubevela
from tests.compat.kubevela import Example

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, output
from pinnace_schemas import manifest, tree
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.limits import DEFAULT_LIMITS

pytestmark = pytest.mark.slow

# The refused ones of rejected.tsv, and the field that the reason must name.
REFUSED = {
    "kv__CHANGELOG__CHANGELOG-1.0__1": "spec.components[0].properties",
    "kv__docs__examples__workflow__app-with-if__README__0": "spec.components[0].properties.objects[0].apiVersion",
    "kv__references__docgen__def-doc__trait__service-binding.eg__0": "spec.components[0].properties.ports",
    "kv__test__e2e-test__testdata__app__app8": "spec.components[1].name",
    "site__docs__platform-engineers__traits__customize-trait__1": "spec.components[0].properties",
    "velaux__pkg__server__domain__service__testdata__example-app-error": "spec.components[1].properties",
}


def test_the_example_set_is_there() -> None:
    kubevela.require()
    assert len(kubevela.renderable()) >= 262


def names(item: Example) -> str:
    return item.name


def read(example: Example) -> manifest.Manifests:
    return manifest.read(example.text(), example.name, unknown_fields=Severity.WARNING)


def application(example: Example) -> Application:
    ((found, _),) = manifest.applications(read(example))
    return found


def objects(text: str) -> list[dict[str, Any]]:
    return [item.value for item in tree.read(text, DEFAULT_LIMITS)]


@pytest.mark.parametrize("example", kubevela.renderable(), ids=names)
def test_objects_equal_those_of_kubevela(example: Example) -> None:
    app = application(example)
    namespaces = {item.name: item.properties.get("namespace") for item in app.spec.policies}
    only = next(iter(namespaces.values())) if len(namespaces) == 1 else None
    for topology, expected in example.expected().items():
        rendering = render.render(app, topology, purpose=Purpose.PRINT)
        assert not rendering.errors
        printed = objects(output.to_yaml(rendering.rendered))
        assert printed == list(rendering.objects)
        moved = namespaces[topology] if topology else only
        assert compare.differences(objects(expected), printed, app.namespace, moved) == []


def ordered() -> list[Example]:
    return [
        item for item in kubevela.renderable() if any(each.depends_on for each in application(item).spec.components)
    ]


def test_there_are_examples_with_an_order() -> None:
    kubevela.require()
    assert len(ordered()) >= 5


@pytest.mark.parametrize("example", ordered(), ids=names)
def test_an_order_between_components_is_taken_by_apply(example: Example) -> None:
    app = application(example)
    for rendering in render.Renderer(app).each():
        assert not rendering.errors
        waiting = {rendering.rendered[at].component for at in rendering.policy.after}
        assert waiting >= {item.name for item in app.spec.components if item.depends_on}


def parseable() -> list[Example]:
    return [item for item in kubevela.examples() if item.part != "rejected"]


@pytest.mark.parametrize("example", parseable(), ids=names)
def test_every_envelope_is_read(example: Example) -> None:
    assert read(example).errors == ()


@pytest.mark.parametrize("example", [item for item in kubevela.examples() if item.part == "rejected"], ids=names)
def test_what_kubevela_refuses_is_refused_naming_the_field(example: Example) -> None:
    manifests = read(example)
    found: list[Diagnostic] = list(manifests.errors)
    for app, document in manifest.applications(manifests):
        found += [document.locate(item) for item in render.render(app, purpose=Purpose.PRINT).errors]
    assert REFUSED[example.name] in [item.path for item in found]
    assert all(item.line is not None for item in found)
