"""The ten Applications of the set that use types which KubeVela does not bring: what is said of each, and where.

An unknown policy is refused, and an unknown component where it is delivered. An unknown step is refused to be applied
and warned of in print: what it would do takes no part in the rendering.
"""

import pytest
from tests.compat import compare, kubevela
from tests.compat.kubevela import Example

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas import manifest, tree
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.reasons import Reason

REFUSED = {
    "kv__pkg__appfile__dryrun__testdata__testing-dry-run-4": ("spec.policies[0].type", "mypolicy"),
    "site__docs__platform-engineers__policy__application-scoped-policy__0": (
        "spec.policies[0].type",
        "add-team-labels",
    ),
    "site__docs__platform-engineers__policy__custom-policy__0": ("spec.policies[0].type", "my-plc"),
}
WARNED = {
    "cat__addons__trivy-operator__README__0": ("spec.workflow.steps[1].type", "trivy-check"),
    "cat__examples__kruise__rollout__rollout-with-workflow-v2": ("spec.workflow.steps[0].type", "canary-deploy"),
    "kv__docs__examples__imagepulljob__basic_image_pull": ("spec.workflow.steps[0].type", "predownloadimage"),
    "kv__test__e2e-multicluster-test__testdata__app__app-carrying-deploy-step-with-inline-policy": (
        "spec.workflow.steps[0].type",
        "inline-deploy",
    ),
    "site__docs__end-user__traits__rollout__1": ("spec.workflow.steps[0].type", "canary-deploy"),
    "site__docs__platform-engineers__operations__o11y__dashboard__2": (
        "spec.workflow.steps[0].type",
        "import-grafana-dashboard",
    ),
}
# A component of the unknown type `alibaba-rds`, which the only deploy step leaves out.
LEFT_OUT = "kv__design__vela-core__cloud-resource-data-passing__2"


def example(name: str) -> Example:
    kubevela.require()
    return next(item for item in kubevela.examples() if item.name == name)


def application(name: str) -> Application:
    item = example(name)
    ((found, _),) = manifest.applications(manifest.read(item.text(), item.name, unknown_fields=Severity.WARNING))
    return found


def test_all_applications_of_the_set_are_compared_or_stand_here() -> None:
    kubevela.require()
    named = {item.name for item in kubevela.examples() if item.part == "rendered"}
    assert named - {item.name for item in kubevela.renderable()} == {*REFUSED, LEFT_OUT}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("purpose", Purpose)
def test_an_unknown_policy_is_refused_by_name(name: str, purpose: Purpose) -> None:
    path, kind = REFUSED[name]
    found = render.render(application(name), purpose=purpose)
    assert found.objects == ()
    assert any(item.path == path and f"type '{kind}'" in item.message for item in found.errors)


@pytest.mark.parametrize("name", WARNED)
def test_an_unknown_step_is_refused_by_name_but_in_print(name: str) -> None:
    path, kind = WARNED[name]
    app = application(name)
    said = (Reason.UNKNOWN_TYPE, path)
    refused = render.render(app)
    assert said in [(item.reason, item.path) for item in refused.errors]
    printed = render.render(app, purpose=Purpose.PRINT)
    assert printed.errors == ()
    assert any(f"type '{kind}'" in item.message for item in printed.diagnostics if (item.reason, item.path) == said)


def test_an_unknown_component_that_goes_nowhere_is_in_nobodys_way() -> None:
    app, (expected,) = application(LEFT_OUT), example(LEFT_OUT).expected().values()
    assert {item.type for item in app.spec.components} == {"alibaba-rds", "webservice"}
    printed = render.render(app, purpose=Purpose.PRINT)
    wanted = [item.value for item in tree.read(expected, DEFAULT_LIMITS)]
    assert compare.differences(wanted, list(printed.objects), app.namespace) == []
