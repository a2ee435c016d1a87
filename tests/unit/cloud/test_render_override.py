"""What override policies do to components, which topology they meet, and where their errors are shown."""

import tracemalloc
from typing import Any

import pytest
from tests.unit.cloud import applications
from tests.unit.cloud.applications import application, component, deploy, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose, Renderer
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason


def override(name: str = "small", *components: dict[str, Any], **properties: Any) -> dict[str, Any]:
    changes = {"components": list(components)} if components else {}
    return {"name": name, "type": "override", "properties": {**changes, **properties}}


def trait(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "properties": properties}


def changed(*patches: dict[str, Any], components: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """Workloads by name after one override of the components, which are `web` and `api` unless said otherwise."""
    items = components or (component("web"), component("api", "worker"))
    found = applications.rendered(*items, policies=[override("small", *patches, **more)])
    return {item["metadata"]["name"]: item for item in found}


def image(workload: dict[str, Any]) -> str:
    text: str = workload["spec"]["template"]["spec"]["containers"][0]["image"]
    return text


def images(*patches: dict[str, Any], **more: Any) -> dict[str, str]:
    return {name: image(item) for name, item in changed(*patches, **more).items()}


BUSYBOX = {"properties": {"image": "busybox"}}


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ({}, ["web", "api"]),
        ({"type": "worker"}, ["api"]),
        ({"name": "web"}, ["web"]),
        ({"name": "e"}, ["web"]),
        ({"name": "w*"}, ["web"]),
        ({"name": "*"}, ["web", "api"]),
        ({"name": "^(web|api)$"}, ["web", "api"]),
        ({"name": "web", "type": "webservice"}, ["web"]),
    ],
)
def test_a_name_is_an_expression_that_need_not_match_the_whole_name(patch: dict[str, Any], names: list[str]) -> None:
    expected = {name: "busybox" if name in names else "nginx" for name in ("web", "api")}
    assert images({**patch, **BUSYBOX}) == expected


def test_a_component_of_another_type_is_replaced() -> None:
    items = (component("web", "webservice", trait("scaler", replicas=3), port=80),)
    (found,) = changed({"name": "web", "type": "worker", **BUSYBOX}, components=items).values()
    assert image(found) == "busybox"
    assert "replicas" not in found["spec"]
    assert "ports" not in found["spec"]["template"]["spec"]["containers"][0]


def test_a_name_without_a_match_adds_a_component_of_its_type() -> None:
    extra = {"name": "job", "type": "worker", **BUSYBOX, "traits": [{"type": "scaler", "disable": True}]}
    assert images(extra) == {"web": "nginx", "api": "nginx", "job": "busybox"}


def test_a_name_without_match_and_type_is_refused_with_the_nearest_name() -> None:
    policies = [override("small", {"name": "wbe", **BUSYBOX})]
    (found,) = render.render(application(component("web"), policies=policies)).errors
    assert (found.path, found.hint) == ("spec.policies[0].properties.components[0].name", "did you mean 'web'?")


def test_maps_merge_and_lists_and_empty_values_replace() -> None:
    items = (component("web", "webservice", cmd=["a", "b"], labels={"one": "1", "two": "2"}, cpu="1"),)
    patch = {"properties": {"cmd": [], "labels": {"two": "", "three": "3"}, "cpu": "0"}}
    template = changed(patch, components=items)["web"]["spec"]["template"]
    own = {"app.oam.dev/name": "shop", "app.oam.dev/component": "web"}
    assert template["metadata"]["labels"] == {"one": "1", "two": "", "three": "3", **own}
    container = template["spec"]["containers"][0]
    assert (container["command"], container["resources"]["limits"]) == ([], {"cpu": "0"})


def test_null_overrides_and_is_refused_where_a_type_takes_none() -> None:
    policies = [override("small", {"properties": {"port": None}})]
    (found,) = render.render(application(component(port=80), policies=policies)).errors
    assert found.path == "spec.policies[0].properties.components[0].properties.port"


