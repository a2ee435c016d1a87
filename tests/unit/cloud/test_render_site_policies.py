"""What policies ask of objects at the sites: the right objects are meant, and what is not obeyed is said."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, deploy, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Rendering
from pinnace_schemas.bundle import ApplyPolicy
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_schemas.reasons import Reason

EXPOSE = {"type": "expose", "properties": {"port": [80]}}
CONFIG_MAPS = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in ("one", "two")]
# Objects: 0 Deployment web, 1 Service web (trait), 2 ConfigMap one, 3 ConfigMap two (auxiliary).
COMPONENTS = (component("web", "webservice", EXPOSE), component("plain", "k8s-objects", objects=CONFIG_MAPS))


def policy(kind: str, **properties: Any) -> dict[str, Any]:
    return {"name": f"{kind}-{len(str(properties))}", "type": kind, "properties": properties}


def rule(strategy: Any = None, **selector: Any) -> dict[str, Any]:
    return {"selector": selector, **({"strategy": strategy} if strategy is not None else {})}


def rendering(*policies: dict[str, Any], purpose: Purpose = Purpose.APPLY) -> Rendering:
    return render.render(application(*COMPONENTS, policies=list(policies)), purpose=purpose)


def treated(*policies: dict[str, Any]) -> ApplyPolicy:
    found = rendering(*policies)
    assert found.errors == ()
    assert len(found.objects) == 4
    return found.policy


def meant(**selector: Any) -> tuple[int, ...]:
    """The places of the objects that a selector means."""
    handling = treated(policy("read-only", rules=[rule(**selector)])).handling
    return handling[0].objects if handling else ()


def test_without_such_policies_everything_is_as_usual() -> None:
    assert treated(topology(clusters=["local"])) == ApplyPolicy()


@pytest.mark.parametrize(
    ("selector", "objects"),
    [
        ({"componentNames": ["web"]}, (0, 1)),
        ({"componentTypes": ["k8s-objects"]}, (2,)),
        ({"oamTypes": ["WORKLOAD"]}, (0, 2)),
        ({"oamTypes": ["TRAIT"]}, (1, 3)),
        ({"traitTypes": ["expose"]}, (1,)),
        ({"traitTypes": ["AuxiliaryWorkload"]}, (3,)),
        ({"resourceTypes": ["Deployment", "Service"]}, (0, 1)),
        ({"resourceNames": ["two"]}, (3,)),
        ({"componentNames": ["web"], "resourceTypes": ["Service"]}, (1,)),
        ({"componentNames": ["web"], "resourceTypes": ["ConfigMap"]}, ()),
        ({}, ()),
    ],
)
def test_all_conditions_of_a_selector_must_hold_and_there_must_be_one(
    selector: dict[str, Any], objects: tuple[int, ...]
) -> None:
    assert meant(**selector) == objects


@pytest.mark.parametrize(
    ("kind", "handling"),
    [
        ("take-over", Handling(objects=(0,), adopt=True)),
        ("read-only", Handling(objects=(0,), observe=True)),
        ("shared-resource", Handling(objects=(0,), shared=True)),
    ],
)
def test_each_policy_asks_for_its_own(kind: str, handling: Handling) -> None:
    assert treated(policy(kind, rules=[rule(resourceTypes=["Deployment"])])).handling == (handling,)


def test_apply_once_without_rules_leaves_everything_between_revisions() -> None:
    once = Once(when=When.KEEP)
    assert treated(policy("apply-once", enable=True)).handling == (Handling(objects=(0, 1, 2, 3), once=once),)
    assert treated(policy("apply-once", enable=False)) == ApplyPolicy()
    assert treated(policy("apply-once")) == ApplyPolicy()


@pytest.mark.parametrize(
    ("strategy", "once"),
    [
        ({"path": ["spec.replicas"]}, Once(when=When.ALWAYS, paths=("spec.replicas",))),
        ({"path": ["spec.replicas"], "affect": "always"}, Once(when=When.ALWAYS, paths=("spec.replicas",))),
        ({"path": ["spec.replicas"], "affect": "onStateKeep"}, Once(when=When.KEEP, paths=("spec.replicas",))),
        ({"path": ["*"], "affect": "onUpdate"}, Once(when=When.UPDATE)),
    ],
)
def test_a_rule_of_apply_once_leaves_its_paths_when_it_says(strategy: dict[str, Any], once: Once) -> None:
    asked = policy("apply-once", enable=True, rules=[rule(strategy, resourceTypes=["Deployment"])])
    assert treated(asked).handling == (Handling(objects=(0,), once=once),)


@pytest.mark.parametrize(
    "path",
    [
        "spec..replicas",
        "spec.containers[*].image",
        "metadata.labels",
        "metadata.labels[pinnace.dev/application]",
        "kind",
        "",
    ],
)
def test_a_path_that_is_none_or_that_an_object_is_known_by_is_refused(path: str) -> None:
    asked = policy("apply-once", enable=True, rules=[rule({"path": [path]}, resourceTypes=["Deployment"])])
    assert rendering(asked).errors[0].path.startswith("spec.policies[0].properties.rules[0].strategy.path[0]")


def test_the_first_rule_counts_over_all_policies_of_a_type() -> None:
    one = policy("garbage-collect", rules=[rule("never", resourceNames=["one"])])
    two = policy("garbage-collect", rules=[rule("onAppDelete", resourceTypes=["ConfigMap"])], keepLegacyResource=True)
    assert treated(one, two) == ApplyPolicy(
        keep_legacy=True,
        handling=(Handling(objects=(2,), prune=Prune.NEVER), Handling(objects=(3,), prune=Prune.ON_DELETE)),
    )


@pytest.mark.parametrize(
    ("given", "prune"),
    [
        ({"strategy": "onAppUpdate"}, Prune.ON_UPDATE),
        ({"propagation": "orphan"}, Prune.NEVER),
        ({"propagation": "cascading"}, None),
        ({"strategy": "onAppDelete", "propagation": "cascading"}, Prune.ON_DELETE),
    ],
)
def test_a_rule_of_garbage_collect_says_when_objects_go(given: dict[str, str], prune: Prune | None) -> None:
    asked = policy("garbage-collect", rules=[{"selector": {"resourceNames": ["one"]}, **given}])
    assert treated(asked).handling == ((Handling(objects=(2,), prune=prune),) if prune else None)


def test_what_two_policy_types_ask_of_one_object_stands_together() -> None:
    asked = (
        policy("take-over", rules=[rule(resourceTypes=["Deployment"])]),
        policy("resource-update", rules=[rule({"recreateFields": ["spec.selector"]}, resourceTypes=["Deployment"])]),
    )
    assert treated(*asked).handling == (Handling(objects=(0,), adopt=True, recreate=("spec.selector",)),)


def test_an_object_is_replaced_where_a_rule_says_so() -> None:
    asked = policy("resource-update", rules=[rule({"op": "replace"}, resourceNames=["web"])])
    assert treated(asked).handling == (Handling(objects=(0, 1), replace=True),)
    assert rendering(asked).diagnostics == ()


@pytest.mark.parametrize("kind", ["Job", "PersistentVolumeClaim"])
def test_what_a_cluster_fills_in_for_good_is_patched_with_a_warning(kind: str) -> None:
    item = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "data"}}
    plain = component("plain", "k8s-objects", objects=[item])
    asked = [
        policy(
            "resource-update",
            rules=[rule({"op": "patch"}, resourceNames=["no"]), rule({"op": "replace"}, resourceTypes=[kind])],
        )
    ]
    found = render.render(application(plain, policies=asked))
    assert found.policy == ApplyPolicy()
    about = [(item.severity, item.reason, item.path) for item in found.diagnostics if "patched" in item.message]
    assert about == [(Severity.WARNING, Reason.UNSUPPORTED, "spec.policies[0].properties.rules[1].strategy.op")]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"continueOnFailure": True}, "continueOnFailure"),
        ({"applicationRevisionLimit": 3}, "applicationRevisionLimit"),
        ({"rules": [rule("never", resourceNames=["three"])]}, "rules[0].selector"),
        ({"rules": [rule("never")]}, "rules[0]"),
    ],
)
def test_what_has_no_effect_is_warned_of(given: dict[str, Any], path: str) -> None:
    (found,) = rendering(policy("garbage-collect", **given)).diagnostics
    assert (found.severity, found.path) == (Severity.WARNING, f"spec.policies[0].properties.{path}")


def test_an_unknown_property_is_an_error_since_it_might_keep_data() -> None:
    (found,) = rendering(policy("garbage-collect", keepLegacyResources=True)).errors
    assert (found.reason, found.hint) == (Reason.UNKNOWN_FIELD, "did you mean 'keepLegacyResource'?")


def test_such_a_policy_holds_whether_or_not_a_step_names_it() -> None:
    policies = [topology(clusters=["north"]), policy("apply-once", enable=True)]
    workflow = {"steps": [deploy("where")]}
    found = render.render(application(*COMPONENTS, policies=policies, workflow=workflow))
    assert found.diagnostics == ()
    assert found.policy.handling is not None
    named = {"steps": [deploy("where", policies[1]["name"])]}
    assert render.render(application(*COMPONENTS, policies=policies, workflow=named)).policy == found.policy
