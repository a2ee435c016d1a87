"""Environments of the deprecated policy `env-binding`: which steps deploy them, where they are, what differs there."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, deploy, group, topology

from pinnace_cloud import placement, render
from pinnace_cloud.placement import Placement
from pinnace_cloud.render import Purpose, Renderer, Rendering
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]

GROUPS = (group("test", tier="t"), group("prod-1", tier="p"), group("prod-2", tier="p"), group("local"))


def env(name: str = "test", cluster: Json | None = None, namespace: Json | None = None, **more: Any) -> Json:
    """Selectors of clusters and namespaces; `more` are `selector` and `patch`."""
    selectors = {"clusterSelector": cluster, "namespaceSelector": namespace}
    return {"name": name, "placement": {key: value for key, value in selectors.items() if value}, **more}


def patch(replicas: int, **meant: str) -> Json:
    trait = {"type": "scaler", "properties": {"replicas": replicas}}
    return {"components": [{**meant, "traits": [trait]}]}


def binding(*envs: Json, name: str = "envs") -> Json:
    return {"name": name, "type": "env-binding", "properties": {"envs": list(envs)}}


def step(name: str = "test", **properties: Any) -> Json:
    return {"name": f"deploy-{name}", "type": "deploy2env", "properties": {"env": name, **properties}}


def app(*policies: Json, steps: list[Json] | None = None) -> Application:
    """Of the components `web` and `job`."""
    workflow = {"workflow": {"steps": steps}} if steps else {}
    return application(component("web"), component("job", "worker"), policies=list(policies), **workflow)


def placed(document: Application) -> dict[str, str | None]:
    """Topologies by group."""
    found = placement.place(document, GROUPS)
    assert found.errors == ()
    return {item.group: item.topology for item in found.placements}


def shapes(rendering: Rendering) -> dict[str, int | None]:
    """Replicas by name."""
    assert rendering.errors == ()
    return {item["metadata"]["name"]: item["spec"].get("replicas") for item in rendering.objects}


def problem(document: Application) -> Diagnostic:
    (found,) = placement.place(document, GROUPS).errors
    return found


BOTH = binding(env("test", {"name": "test"}), env("prod", {"labels": {"tier": "p"}}, patch=patch(3, name="web")))


def test_without_steps_every_environment_is_deployed() -> None:
    assert placed(app(BOTH)) == {"test": "envs/test", "prod-1": "envs/prod", "prod-2": "envs/prod"}


def test_steps_choose_the_environments() -> None:
    document = app(BOTH, steps=[step("prod", policy="envs")])
    assert set(placed(document)) == {"prod-1", "prod-2"}
    (found,) = [item for item in Renderer(document).targets.diagnostics if item.reason is Reason.UNSUPPORTED]
    assert (found.severity, found.path) == (Severity.WARNING, "spec.policies[0].properties.envs[0]")


def test_a_step_that_names_no_policy_means_the_first_with_environments() -> None:
    policies = [topology(clusters=["local"]), BOTH, binding(env("test", {"name": "prod-1"}), name="more")]
    assert placed(app(*policies, steps=[step("test")])) == {"test": "envs/test"}
    assert placed(app(*policies, steps=[step("test", policy="more")])) == {"prod-1": "more/test"}


def test_environments_make_up_the_steps_where_there_are_topologies_too() -> None:
    document = app(topology(clusters=["local"]), BOTH)
    assert set(placed(document)) == {"test", "prod-1", "prod-2"}


def test_a_step_may_deploy_a_topology_beside_environments() -> None:
    document = app(topology("t", clusters=["local"]), BOTH, steps=[deploy("t"), step("test")])
    assert placed(document) == {"local": "t", "test": "envs/test"}


@pytest.mark.parametrize(
    "given", [{"name": "test"}, env(), env(cluster={"labels": {}}), env(cluster={"name": "local"})]
)
def test_an_environment_that_chooses_no_group_is_in_local(given: Json) -> None:
    assert set(placed(app(binding(given)))) == {"local"}


def test_the_namespace_is_where_objects_go_that_name_none() -> None:
    document = app(binding(env("test", {"name": "test"}, {"name": "trial"})))
    assert placement.place(document, GROUPS).placements == (Placement("test", "envs/test", "trial"),)
    found = render.render(document, "envs/test").objects
    assert {item["metadata"]["namespace"] for item in found} == {"trial"}


def test_an_environment_has_its_patch_and_nothing_of_overrides_or_other_environments() -> None:
    override = {"name": "o", "type": "override", "properties": patch(9)}
    renderer = Renderer(app(BOTH, override))
    assert shapes(renderer.render("envs/prod")) == {"web": 3, "job": None}
    assert shapes(renderer.render("envs/test")) == {"web": None, "job": None}


@pytest.mark.parametrize(
    ("meant", "expected"), [({"name": "*"}, {"web": 2, "job": 2}), ({"type": "worker"}, {"web": None, "job": 2})]
)
def test_a_patch_finds_components_as_an_override_does(meant: dict[str, str], expected: dict[str, int | None]) -> None:
    document = app(binding(env(patch=patch(2, **meant))))
    assert shapes(render.render(document, "envs/test")) == expected


def test_a_selector_keeps_the_components_that_it_names() -> None:
    document = app(binding(env(selector={"components": ["job"]}), env("whole", {"name": "test"}, selector={})))
    renderer = Renderer(document)
    assert set(shapes(renderer.render("envs/test"))) == {"job"}
    assert set(shapes(renderer.render("envs/whole"))) == {"web", "job"}


def test_environments_without_a_difference_share_one_rendering() -> None:
    renderer = Renderer(app(binding(env("test", {"name": "test"}), env("prod", {"name": "prod-1"}))))
    assert renderer.render("envs/test") is renderer.render("envs/prod")


def test_errors_of_a_patch_and_a_selector_are_shown_at_their_place() -> None:
    wrong = env(patch=patch(2, name="wbe"), selector={"components": ["web", "jbo"]})
    found = render.render(app(binding(wrong)), "envs/test").errors
    at = "spec.policies[0].properties.envs[0]"
    assert [item.path for item in found] == [f"{at}.patch.components[0].name", f"{at}.selector.components[1]"]


@pytest.mark.parametrize(
    ("cluster", "path"),
    [
        ({"name": "tset"}, "placement.clusterSelector.name"),
        ({"labels": {"tier": "x"}}, "placement.clusterSelector.labels"),
    ],
)
def test_a_group_that_is_not_there_is_refused_with_its_place(cluster: Json, path: str) -> None:
    found = problem(app(binding(env(cluster=cluster))))
    assert (found.reason, found.path) == (Reason.UNKNOWN_GROUP, f"spec.policies[0].properties.envs[0].{path}")


@pytest.mark.parametrize(
    ("envs", "path"),
    [
        ([env(namespace={"labels": {"a": "b"}})], "envs[0].placement.namespaceSelector.labels"),
        ([env(namespace={"name": "TEST"})], "envs[0].placement.namespaceSelector.name"),
        ([env(cluster={"name": "test", "labels": {"a": "b"}})], "envs[0].placement.clusterSelector"),
        ([env(), env()], "envs[1].name"),
    ],
)
def test_what_no_site_could_keep_is_refused_to_be_applied_and_warned_of_in_print(envs: list[Json], path: str) -> None:
    document = app(binding(*envs))
    assert problem(document).path == f"spec.policies[0].properties.{path}"
    printed = render.render(document, purpose=Purpose.PRINT)
    assert set(shapes(printed)) == {"web", "job"}
    assert problem(document).path in [item.path for item in printed.diagnostics]


@pytest.mark.parametrize(
    ("asked", "path", "hint"),
    [
        (step("tset"), "env", "did you mean 'test'?"),
        (step("test", policy="evns"), "policy", "did you mean 'envs'?"),
        (step("test", policy="where"), "policy", ""),
    ],
)
def test_an_environment_that_is_not_there_is_refused_with_the_nearest_name(asked: Json, path: str, hint: str) -> None:
    found = problem(app(topology(clusters=["local"]), BOTH, steps=[asked]))
    assert (found.path, found.hint) == (f"spec.workflow.steps[0].properties.{path}", hint)


def test_a_step_without_any_environments_is_refused() -> None:
    assert problem(app(steps=[step()])).path == "spec.workflow.steps[0].properties"


def test_of_a_policy_with_errors_only_these_are_told() -> None:
    found = problem(app({**BOTH, "properties": {"envs": [{"name": "test", "patch": 3}]}}, steps=[step()]))
    assert found.path == "spec.policies[0].properties.envs[0].patch"


def test_a_name_that_something_else_has_is_refused() -> None:
    found = problem(app(topology("envs/test", clusters=["local"]), BOTH))
    assert found.path == "spec.policies[1].properties.envs[0]"


def test_two_environments_of_one_group_are_refused_if_they_differ() -> None:
    here = {"name": "test"}
    found = problem(app(binding(env("a", here, {"name": "one"}), env("b", here, {"name": "two"}))))
    assert (found.reason, found.path) == (Reason.TWO_GROUPS, "spec.policies[0].properties.envs[1]")
    assert "'envs/a' and 'envs/b' with different namespaces" in found.message
    assert len(placed(app(binding(env("a", here), env("b", here))))) == 1


def test_print_shows_the_components_as_written_and_says_where_environments_are_shown() -> None:
    envs = [env("test", patch=patch(2)), env("prod", patch=patch(3))]
    renderer = Renderer(app(binding(*envs)), purpose=Purpose.PRINT)
    printed = render.rendering(renderer)
    assert shapes(printed) == {"web": None, "job": None}
    assert printed.diagnostics[-1].hint == "ask for one of envs/test, envs/prod as for a topology"
    assert shapes(render.rendering(renderer, "envs/prod")) == {"web": 3, "job": 3}
    assert [shapes(item)["web"] for item in renderer.each()] == [2, 3, None]


def test_the_policy_and_each_written_step_are_warned_of_with_what_to_write_instead() -> None:
    steps = [step("test"), step("prod")]
    found = [item for item in Renderer(app(BOTH, steps=steps)).targets.diagnostics if item.hint]
    assert [(item.reason, item.path) for item in found] == [
        (Reason.DEPRECATED, "spec.policies[0].type"),
        *((Reason.DEPRECATED, f"spec.workflow.steps[{at}].type") for at in range(2)),
    ]
    assert all("topology and override" in item.hint for item in found)
    (only,) = Renderer(app(BOTH)).targets.diagnostics
    assert only.path == "spec.policies[0].type"


def test_an_order_that_is_not_kept_is_warned_of() -> None:
    steps = [step("test", parallel=False), step("prod", parallel=True)]
    found = [item.path for item in Renderer(app(BOTH, steps=steps)).targets.diagnostics if not item.hint]
    assert found == ["spec.workflow.steps[1]", "spec.workflow.steps[0].properties.parallel"]