def test_traits_are_merged_by_type_added_and_disabled() -> None:
    items = (component("web", "webservice", trait("scaler", replicas=2), trait("labels", a="1", b="1")),)
    patch = {
        "traits": [
            {"type": "scaler", "disable": True},
            trait("labels", b="2"),
            trait("annotations", note="x"),
            {"type": "expose", "disable": True},
        ]
    }
    found = changed(patch, components=items)["web"]
    assert "replicas" not in found["spec"]
    assert {key: found["metadata"]["labels"][key] for key in ("a", "b")} == {"a": "1", "b": "2"}
    assert found["metadata"]["annotations"] == {"note": "x"}


def test_of_two_traits_of_one_type_the_last_one_wins_twice() -> None:
    items = (component("web", "webservice", trait("labels", a="1"), trait("labels", b="2")),)
    labels = changed({"properties": {}}, components=items)["web"]["metadata"]["labels"]
    assert ("a" in labels, labels["b"]) == (False, "2")


def test_a_trait_that_another_of_its_type_takes_the_place_of_is_warned_of() -> None:
    twice = [trait("labels", a="1"), trait("labels", b="2")]
    policies = [topology(clusters=["a"]), override("small", {"name": "web", "properties": {"image": "busybox"}})]
    for traits, lost in ((twice, ["spec.components[0].traits[0]"]), ([twice[0]] * 2, []), (named(twice), [])):
        app = application(component("web", "webservice", *traits), policies=policies)
        assert [item.path for item in render.render(app, "where").diagnostics] == lost


def named(traits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, "name": str(index)} for index, item in enumerate(traits)]


def test_traits_of_one_type_that_have_names_are_told_apart() -> None:
    named = [{**trait("labels", **{name: "1"}), "name": name} for name in ("a", "b")]
    patch = {"traits": [{**trait("labels", a="2"), "name": "a"}]}
    labels = changed(patch, components=(component("web", "webservice", *named),))["web"]["metadata"]["labels"]
    assert (labels["a"], labels["b"]) == ("2", "1")


def test_a_selector_keeps_the_components_that_it_names_also_new_ones() -> None:
    extra = {"name": "job", "type": "worker", **BUSYBOX}
    assert list(images(extra, selector=["job", "api"])) == ["api", "job"]
    assert images(selector=[]) == {}


def test_a_selector_that_names_nobody_is_refused_rather_than_emptying_sites() -> None:
    (found,) = render.render(several(override("small", selector=["wbe"]))).errors
    assert (found.path, found.hint) == ("spec.policies[0].properties.selector[0]", "did you mean 'web'?")


@pytest.mark.parametrize(
    ("patch", "path", "message"),
    [
        ({"type": "webservise", **BUSYBOX}, "type", "no component is a 'webservise' here"),
        ({"traits": [{"type": "scalr", "disable": True}]}, "traits[0]", "no component has a trait 'scalr' here"),
    ],
)
def test_a_change_that_meets_nothing_is_warned_of(patch: dict[str, Any], path: str, message: str) -> None:
    (found,) = render.render(several(override("small", patch))).diagnostics
    assert found.severity is Severity.WARNING
    assert (found.path, found.message) == (f"spec.policies[0].properties.components[0].{path}", message)


def test_a_policy_that_no_deploy_step_names_is_warned_of() -> None:
    app = several(topology("north"), tagged("one"), steps=[deploy("north")])
    (found,) = render.render(app).diagnostics
    assert (found.severity, found.path) == (Severity.WARNING, "spec.policies[1]")


def test_a_trait_that_is_taken_away_and_added_anew_is_there_once() -> None:
    items = (component("web", "webservice", trait("expose", port=[80])),)
    anew = [{"type": "expose", "disable": True}, trait("expose", ports=[{"port": 81}])]
    found = applications.rendered(*items, policies=[override("small", {"traits": anew})])
    assert [item["kind"] for item in found] == ["Deployment", "Service"]
    assert [port["port"] for port in found[1]["spec"]["ports"]] == [81]


def test_only_the_first_of_many_errors_are_compared_with_every_name() -> None:
    patches = [{"name": f"weba{at}"} for at in range(12)]
    hints = [item.hint for item in render.render(several(override("small", *patches))).errors]
    assert (bool(hints[0]), bool(hints[-1])) == (True, False)


