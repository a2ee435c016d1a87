"""Values pass from one component to another where they are known before any site; the others are refused."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, refused, rendered, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Renderer
from pinnace_schemas.diagnostics import Diagnostic, Severity

Json = dict[str, Any]


def giver(value_from: str, *traits: Json, name: str = "db", output: str = "host", **properties: Any) -> Json:
    return {
        **component(name, "webservice", *traits, **properties),
        "outputs": [{"name": output, "valueFrom": value_from}],
    }


def taker(key: str, *traits: Json, name: str = "web", source: str = "host", **properties: Any) -> Json:
    return {**component(name, "webservice", *traits, **properties), "inputs": [{"from": source, "parameterKey": key}]}


def container(*components: Json, name: str = "web") -> Json:
    """The container of a component."""
    workload = next(item for item in rendered(*components) if item["metadata"]["name"] == name)
    found: Json = workload["spec"]["template"]["spec"]["containers"][0]
    return found


HOST: Json = {"name": "HOST"}


@pytest.mark.parametrize(
    ("value_from", "value"),
    [
        ("output.metadata.name", "db"),
        (" output.metadata.name ", "db"),
        ("output.metadata.namespace", "default"),
        ('output.metadata.labels["app.oam.dev/name"]', "shop"),
        ("output.spec.template.spec.containers[0].image", "nginx"),
        ('output.metadata.name + ".svc"', "db.svc"),
        ('"http://" + output.metadata.name+":"+ output.spec.template.spec.containers[0].image', "http://db:nginx"),
        ('"a + b"', "a + b"),
        ("outputs.service.spec.type", "ClusterIP"),
    ],
)
def test_what_stands_in_a_rendered_object_is_passed_on(value_from: str, value: str) -> None:
    expose = {"type": "expose", "properties": {"port": [80]}}
    found = container(giver(value_from, expose), taker("env[0].value", env=[HOST]))
    assert found["env"] == [{**HOST, "value": value}]


def test_a_consumer_may_stand_before_its_producer_and_produce_itself() -> None:
    middle = {**taker("image", name="proxy"), "outputs": [{"name": "image", "valueFrom": _IMAGE}]}
    chain = (taker("env[0].value", source="image", env=[HOST]), middle, giver("output.metadata.name"))
    assert container(*chain)["env"] == [{**HOST, "value": "db"}]


_IMAGE = "output.spec.template.spec.containers[0].image"


@pytest.mark.parametrize(
    ("key", "properties", "command"),
    [
        ("cmd[0]", {}, ["db"]),
        ("cmd[0]", {"cmd": ["old", "rest"]}, ["db", "rest"]),
        ("cmd[1]", {"cmd": ["first"]}, ["first", "db"]),
        ("properties.cmd[0]", {}, ["db"]),
    ],
)
def test_an_input_goes_where_its_key_says(key: str, properties: Json, command: list[str]) -> None:
    assert container(giver("output.metadata.name"), taker(key, **properties))["command"] == command


def test_an_input_may_be_a_map_or_a_list() -> None:
    produced = giver("output.spec.template.spec.containers[0].command", cmd=["a", "b"])
    assert container(produced, taker("cmd"))["command"] == ["a", "b"]


def test_what_is_missing_on_the_way_is_created() -> None:
    workload = rendered(giver("output.metadata.name"), taker('labels["a/b"]'))[1]
    assert workload["spec"]["template"]["metadata"]["labels"]["a/b"] == "db"


def test_an_input_goes_into_a_trait() -> None:
    scaler = {"type": "scaler", "properties": {}}
    produced = giver("output.spec.replicas", {"type": "scaler", "properties": {"replicas": 3}})
    assert rendered(produced, taker("traits[0].properties.replicas", scaler))[1]["spec"]["replicas"] == 3


def test_the_properties_as_written_are_not_changed() -> None:
    app = application(giver("output.metadata.name"), taker("env[0].value", env=[HOST]))
    before = app.model_dump()
    assert render.render(app).errors == ()
    assert app.model_dump() == before


def problem(*components: Json) -> Diagnostic:
    (found,) = refused(*components)
    return found


@pytest.mark.parametrize(
    ("value_from", "said", "hint"),
    [
        ("output.status.replicas", "'output.status.replicas' exists only in a cluster", "pinnace render"),
        ("output.spec.clusterIP", "does not stand in the rendered object", "pinnace render"),
        ("output.spec.template.spec.containers[1].image", "does not stand", ""),
        ("outputs.service.spec.type", "'outputs.service.spec.type' is not there", "further objects: webserviceExpose"),
        ("context.name", "'context' is not known", "'output' or 'outputs'"),
        ("strings.ToUpper(output.metadata.name)", "is not understood", "output.metadata.name"),
        (r'"\(output.metadata.name)"', "is not understood", ""),
        ("output.metadata.name +", "is not understood", ""),
        ("", "is not understood", ""),
        ('output.spec.template + "x"', "only texts can be joined, got a map", ""),
    ],
)
def test_a_value_that_is_not_known_here_is_refused_at_its_input(value_from: str, said: str, hint: str) -> None:
    produced = giver(value_from, ports=[{"port": 80, "expose": True}])
    found = problem(produced, taker("env[0].value", env=[{**HOST, "value": ""}]))
    assert found.path == "spec.components[1].inputs[0]"
    assert found.message.startswith("'host' of component 'db' cannot be passed on: ")
    assert said in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "no 'parameterKey' says where it goes"),
        ("a..b", "'a..b' is no path of a property"),
        ("env[3].value", "'env' has no entry 3; it has 1"),
        ("cmd[5000]", "'cmd' has no entry 5000"),
        ("image.name", "'image' must be a map, got the text"),
        ("env.value", "'env' must be a map, got a list"),
        ("image[0]", "'image' must be a list"),
        ("traits[0].properties.replicas", "there is no 'traits[0].properties.replicas' here"),
        ("properties", "there is no 'properties' here"),
    ],
)
def test_a_key_that_leads_nowhere_is_refused(key: str, said: str) -> None:
    found = problem(giver("output.metadata.name"), taker(key, env=[HOST]))
    assert found.path == "spec.components[1].inputs[0]"
    assert said in found.message


def test_an_input_that_nobody_gives_names_the_nearest_output() -> None:
    found = problem(giver("output.metadata.name"), taker("cmd[0]", name="a"), taker("cmd[0]", source="hots"))
    assert (found.path, found.hint) == ("spec.components[2].inputs[0].from", "did you mean 'host'?")


def test_two_outputs_of_one_name_are_refused() -> None:
    given = (giver("output.metadata.name"), giver("output.metadata.name", name="cache"), taker("cmd[0]"))
    found = problem(*given)
    assert (found.path, found.message) == (
        "spec.components[1].outputs[0].name",
        "the component 'db' has an output 'host' too",
    )


def test_a_replica_takes_from_its_own_kind_first_and_else_from_what_stands_once() -> None:
    once = giver("output.metadata.name", name="all", output="shared")
    replicas = [
        {**item, "replicaKey": key}
        for key in ("a", "b")
        for item in (
            giver("output.metadata.name", name=f"db-{key}"),
            {**taker("cmd[0]", name=f"web-{key}"), "inputs": [_into("host", 0), _into("shared", 1)]},
        )
    ]
    commands = [container(once, *replicas, name=f"web-{key}")["command"] for key in ("a", "b")]
    assert commands == [["db-a", "all"], ["db-b", "all"]]


def _into(source: str, index: int) -> Json:
    return {"from": source, "parameterKey": f"cmd[{index}]"}


def test_components_that_wait_for_each_other_are_named() -> None:
    first = {**taker("cmd[0]", name="a", source="of-b"), "outputs": [{"name": "of-a", "valueFrom": "output.kind"}]}
    second = {**taker("cmd[0]", name="b", source="of-a"), "outputs": [{"name": "of-b", "valueFrom": "output.kind"}]}
    found = problem(first, second)
    assert found.path in ("spec.components[0].inputs", "spec.components[1].inputs")
    assert found.message in (
        "components wait for each other's outputs: a -> b -> a",
        "components wait for each other's outputs: b -> a -> b",
    )


def test_a_component_that_waits_for_itself_is_named() -> None:
    own = {**taker("cmd[0]", name="a"), "outputs": [{"name": "host", "valueFrom": "output.kind"}]}
    assert "a -> a" in problem(own).message


def test_an_output_that_nobody_takes_is_a_warning() -> None:
    found = render.render(application(giver("output.metadata.name")))
    assert [(item.severity, item.path) for item in found.diagnostics] == [
        (Severity.WARNING, "spec.components[0].outputs")
    ]
    assert len(found.objects) == 1


def test_in_print_what_cannot_be_passed_on_stays_as_written_with_a_warning() -> None:
    given = (giver("output.status.phase"), taker("env[0].value", env=[{**HOST, "value": "as written"}]))
    found = render.render(application(*given), purpose=Purpose.PRINT)
    assert [item.severity for item in found.diagnostics] == [Severity.WARNING]
    assert found.objects[1]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] == "as written"


def test_errors_of_a_producer_are_not_repeated_by_its_consumers() -> None:
    found = refused({**giver("output.kind"), "properties": {}}, taker("cmd[0]"))
    assert [item.path for item in found] == ["spec.components[0].properties.image"]


def test_a_topology_gets_the_values_of_its_overrides() -> None:
    newer = {"components": [{"name": "db", "properties": {"image": "newer"}}]}
    app = application(
        giver(_IMAGE),
        taker("cmd[0]"),
        policies=[
            topology("north"),
            topology("south", clusters=["south"]),
            {"name": "new", "type": "override", "properties": newer},
        ],
        workflow={
            "steps": [
                {"type": "deploy", "properties": {"policies": ["north"]}},
                {"type": "deploy", "properties": {"policies": ["south", "new"]}},
            ]
        },
    )
    renderer = Renderer(app)
    commands = [
        renderer.render(name).objects[1]["spec"]["template"]["spec"]["containers"][0] for name in ("north", "south")
    ]
    assert [item["command"] for item in commands] == [["nginx"], ["newer"]]


def test_topologies_share_a_consumer_whose_producers_do_not_differ() -> None:
    other = {"components": [{"name": "^other$", "properties": {"image": "newer"}}]}
    app = application(
        giver("output.metadata.name"),
        taker("cmd[0]"),
        component("other"),
        policies=[topology("a"), topology("b"), {"name": "new", "type": "override", "properties": other}],
        workflow={
            "steps": [
                {"type": "deploy", "properties": {"policies": ["a"]}},
                {"type": "deploy", "properties": {"policies": ["b", "new"]}},
            ]
        },
    )
    renderer = Renderer(app)
    first, second = renderer.render("a").objects, renderer.render("b").objects
    assert first[1] is second[1]
    assert first[2] is not second[2]
