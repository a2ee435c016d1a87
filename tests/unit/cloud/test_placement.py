"""Which groups an Application goes to, and that no node gets it twice."""

import pytest
from tests.unit.cloud.applications import application, component, deploy, group, topology

from pinnace_cloud import placement
from pinnace_cloud.placement import Conflict, Placement
from pinnace_schemas.reasons import Reason
from pinnace_schemas.resources import Node, NodeGroup

NORTH, SOUTH, LOCAL = group("north", region="n"), group("south", region="s"), group("local")
GROUPS = (NORTH, SOUTH, LOCAL)


def test_without_a_topology_the_group_is_local() -> None:
    assert placement.place(application(), GROUPS).placements == (Placement("local", None, None),)


@pytest.mark.parametrize(
    ("policies", "path", "missing", "written"),
    [
        ([], "spec", "without a topology it goes to the NodeGroup 'local'", "properties: {clusters: [north]}}"),
        ([topology()], "spec.policies[0]", "without 'clusters'", "write clusters; or create"),
        (
            [{"name": "envs", "type": "env-binding", "properties": {"envs": [{"name": "test"}]}}],
            "spec.policies[0].properties.envs[0]",
            "without 'clusterSelector'",
            "write clusterSelector; or create",
        ),
    ],
)
def test_a_missing_local_group_is_told_with_why_it_is_meant_and_what_to_write(
    policies: list[dict[str, object]], path: str, missing: str, written: str
) -> None:
    (problem,) = placement.place(application(policies=policies), [NORTH]).errors
    assert (problem.reason, problem.path) == (Reason.UNKNOWN_GROUP, path)
    assert missing in problem.message
    assert written in problem.hint


def test_clusters_name_groups() -> None:
    app = application(policies=[topology(clusters=["south", "north"], namespace="shop")])
    found = placement.place(app, GROUPS).placements
    assert found == (Placement("south", "where", "shop"), Placement("north", "where", "shop"))


def test_an_unknown_group_is_refused_with_its_place_and_the_nearest_names() -> None:
    found = placement.place(application(policies=[topology(clusters=["north", "nort"])]), GROUPS)
    (problem,) = found.errors
    assert found.placements == ()
    assert (problem.reason, problem.path) == (Reason.UNKNOWN_GROUP, "spec.policies[0].properties.clusters[1]")
    assert problem.hint == "NodeGroups: north, south, local"


def test_a_selector_selects_groups_by_their_labels() -> None:
    app = application(policies=[topology(clusterLabelSelector={"region": "n"})])
    assert [item.group for item in placement.place(app, GROUPS).placements] == ["north"]


def test_an_empty_selector_selects_every_group() -> None:
    app = application(policies=[topology(clusterLabelSelector={})])
    assert [item.group for item in placement.place(app, GROUPS).placements] == ["local", "north", "south"]


@pytest.mark.parametrize("allow", [True, False])
def test_a_selector_that_matches_nothing_is_an_error_unless_empty_is_allowed(allow: bool) -> None:
    app = application(policies=[topology(clusterLabelSelector={"region": "x"}, allowEmpty=allow)])
    found = placement.place(app, GROUPS)
    assert found.placements == ()
    assert [item.reason for item in found.errors] == ([] if allow else [Reason.UNKNOWN_GROUP])


def test_deploy_steps_choose_the_topologies() -> None:
    policies = [topology("n", clusters=["north"]), topology("s", clusters=["south"])]
    app = application(policies=policies, workflow={"steps": [deploy("s")]})
    assert [item.group for item in placement.place(app, GROUPS).placements] == ["south"]
    every = application(policies=policies)
    assert [item.group for item in placement.place(every, GROUPS).placements] == ["north", "south"]


def test_a_deploy_step_without_topology_goes_to_local() -> None:
    app = application(policies=[topology("n", clusters=["north"])], workflow={"steps": [deploy()]})
    assert [item.group for item in placement.place(app, GROUPS).placements] == ["local"]


def test_one_group_by_two_topologies_is_refused_if_their_namespaces_differ() -> None:
    policies = [topology("a", clusters=["north"]), topology("b", clusters=["north"])]
    assert len(placement.place(application(policies=policies), GROUPS).placements) == 1
    policies[1]["properties"]["namespace"] = "other"
    (problem,) = placement.place(application(policies=policies), GROUPS).errors
    assert (problem.reason, problem.path) == (Reason.TWO_GROUPS, "spec.policies[1]")


def test_a_collision_of_long_lists_of_policies_is_told_in_few_words() -> None:
    names = [f"policy-{at}" for at in range(100)]
    overrides = [{"name": name, "type": "override", "properties": {"selector": []}} for name in names]
    topologies = [topology(name, clusters=["north"]) for name in ("a", "b")]
    steps = [deploy("a", *names), deploy("b", *names[1:])]
    app = application(component(), policies=[*topologies, *overrides], workflow={"steps": steps})
    (found,) = placement.place(app, [group("north")]).errors
    assert found.message.endswith("'policy-4', 'policy-5' and 94 more)")


def test_a_second_way_to_a_node_names_both_groups_and_the_node() -> None:
    both = (Placement("north", None, None), Placement("all", None, None))
    members = {"north": ("shop-1", "shop-2"), "all": ("shop-2", "shop-3"), "other": ("shop-1",)}
    (found,) = placement.second_ways({"default/shop": both, "default/till": both[:1]}, members)
    assert found == Conflict("default/shop", "shop-2", ("all", "north"))
    problem = found.diagnostic()
    assert problem.reason is Reason.TWO_GROUPS
    assert all(name in problem.message for name in ("default/shop", "shop-2", "'all'", "'north'"))


def test_two_applications_may_reach_one_node_by_two_groups() -> None:
    placements = {"a": [Placement("north", None, None)], "b": [Placement("all", None, None)]}
    assert placement.second_ways(placements, {"north": ("shop-1",), "all": ("shop-1",)}) == ()


def test_a_label_of_a_node_can_make_a_second_way() -> None:
    selector = {"selector": {"matchLabels": {"tier": "test"}}}
    groups = [
        NodeGroup.model_validate({"metadata": {"name": "north"}, "spec": {"nodes": ["shop-1"]}}),
        NodeGroup.model_validate({"metadata": {"name": "test"}, "spec": selector}),
    ]
    placements = {"shop": [Placement("north", None, None), Placement("test", None, None)]}
    for tier, conflicts in (("live", 0), ("test", 1)):
        node = Node.model_validate({"metadata": {"name": "shop-1", "labels": {"tier": tier}}})
        members = placement.memberships(groups, [node])
        assert len(placement.second_ways(placements, members)) == conflicts