def test_policies_apply_one_after_the_other_and_a_replaced_component_keeps_the_name_it_is_known_by() -> None:
    first = override("first", {"name": "job", "type": "worker", "properties": {"image": "one", "cmd": ["x"]}})
    second = override("second", {"name": "job", "properties": {"image": "two"}})
    policies = [first, second, override("third", {"name": "we", "type": "worker", **BUSYBOX}, selector=["web", "job"])]
    found = applications.rendered(component("web"), component("api"), policies=policies)
    assert [(item["metadata"]["name"], image(item)) for item in found] == [("we", "busybox"), ("job", "two")]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({}, "properties"),
        ({"component": []}, "properties.component"),
        ({"components": [{"nam": "web"}]}, "properties.components[0].nam"),
        ({"components": [{"name": "web["}]}, "properties.components[0].name"),
        ({"components": [{"name": "*a*b*c*d"}]}, "properties.components[0].name"),
        ({"components": [{"traits": [{"disable": True}]}]}, "properties.components[0].traits[0].type"),
        ({"components": [{"properties": "image"}]}, "properties.components[0].properties"),
        ({"selector": "web"}, "properties.selector"),
    ],
)
def test_an_override_that_is_not_understood_is_refused_by_path_even_where_no_step_deploys_it(
    properties: dict[str, Any], path: str
) -> None:
    policies = [{"name": "small", "type": "override", "properties": properties}]
    app = application(component(), policies=policies, workflow={"steps": [deploy()]})
    assert render.render(app, purpose=Purpose.PRINT).errors[0].path == f"spec.policies[0].{path}"


def test_a_name_that_could_keep_the_controller_busy_is_refused_with_what_it_may_hold() -> None:
    (found,) = render.render(application(component(), policies=[override("small", {"name": "(w|w)+b"})])).errors
    assert found.message == "'(w|w)+b' is too intricate: a name holds at most 3 of * + ? { ( and repeats no group"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a{99999999999}", "'a{99999999999}' is no regular expression: the repetition number is too large"),
        ("[[:alpha:]]b", "'[[:alpha:]]b': write the characters of a set one by one"),
        ("[a&&b]", "'[a&&b]': write the characters of a set one by one"),
        ("w" * 1025, "a name here is at most 1024 characters long"),
    ],
)
def test_a_name_that_python_and_go_read_differently_or_not_at_all_is_refused(name: str, message: str) -> None:
    (found,) = render.render(application(component(), policies=[override("small", {"name": name})])).errors
    assert found.message == message


def test_a_name_that_an_override_makes_too_long_is_matched_by_none() -> None:
    long, patch = {"name": "a" * 1000, "type": "worker", **BUSYBOX}, {"name": ".*.*.*x", "type": "worker", **BUSYBOX}
    errors = render.render(application(component("web"), policies=[override("small", long, patch)])).errors
    assert any("is no component name" in item.message for item in errors)


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"properties": {"image": 5}}, "properties.image"),
        ({"properties": {"livenessProbe": {"tcpSocket": {}}}}, "properties.livenessProbe.tcpSocket.port"),
        ({"properties": {"ports": [{"port": 80}, {"name": "x"}]}}, "properties.ports[1].port"),
        ({"traits": [trait("scaler", replicas="two")]}, "traits[0].properties.replicas"),
        ({"traits": [trait("labels", a="b"), trait("scalr")]}, "traits[1].type"),
        ({"name": "job", "type": "wrker"}, "type"),
        ({"name": "job", "type": "worker"}, "properties.image"),
    ],
)
def test_an_error_is_shown_where_it_was_written_with_policy_and_component(patch: dict[str, Any], path: str) -> None:
    base = component("web", "webservice", trait("scaler", replicas=1), livenessProbe={"tcpSocket": {"port": 80}})
    if "livenessProbe" in patch.get("properties", {}):
        del base["properties"]["livenessProbe"]
    app = application(base, policies=[topology(), override("small", {"name": "web"}, patch)])
    (found,) = render.render(app).errors
    assert found.path == f"spec.policies[1].properties.components[1].{path}"
    assert found.message.endswith(f"(component '{patch.get('name', 'web')}', policy 'small')")


def test_an_error_that_stood_in_the_component_is_shown_there() -> None:
    app = application(component(image=5, port=80), policies=[override("small", {"properties": {"port": 81}})])
    assert [item.path for item in render.render(app).errors] == ["spec.components[0].properties.image"]


