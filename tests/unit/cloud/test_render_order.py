"""Components that wait for others: by `dependsOn` and by their inputs, as they stand after the policies."""

from typing import Any

import pytest
from tests.unit.cloud.applications import application, component, deploy, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Renderer, drafts, output
from pinnace_cloud.render.flow import order as ordering
from pinnace_schemas import bundle
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.order import Order

Json = dict[str, Any]
PORTS = [{"port": 80, "expose": True}]


def waiting(name: str, *others: str, **properties: Any) -> Json:
    return {**component(name, "webservice", **properties), "dependsOn": list(others)}


def giving(name: str, output: str = "host", **more: Any) -> Json:
    return {**component(name, "webservice"), "outputs": [{"name": output, "valueFrom": "output.metadata.name"}], **more}


def taking(name: str, source: str = "host", **more: Any) -> Json:
    return {**component(name, "webservice"), "inputs": [{"from": source, "parameterKey": "image"}], **more}


def order(*components: Json, **spec: Any) -> tuple[Order, ...]:
    """Of an Application without errors."""
    found = render.render(application(*components, **spec))
    assert found.errors == ()
    return found.policy.order or ()


def problems(*components: Json, **spec: Any) -> list[tuple[str, str, str]]:
    """Refused at apply, and the same as warnings in print."""
    refused = render.render(application(*components, **spec))
    printed = render.render(application(*components, **spec), purpose=Purpose.PRINT)
    assert printed.errors == ()
    assert refused.objects == ()
    found = [(item.path, item.message, item.hint) for item in refused.errors]
    warned = [item for item in printed.diagnostics if item.severity is Severity.WARNING]
    assert [(item.path, item.message, item.hint) for item in warned] == found
    return found


def test_all_objects_of_a_component_wait_for_all_of_another() -> None:
    found = order(waiting("web", "db", ports=PORTS), component("db", "webservice", ports=PORTS))
    assert found == (Order(objects=(0, 1), after=(2, 3)),)


def test_components_that_wait_for_the_same_stand_together() -> None:
    base = (component("db"), component("queue"))
    found = order(*base, waiting("web", "db", "queue"), waiting("api", "queue", "db"), waiting("log", "db", "db"))
    assert found == (Order(objects=(2, 3), after=(0, 1)), Order(objects=(4,), after=(0,)))


def test_who_takes_an_output_waits_for_who_gives_it() -> None:
    assert order(taking("web"), giving("db")) == (Order(objects=(0,), after=(1,)),)
    assert order(taking("web", dependsOn=["db", "log"]), giving("db"), component("log")) == (
        Order(objects=(0,), after=(1, 2)),
    )


def test_without_an_order_a_bundle_keeps_its_bytes() -> None:
    found = render.render(application(component("web"), component("db")))
    plain = bundle.encode(Bundle(objects=found.objects, policy=found.policy), DEFAULT_LIMITS, "test")
    assert plain == bundle.encode(Bundle(objects=found.objects), DEFAULT_LIMITS, "test")
    assert found.policy == ApplyPolicy()
    assert b"order" not in plain


def test_an_order_stands_beside_what_other_policies_ask() -> None:
    once = {"name": "once", "type": "apply-once", "properties": {"enable": True}}
    found = render.render(application(waiting("web", "db"), component("db"), policies=[once])).policy
    assert (found.order, found.handling is not None) == ((Order(objects=(0,), after=(1,)),), True)


def test_an_application_is_removed_in_its_order_where_a_policy_says_so_and_there_is_one() -> None:
    reverse = {"name": "gc", "type": "garbage-collect", "properties": {"order": "dependency"}}
    ordered = render.render(application(waiting("web", "db"), component("db"), policies=[reverse]))
    assert (ordered.policy.remove_in_order, ordered.diagnostics) == (True, ())
    assert render.render(application(component("db"), policies=[reverse])).policy == ApplyPolicy()


def test_a_name_that_nobody_has_is_refused_with_its_place_and_the_nearest() -> None:
    found = problems(waiting("web", "log", "databse"), component("database"), component("log"))
    words = ("no component is called 'databse'", "did you mean 'database'?")
    assert found == [("spec.components[0].dependsOn[1]", *words)]


