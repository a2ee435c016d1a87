"""What definitions render to, by the real `cue`."""

from typing import Any

import pytest
from tests.real.definitions.asking import Json, definition, kiosk, objects, rendered, trait, worker
from tests.unit.cloud import cue_stand_in

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions.library import Defined

pytestmark = pytest.mark.real


def test_conditions_loops_imports_and_helpers(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    pages = [{"url": "http://a"}, {"url": "http://b", "seconds": 5}]
    first, service = objects(
        evaluator, defined, kiosk(pages=pages, port=8080, night=True, settings={"lang": "de", "a": "1"})
    )
    assert first["spec"]["template"]["spec"] == {
        "containers": [
            {
                "name": "screen",
                "image": "browser:1",
                "env": [
                    {"name": "PAGES", "value": "http://a=30 http://b=5"},
                    {"name": "A", "value": "1"},
                    {"name": "LANG", "value": "de"},
                ],
                "ports": [{"name": "port-8080", "containerPort": 8080}],
            }
        ],
        "tolerations": [{"key": "night", "operator": "Exists"}],
    }
    assert (service["kind"], service["spec"]["ports"]) == ("Service", [{"port": 8080}])
    (alone,) = objects(evaluator, defined, kiosk())
    assert "ports" not in alone["spec"]["template"]["spec"]["containers"][0]


def test_a_patch_finds_entries_by_their_key(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("log-shipper", size="10Mi")))
    pod = made["spec"]["template"]["spec"]
    assert [item["name"] for item in pod["containers"]] == ["screen", "log-shipper"]
    assert pod["containers"][0]["image"] == "browser:1"
    assert pod["containers"][0]["volumeMounts"] == [{"name": "logs", "mountPath": "/var/log/app"}]
    assert pod["volumes"] == [{"name": "logs", "emptyDir": {"sizeLimit": "10Mi"}}]


def test_a_trait_sees_what_is_there_and_adds_and_patches_further_objects(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    component = kiosk(trait("front", domain="shop.example"), port=80)
    _, service, ingress = objects(evaluator, defined, component, labels={"team": "a"})
    assert service["metadata"]["annotations"] == {"example.org/domain": "shop.example"}
    assert ingress["metadata"]["annotations"] == {
        "example.org/application": "shop",
        "example.org/image": "browser:1",
        "example.org/label-team": "a",
    }
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    assert backend == {"service": {"name": "screen", "port": {"number": 80}}}


def test_a_trait_knows_the_type_of_its_component(evaluator: CueEvaluator) -> None:
    template = r'patch: metadata: annotations: "of": "\(context.componentType) in \(context.namespace)"'
    own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
    (made,) = objects(evaluator, (own,), worker(trait("own")), namespace="retail")
    assert made["metadata"]["annotations"] == {"of": "worker in retail"}


def test_a_merge_patch_takes_away_and_replaces(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    spec = {"template": {"spec": {"tolerations": None, "containers": [{"name": "other"}]}}}
    (made,) = objects(evaluator, defined, kiosk(trait("trim", spec=spec), night=True))
    assert made["spec"]["template"]["spec"] == {"containers": [{"name": "other"}]}


def test_defaults_of_choices_hold_until_something_else_is_chosen(
    evaluator: CueEvaluator, defined: tuple[Defined, ...]
) -> None:
    (small,) = objects(evaluator, defined, kiosk(trait("sized")))
    (large,) = objects(evaluator, defined, kiosk(trait("sized", size="large", replicas=5)))
    assert [item["spec"]["replicas"] for item in (small, large)] == [1, 5]
    limits = [item["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] for item in (small, large)]
    assert limits == [{"cpu": "100m", "memory": "64Mi"}, {"cpu": "1", "memory": "1Gi"}]


def test_an_open_list_says_something_of_every_entry(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("log-shipper"), trait("hooks", stop=["sleep", "5"])))
    containers = made["spec"]["template"]["spec"]["containers"]
    assert [item["name"] for item in containers] == ["screen", "log-shipper"]
    assert [item["lifecycle"]["preStop"]["exec"]["command"] for item in containers] == [["sleep", "5"]] * 2


def test_a_default_of_a_patch_gives_way_and_a_value_does_not(evaluator: CueEvaluator) -> None:
    template = "patch: spec: replicas: parameter.replicas\nparameter: replicas: *1 | int"
    own = Defined(definition(cue_stand_in.definition("own", template, "TraitDefinition")))
    plain = {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "c"}, "spec": {"replicas": 3}}

    def component(**properties: Any) -> Json:
        kind = {"name": "c", "type": "k8s-objects", "properties": {"objects": [plain]}}
        return {**kind, "traits": [trait("own", **properties)]}

    (made,) = objects(evaluator, (own,), component())
    assert made["spec"]["replicas"] == 3
    (problem,) = rendered(evaluator, (own,), component(replicas=2)).errors
    assert "spec.replicas" in problem.message


def test_a_default_of_an_output_gives_way_to_a_patch(evaluator: CueEvaluator) -> None:
    template = 'output: {apiVersion: "apps/v1", kind: "Deployment", spec: {replicas: *1 | int, paused: false}}'
    made = Defined(definition(cue_stand_in.definition("made", template)))
    text = "patch: spec: {replicas: parameter.n, paused: parameter.paused}\nparameter: {n: int, paused: *false | bool}"
    own = Defined(definition(cue_stand_in.definition("own", text, "TraitDefinition")))

    def component(*traits: Json) -> Json:
        return {"name": "c", "type": "made", "traits": list(traits)}

    (found,) = objects(evaluator, (made, own), component(trait("own", n=3), trait("own", n=3)))
    assert found["spec"] == {"replicas": 3, "paused": False}
    for traits in ([trait("own", n=3, paused=True)], [trait("scaler", replicas=2), trait("own", n=3)]):
        assert rendered(evaluator, (made, own), component(*traits)).errors
    with_both = rendered(evaluator, (made, own), component(trait("own", n=3), trait("own", n=4)))
    assert "spec.replicas" in with_both.errors[0].message


def test_definitions_and_built_in_types_go_together(evaluator: CueEvaluator, defined: tuple[Defined, ...]) -> None:
    (made,) = objects(evaluator, defined, kiosk(trait("scaler", replicas=3), trait("labels", tier="front")))
    assert (made["spec"]["replicas"], made["metadata"]["labels"]["tier"]) == (3, "front")
    web = {"name": "web", "type": "webservice", "properties": {"image": "nginx:1"}, "traits": [trait("log-shipper")]}
    (made,) = objects(evaluator, defined, web)
    assert len(made["spec"]["template"]["spec"]["containers"]) == 2