@pytest.mark.slow
def test_thousands_of_overrides_apply_one_after_the_other_and_hold_little_memory() -> None:
    app = application(
        component("web"),
        policies=[override(f"o{at}", {"properties": {"image": f"image:{at}"}}) for at in range(1500)],
    )
    tracemalloc.start()
    try:
        (found,) = render.render(app).objects
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert image(found) == "image:1499"
    assert peak_bytes < 8 * 1024 * 1024


def test_names_that_overrides_give_are_checked_like_written_ones() -> None:
    items = (component("web-a"), component("web-b"))
    app = application(
        *items, policies=[override("small", {"name": "web-.", "type": "worker", **BUSYBOX}), override("more", {})]
    )
    path = "spec.policies[0].properties.components[0].name"
    messages = [item.message for item in render.render(app).errors if item.path == path]
    assert messages[0].startswith("'web-.' is no component name")
    assert messages.count("two components are called 'web-.' now") == 1


def several(*policies: dict[str, Any], steps: list[dict[str, Any]] | None = None) -> Application:
    workflow = {} if steps is None else {"workflow": {"steps": steps}}
    return application(component("web"), policies=list(policies), **workflow)


def image_of(app: Application, name: str | None) -> str:
    found = render.render(app, name)
    assert not found.errors
    return image(found.objects[0])


def tagged(name: str) -> dict[str, Any]:
    return override(name, {"properties": {"image": name}})


def test_without_steps_each_topology_gets_every_override_in_the_order_of_the_list() -> None:
    app = several(tagged("one"), topology("north"), tagged("two"), topology("south"))
    assert [image_of(app, name) for name in ("north", "south")] == ["two", "two"]


def test_without_a_topology_overrides_give_one_rendering() -> None:
    assert image_of(several(tagged("one")), None) == "one"


def test_a_deploy_step_brings_its_policies_in_its_own_order() -> None:
    steps = [deploy("two", "north", "one"), deploy("south")]
    app = several(tagged("one"), topology("north"), tagged("two"), topology("south"), steps=steps)
    assert [image_of(app, name) for name in ("north", "south")] == ["one", "nginx"]


def test_a_topology_that_two_steps_deploy_differently_is_refused_naming_both() -> None:
    steps = [{**deploy("north", "one"), "name": "canary"}, {**deploy("north"), "name": "rest"}]
    (found,) = render.render(several(tagged("one"), topology("north"), steps=steps), "north").errors
    assert (found.reason, found.path) == (Reason.INVALID, "spec.workflow.steps[1].properties.policies")
    assert "'canary' and 'rest'" in found.message
    alike = [deploy("north", "one"), deploy("north", "one")]
    assert image_of(several(tagged("one"), topology("north"), steps=alike), "north") == "one"


def test_what_an_override_leaves_alone_is_rendered_once() -> None:
    policies = [override("small", {"name": "web", "properties": {"image": "small"}})]
    steps = [deploy("north", "small"), deploy("south")]
    items = (component("web"), component("api", "worker"))
    app = application(*items, policies=[topology("north"), topology("south"), *policies], workflow={"steps": steps})
    renderer = Renderer(app)
    north, south = (renderer.render(name).rendered for name in ("north", "south"))
    assert [image(item.object) for item in north] == ["small", "nginx"]
    assert [one is other for one, other in zip(north, south, strict=True)] == [False, True]


def test_topologies_that_are_alike_need_not_be_told_apart() -> None:
    assert image_of(several(tagged("one"), topology("north"), topology("south")), None) == "one"


def test_topologies_without_a_difference_share_one_rendering() -> None:
    renderer = Renderer(several(tagged("one"), topology("north"), topology("south"), topology("else", namespace="x")))
    assert renderer.render("north") is renderer.render("south")
    assert renderer.render("else") is not renderer.render("south")


def test_an_undeclared_property_in_an_override_is_a_warning_at_its_place() -> None:
    app = several(override("small", {"properties": {"imag": "x"}}))
    (found,) = render.render(app).diagnostics
    assert (found.severity, found.hint) == (Severity.WARNING, "did you mean 'image'?")
    assert found.path == "spec.policies[0].properties.components[0].properties.imag"
