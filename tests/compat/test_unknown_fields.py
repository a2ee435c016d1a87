"""What KubeVela's API does not know of an Application of the set is warned of with its place; nothing else is."""

import pytest
from tests.compat import kubevela
from tests.compat.kubevela import Example

from pinnace_cloud.render import Purpose, Renderer
from pinnace_schemas import manifest
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.manifest import Manifests
from pinnace_schemas.reasons import Reason

pytestmark = pytest.mark.slow

_OUTPUT = "spec.workflow.steps[{}].outputs[0].fromKey"
UNKNOWN = {
    "cat__experimental__addons__postgres-operator__README__0": "spec.components[0].namespace",
    "cat__experimental__addons__redis-exporter__README__1": "spec.traits",
    "kv__CHANGELOG__CHANGELOG-1.0__0": "apiVersion",
    "kv__pkg__appfile__dryrun__testdata__invalid-app-format": "spec.traits",
    "kv__references__docgen__def-doc__workflowstep__create-config.eg__0": _OUTPUT.format(1),
    "kv__references__docgen__def-doc__workflowstep__read-config.eg__0": _OUTPUT.format(0),
    "site__docs__how-to__dashboard__config__read-write-config-in-pipeline__1": _OUTPUT.format(0),
}


def read(example: Example) -> Manifests:
    return manifest.read(example.text(), example.name, unknown_fields=Severity.WARNING)


def unknown(example: Example) -> list[Diagnostic]:
    reasons = (Reason.UNKNOWN_FIELD, Reason.UNKNOWN_KIND)
    return [item for item in read(example).diagnostics if item.reason in reasons]


def test_fields_that_kubevela_does_not_know_are_warned_of_with_their_place() -> None:
    kubevela.require()
    found = [item for example in kubevela.examples() if example.part != "rejected" for item in unknown(example)]
    assert {item.source: item.path for item in found} == UNKNOWN
    assert all(item.severity is Severity.WARNING and item.line is not None for item in found)


def without_place(example: Example) -> list[str]:
    """What is wrong with the errors of an Application, or that it gives neither these nor objects."""
    problems: list[str] = []
    for app, document in manifest.applications(read(example)):
        renderer = Renderer(app, purpose=Purpose.PRINT)
        for topology in renderer.targets.chosen:
            found = renderer.render(topology)
            problems += [] if found.objects or found.errors else [f"{example.name}: nothing"]
            problems += [str(item) for item in found.errors if document.locate(item).line is None or not item.path]
    return problems


def test_what_is_only_parsed_gives_objects_or_errors_with_their_place() -> None:
    kubevela.require()
    parsed = [item for item in kubevela.examples() if item.part == "parse_only"]
    assert [problem for example in parsed for problem in without_place(example)] == []
