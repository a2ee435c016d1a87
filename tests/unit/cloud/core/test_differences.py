"""One Application in two groups with a difference: what is stored for each, and what a change of one brings."""

import json
from typing import Any

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import api
from pinnace_schemas.api import ApplyRequest
from pinnace_schemas.reasons import Reason

APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: "nginx:1"}
      traits:
        - {type: scaler, properties: {replicas: 1}}
  policies:
    - {name: north, type: topology, properties: {clusters: [shops]}}
    - {name: south, type: topology, properties: {clusters: [plants]}}
    - name: large
      type: override
      properties:
        components:
          - name: web
            traits:
              - {type: scaler, properties: {replicas: 3}}
  workflow:
    steps:
      - {name: one, type: deploy, properties: {policies: [north]}}
      - {name: two, type: deploy, properties: {policies: [south, large]}}
"""


# The same component, and another one.
ENVIRONMENTS = (
    APPLICATION[: APPLICATION.index("  policies:")]
    + """
    - {name: job, type: worker, properties: {image: "busybox:1"}}
  policies:
    - name: stages
      type: env-binding
      properties:
        envs:
          - name: test
            placement: {clusterSelector: {name: shops}, namespaceSelector: {name: trial}}
            selector: {components: [web]}
          - name: live
            placement: {clusterSelector: {labels: {kind: plant}}}
            patch:
              components:
                - {name: web, traits: [{type: scaler, properties: {replicas: 3}}]}
"""
)
STEPS = """
  workflow:
    steps:
      - {name: one, type: deploy2env, properties: {policy: stages, env: test}}
      - {name: two, type: deploy2env, properties: {policy: stages, env: live}}
