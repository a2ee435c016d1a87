"""What KubeVela's API does not know of an Application of the set is warned of with its place; nothing else is."""

import pytest
from tests.compat import kubevela
from tests.compat.kubevela import Example

from pinnace_schemas import manifest
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

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


def name(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", [item for item in kubevela.examples() if item.part != "rejected"], ids=name)
def test_fields_that_kubevela_does_not_know_are_warned_of_with_their_place(example: Example) -> None:
    found = manifest.read(example.text(), example.name, unknown_fields=Severity.WARNING).diagnostics
    unknown = [item for item in found if item.reason in (Reason.UNKNOWN_FIELD, Reason.UNKNOWN_KIND)]
    assert [item.path for item in unknown] == ([UNKNOWN[example.name]] if example.name in UNKNOWN else [])
    assert all(item.severity is Severity.WARNING and item.line is not None for item in unknown)