@pytest.mark.parametrize(
    ("components", "path", "names"),
    [
        ([waiting("web", "web")], "spec.components[0].dependsOn[0]", "web -> web"),
        (
            [waiting("a", "b"), waiting("b", "x", "c"), waiting("c", "a"), component("x")],
            "spec.components[0].dependsOn[0]",
            "a -> b -> c -> a",
        ),
        ([taking("a"), giving("b", dependsOn=["a"])], "spec.components[0].inputs[0]", "a -> b -> a"),
    ],
)
def test_a_circle_is_refused_as_a_whole(components: list[Json], path: str, names: str) -> None:
    assert problems(*components) == [(path, f"components wait for each other: {names}", "")]


def test_all_circles_are_refused_at_once() -> None:
    found = problems(waiting("a", "b"), waiting("b", "a"), waiting("d", "d"), waiting("e", "a"))
    assert [(path, message) for path, message, _ in found] == [
        ("spec.components[0].dependsOn[0]", "components wait for each other: a -> b -> a"),
        ("spec.components[2].dependsOn[0]", "components wait for each other: d -> d"),
    ]


def override(name: str, **properties: Any) -> Json:
    return {"name": name, "type": "override", "properties": properties}


def test_what_an_override_adds_can_be_waited_for_where_it_is_and_is_refused_elsewhere() -> None:
    added = override("with-db", components=[{"name": "db", "type": "worker", "properties": {"image": "db"}}])
    places = [topology("north", clusters=["north"]), topology("south", clusters=["south"])]
    steps = [deploy("north", "with-db"), {**deploy("south"), "name": "second"}]
    app = application(waiting("web", "db"), policies=[*places, added], workflow={"steps": steps})
    renderer = Renderer(app)
    assert renderer.render("north").policy.order == (Order(objects=(0,), after=(1,)),)
    (found,) = renderer.render("south").errors
    assert (found.path, found.message) == ("spec.components[0].dependsOn[0]", "no component is called 'db'")


def test_what_an_override_takes_away_cannot_be_waited_for() -> None:
    found = problems(waiting("web", "db"), component("db"), policies=[override("only-web", selector=["web"])])
    message = "the component 'db' is not among those of this topology: what depends on it waits for ever"
    assert found == [("spec.components[0].dependsOn[0]", message, "")]


def test_a_component_that_an_override_changes_waits_as_before() -> None:
    change = override("new", components=[{"name": "web", "properties": {"image": "new"}}])
    assert order(waiting("web", "db"), component("db"), policies=[change]) == (Order(objects=(0,), after=(1,)),)


def test_a_component_without_objects_is_passed_through() -> None:
    """Such as a chart that makes nothing with these values."""
    app = application(waiting("web", "none"), waiting("none", "db"), component("db"))
    objects = [item for item in render.render(app).rendered if item.component != "none"]
    found = ordering.of_objects({0: (1,), 1: (2,)}, drafts.written(app), objects)
    assert found == (Order(objects=(0,), after=(1,)),)


def test_a_replica_waits_for_its_own_kind_and_else_for_who_is_there_once_or_for_all() -> None:
    def item(name: str, key: str, *others: str) -> Json:
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}{key}"}}
        return {**component(name, "k8s-objects", objects=[made]), "replicaKey": key or None, "dependsOn": list(others)}

    items = (item("web", "a", "db", "log"), item("web", "b", "db"), item("db", "a"), item("db", "b"))
    found = order(*items, item("log", ""), item("top", "", "db"))
    assert [(entry.objects, entry.after) for entry in found] == [((0,), (2, 4)), ((1,), (3,)), ((5,), (2, 3))]


def test_above_an_object_stands_what_it_waits_for() -> None:
    found = render.render(application(waiting("web", "db", "log"), component("db"), component("log")))
    assert "# component: web (workload)\n# waits for: db, log\n" in output.to_yaml(found.rendered, found.policy)
