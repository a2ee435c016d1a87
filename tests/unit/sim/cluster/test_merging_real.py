"""The pure rules say what kube-apiserver says: objects, owners, conflicts and refusals, story by story."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from tests.unit.sim.cluster import intents, samples, twins
from tests.unit.sim.cluster.intents import Kind, Object
from tests.unit.sim.cluster.kube import APPLY, Kube
from tests.unit.sim.cluster.twins import Twins

from pinnace_sim.cluster.merging import applying, fields, updating
from pinnace_sim.cluster.merging.applying import Merged, Mistyped
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.managers import Manager, Operation
from pinnace_sim.cluster.schema import checking, defaults, quantities, strict, table

pytestmark = pytest.mark.real

STORIES = range(24)
STEPS = 8
NOW = "2026-01-01T00:00:00Z"
ALLOCATED = (*twins.OWN_SERVICE, "serviceAccount", "serviceAccountName", "tolerations", "priority", "preemptionPolicy")
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CONTAINER = ("spec", "template", "spec", "containers", 0)
POD = ("spec", "template", "spec")
WEB: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "nginx"}]},
        },
    },
}
# Where, and what does not belong there.
WRONG: tuple[tuple[tuple[str | int, ...], Any], ...] = (
    (("bogus",), {}),
    (("spec", "bogus"), 1),
    ((*POD, "tolerations"), [{"bogus": 1}]),
    (("spec", "replicas"), "three"),
    (("spec", "replicas"), True),
    (("spec", "replicas"), [1]),
    (("spec", "replicas"), {"a": 1}),
    ((*CONTAINER, "image"), 5),
    ((*CONTAINER, "image"), 1.5),
    ((*CONTAINER, "image"), True),
    ((*CONTAINER, "image"), ["x", 1]),
    ((*CONTAINER, "image"), {"x": 1, "a": ["b"]}),
    (("spec", "paused"), "yes"),
    (("spec", "paused"), [1, True]),
    ((*POD, "containers"), "x"),
    ((*POD, "containers"), {"x": 1}),
    ((*POD, "containers"), [None]),
    ((*POD, "containers"), ["x"]),
    ((*POD, "containers"), [{"name": "a"}, {"name": "a"}]),
    ((*POD, "nodeSelector"), {"x": 1}),
    (("spec", "template"), "x"),
    (("metadata", "labels"), {"a": 1}),
    (("metadata", "finalizers"), [{"a": 1}]),
    ((*CONTAINER, "resources"), {"limits": {"cpu": {}}}),
    ((*CONTAINER, "ports"), [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]),
)
AMOUNTS = ("0.5", 1, "1000m", "1500m", "1024Mi", "1.5Gi", "0.5Gi", "100", "1000", "1024", "12e6", "0", "3Ki", "1025Ki")


def changed(path: tuple[str | int, ...], value: Any) -> Object:
    made: Any = copy.deepcopy(WEB)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return dict(made)


@pytest.mark.parametrize("kind", intents.KINDS, ids=lambda kind: kind.kind)
def test_random_stories_end_as_on_the_kube_apiserver(kube: Kube, kind: Kind) -> None:
    """Two hundred applies, updates and patches by four managers, with and without force."""
    for seed in STORIES:
        name = f"story-{seed}"
        twins.run(Twins(kube, kind, "default", name), kind, Random(seed), name, "default", STEPS)


def test_fields_of_an_object_without_managers_are_defended(kube: Kube) -> None:
    """Their owner is called before-first-apply."""
    made = kube.ask("POST", DEPLOYMENTS, changed(("metadata", "name"), "unmanaged")).body
    made["metadata"]["managedFields"] = [{}]
    live = kube.ask("PUT", f"{DEPLOYMENTS}/unmanaged", made).body
    assert "managedFields" not in live["metadata"]
    intent = changed(("metadata", "name"), "unmanaged")
    intent["spec"]["replicas"] = 4
    answer = kube.ask("PATCH", f"{DEPLOYMENTS}/unmanaged", intent, APPLY, fieldManager="m", force="false")
    assert _apply(live, intent, force=False).message == answer.message  # type: ignore[union-attr]  # a conflict
    answer = kube.ask("PATCH", f"{DEPLOYMENTS}/unmanaged", intent, APPLY, fieldManager="m", force="true")
    ours = _apply(live, intent, force=True)
    assert isinstance(ours, Merged)
    assert twins.managed(ours.object) == twins.managed(answer.body)


def test_status_path_gives_nobody_the_spec(kube: Kube) -> None:
    live = kube.ask("POST", DEPLOYMENTS, changed(("metadata", "name"), "status")).body
    new = copy.deepcopy(live)
    new["spec"]["replicas"], new["status"] = 9, {"replicas": 2}
    new["metadata"] |= {"labels": {"a": "b"}, "annotations": {"c": "d"}}
    answer = kube.ask("PUT", f"{DEPLOYMENTS}/status/status", new, fieldManager="controller")
    who = Manager("controller", Operation.UPDATE, "apps/v1", "status")
    ours = updating.update(_deployment(), live, new, who, now=NOW, reset=fields.SPEC)
    assert twins.managed(ours) == twins.managed(answer.body)


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_mistyped_intents_are_refused_in_the_same_words(kube: Kube, path: tuple[str | int, ...], value: Any) -> None:
    wrong = changed(path, value)
    answer = kube.ask("PATCH", f"{DEPLOYMENTS}/web", wrong, APPLY, fieldManager="m", dryRun="All")
    problems = checking.problems(_deployment(), wrong)
    ours = f"failed to create typed patch object (/web; apps/v1, Kind=Deployment): {checking.message(problems)}"
    assert (answer.status, answer.message) == (500, ours)


@pytest.mark.parametrize("path", [("bogus",), ("spec", "bogus"), (*CONTAINER, "imagee"), (*POD, "hostNetwrk")])
def test_unknown_fields_of_updates_are_named_in_the_same_words(kube: Kube, path: tuple[str | int, ...]) -> None:
    wrong = changed(path, 1)
    answer = kube.ask("POST", DEPLOYMENTS, wrong, fieldValidation="Strict", dryRun="All")
    (ours,) = strict.unknown_fields(_deployment(), wrong)
    assert answer.status == 400
    assert answer.message.endswith(f"strict decoding error: {ours}")


@pytest.mark.parametrize(
    "cut",
    [
        lambda spec: spec.pop("selector"),
        lambda spec: spec["template"]["spec"].pop("containers"),
        lambda spec: spec["template"]["spec"]["containers"][0].pop("name"),
    ],
    ids=["selector", "containers", "name"],
)
def test_missing_fields_are_those_that_are_required(kube: Kube, cut: Callable[[Object], None]) -> None:
    wrong = copy.deepcopy(WEB)
    cut(wrong["spec"])
    answer = kube.ask("POST", DEPLOYMENTS, wrong, dryRun="All")
    (ours,) = strict.missing_fields(_deployment(), wrong)
    assert answer.status == 422
    assert f"{ours}: Required value" in answer.message


@pytest.mark.parametrize("amount", AMOUNTS)
def test_quantities_are_stored_in_the_same_form(kube: Kube, amount: str | int) -> None:
    limited = changed((*CONTAINER, "resources"), {"limits": {"memory": amount}})
    answer = kube.ask("POST", DEPLOYMENTS, limited, dryRun="All")
    stored = answer.body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]
    assert quantities.canonical(amount) == stored


@pytest.mark.parametrize(
    ("path", "sample"),
    samples.SAMPLES,
    ids=[each["kind"] + str(number) for number, (_, each) in enumerate(samples.SAMPLES)],
)
def test_defaults_are_those_of_the_kube_apiserver(kube: Kube, path: str, sample: Object) -> None:
    """Without what is no default: status, addresses, finalizers, what admission adds to pods."""
    answer = kube.ask("POST", path, sample, dryRun="All")
    assert answer.is_ok, answer.message
    group, _, version = sample["apiVersion"].rpartition("/")
    named = group, version, sample["kind"]
    kind = table.of(*named)
    assert kind
    assert _plain(defaults.defaulted(kind, sample, named)) == _plain(answer.body)


def _plain(value: Object) -> Object:
    rest = {name: each for name, each in value.items() if name not in ("metadata", "status")}
    if isinstance(rest.get("spec"), dict):
        rest["spec"] = {name: each for name, each in rest["spec"].items() if name not in ALLOCATED}
    return rest


def _apply(live: Object, intent: Object, *, force: bool) -> Merged | Conflicts | Mistyped:
    who = Manager("m", Operation.APPLY, "apps/v1")
    return applying.apply(_deployment(), live, intent, who, force=force, now=NOW, reset=fields.STATUS)


def _deployment() -> Any:
    return table.of("apps", "v1", "Deployment")