"""


def fleet(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.group("plants", "p1"), *map(desks.node, ("s1", "p1")))


def workload(desk: Desk, group: str) -> dict[str, Any]:
    digest = desk.bundle(group)
    with desk.store.reading() as tx:
        plain = tx.deliveries.bundle(digest)
    assert plain is not None
    found: dict[str, Any] = json.loads(plain)["objects"][0]
    return found


def replicas(desk: Desk) -> dict[str, int]:
    return {group: workload(desk, group)["spec"]["replicas"] for group in ("shops", "plants")}


def heads(desk: Desk) -> dict[str, int]:
    return {group: desk.head_version(group) for group in ("shops", "plants")}


def test_two_groups_get_what_their_steps_deploy(desk: Desk) -> None:
    fleet(desk)
    desk.apply(APPLICATION)
    assert replicas(desk) == {"shops": 1, "plants": 3}


@pytest.mark.parametrize("steps", [STEPS, ""], ids=["written", "made up"])
def test_two_environments_reach_their_groups_with_what_each_says(desk: Desk, steps: str) -> None:
    fleet(desk)
    desk.apply(desks.group("plants", "p1", labels="{kind: plant}"))

    response = desk.apply(ENVIRONMENTS + steps)

    assert response.items[0].groups == ("plants", "shops")
    assert {item.reason for item in response.diagnostics if item.hint} == {Reason.DEPRECATED}
    assert replicas(desk) == {"shops": 1, "plants": 3}
    shops, plants = (json.loads(desk.read_bundle(group))["objects"] for group in ("shops", "plants"))
    assert [(item["metadata"]["name"], item["metadata"]["namespace"]) for item in shops] == [("web", "trial")]
    assert [item["metadata"]["name"] for item in plants] == ["web", "job"]


def test_an_environment_that_goes_takes_the_application_from_its_group(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.group("plants", "p1", labels="{kind: plant}"))
    desk.apply(ENVIRONMENTS + STEPS)

    (item,) = desk.apply(ENVIRONMENTS + STEPS[: STEPS.index("      - {name: two")]).items

    assert item.groups == ("shops",)


def test_a_change_of_one_groups_difference_is_a_revision_and_leaves_the_other_bundle(desk: Desk) -> None:
    fleet(desk)
    desk.apply(APPLICATION)
    before = desk.bundle("shops")

    (item,) = desk.apply(APPLICATION.replace("replicas: 3", "replicas: 4")).items

    assert (item.revision, desk.bundle("shops")) == (2, before)
    assert replicas(desk) == {"shops": 1, "plants": 4}


def test_a_difference_that_is_rolled_back_is_what_it_was(desk: Desk) -> None:
    fleet(desk)
    desk.apply(APPLICATION)
    desk.apply(APPLICATION.replace("[south, large]", "[south]"))
    assert replicas(desk) == {"shops": 1, "plants": 1}

    desk.releases.rollback(AppKey("default", "shop"), None, ACTOR)

    assert replicas(desk) == {"shops": 1, "plants": 3}


def test_diff_shows_only_the_group_whose_difference_changes(desk: Desk) -> None:
    fleet(desk)
    desk.apply(APPLICATION)
    sources = desks.sources(APPLICATION.replace("replicas: 3", "replicas: 4"))

    found = desk.controller.diff(ApplyRequest(sources=sources))

    texts = {item.group: item.text for item in found.items}
    assert texts["shops"] == ""
    assert '+    "replicas": 4' in texts["plants"]


def test_groups_that_relabelling_moves_to_another_step_get_its_difference(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1", labels="{size: small}"), desks.node("s1"))
    text = APPLICATION.replace("clusters: [shops]", "clusterLabelSelector: {size: small}, allowEmpty: true")
    desk.apply(text.replace("clusters: [plants]", "clusterLabelSelector: {size: big}, allowEmpty: true"))
    assert workload(desk, "shops")["spec"]["replicas"] == 1

    desk.apply(desks.group("shops", "s1", labels="{size: big}"))

    assert workload(desk, "shops")["spec"]["replicas"] == 3


def refused(desk: Desk, text: str) -> tuple[api.DiagnosticBody, ...]:
    before = heads(desk)
    with pytest.raises(InvalidSources) as caught:
        desk.apply(text)
    assert heads(desk) == before
    return tuple(item for item in caught.value.diagnostics if item.severity == "error")


def test_one_group_by_two_topologies_with_different_overrides_is_refused_naming_them(desk: Desk) -> None:
    fleet(desk)
    (found,) = refused(desk, APPLICATION.replace("[plants]", "[shops]"))
    assert (found.reason, found.path) == (Reason.TWO_GROUPS, "spec.policies[1]")
    assert all(name in found.message for name in ("'shops'", "'north'", "'south'", "'large'"))


def test_errors_of_component_override_and_step_are_shown_at_once_each_once_with_line_and_column(desk: Desk) -> None:
    fleet(desk)
    text = APPLICATION.replace("replicas: 3", "replicas: x").replace("nginx:1", 'nginx:1", port: "80')
    text = text.replace("[north]", "[nort]")
    found = refused(desk, text)
    lines = text.splitlines()
    places = {item.path: lines[(item.line or 0) - 1].strip() for item in found}
    assert places == {
        "spec.components[0].properties.port": 'properties: {image: "nginx:1", port: "80"}',
        "spec.policies[2].properties.components[0].traits[0].properties.replicas": (
            "- {type: scaler, properties: {replicas: x}}"
        ),
        "spec.workflow.steps[0].properties.policies[0]": "- {name: one, type: deploy, properties: {policies: [nort]}}",
    }
    assert len(found) == 3
    assert all(item.column for item in found)


def test_what_policies_ask_of_objects_is_in_the_bundle_and_without_them_the_bundle_is_as_it_was(desk: Desk) -> None:
    fleet(desk)
    desk.apply(APPLICATION)
    before = desk.bundle("shops"), desk.bundle("plants")
    desk.apply(APPLICATION.replace("  workflow:", "    - {type: apply-once, properties: {enable: true}}\n  workflow:"))
    digest = desk.bundle("shops")
    with desk.store.reading() as tx:
        plain = tx.deliveries.bundle(digest)
    assert plain is not None
    assert json.loads(plain)["policy"]["handling"] == [{"objects": [0], "once": {"when": "keep"}}]
    desk.apply(APPLICATION)
    assert (desk.bundle("shops"), desk.bundle("plants")) == before
