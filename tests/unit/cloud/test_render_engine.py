"""What rendering refuses, warns of, and writes onto every object."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from tests.unit.cloud import applications
from tests.unit.cloud.applications import application, component, deploy, refused, rendered, topology

from pinnace_cloud import render
from pinnace_cloud.render import Purpose
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "password"}}
ALLOWED = {"annotations": {"pinnace.dev/allow-plain-secret": "true"}}


def objects(*items: dict[str, Any], name: str = "plain") -> dict[str, Any]:
    return component(name, "k8s-objects", objects=list(items))


def test_all_errors_of_an_application_are_shown_at_once() -> None:
    found = refused(
        component("web", "webservce"),
        component("api", "webservice", {"type": "scalr"}, ports=80),
        component("job", "worker", {"type": "scaler", "properties": {"replicas": "two"}}, image=5),
    )
    assert [(item.path, item.reason) for item in found] == [
        ("spec.components[0].type", Reason.UNKNOWN_TYPE),
        ("spec.components[1].properties.ports", Reason.INVALID),
        ("spec.components[1].traits[0].type", Reason.UNKNOWN_TYPE),
        ("spec.components[2].properties.image", Reason.INVALID),
        ("spec.components[2].traits[0].properties.replicas", Reason.INVALID),
    ]


def test_an_unknown_type_is_refused_with_the_known_ones_nearest_first() -> None:
    (found,) = refused(component("web", "webservce"))
    assert found.message.startswith("unknown component type 'webservce'; known: webservice, worker, ")


def test_an_unknown_policy_type_is_refused_with_the_known_ones_nearest_first() -> None:
    (found,) = render.render(application(policies=[{"type": "overide"}])).errors
    assert (found.path, found.reason) == ("spec.policies[0].type", Reason.UNKNOWN_TYPE)
    assert found.message.startswith("unknown policy type 'overide'; known: override, ")


def test_an_undeclared_property_is_a_warning_with_the_nearest_name() -> None:
    found = render.render(application(component(imagePullPolice="Always")))
    (warning,) = found.diagnostics
    assert (warning.severity, warning.hint) == (Severity.WARNING, "did you mean 'imagePullPolicy'?")
    assert warning.path == "spec.components[0].properties.imagePullPolice"
    assert found.objects == rendered(component())


def test_an_undeclared_property_is_an_error_when_strict() -> None:
    (found,) = refused(component(ports=[{"port": 80, "exposed": True}]), strict=True)
    assert (found.path, found.reason) == ("spec.components[0].properties.ports[0].exposed", Reason.UNKNOWN_FIELD)


def test_an_undeclared_property_hides_no_error() -> None:
    found = render.render(application(component(imag="nginx", port="80")))
    assert [item.path for item in found.errors] == ["spec.components[0].properties.port"]
    assert len(found.diagnostics) == 2


def test_probes_are_closed() -> None:
    (found,) = refused(component(livenessProbe={"tcpSocket": {"port": 80}, "period": 5}))
    assert (found.path, found.severity) == ("spec.components[0].properties.livenessProbe.period", Severity.ERROR)


def test_an_unknown_property_of_a_topology_is_an_error() -> None:
    found = render.render(application(policies=[topology(cluster=["a"])]), purpose=Purpose.PRINT)
    assert [(item.path, item.hint) for item in found.errors] == [
        ("spec.policies[0].properties.cluster", "did you mean 'clusters'?")
    ]


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"workflow": {"steps": [{"type": "apply-component"}]}}, "spec.workflow.steps[0].type"),
        ({"workflow": {"steps": [deploy(auto=False)]}}, "spec.workflow.steps[0].properties.auto"),
        ({"workflow": {"steps": [deploy(parallelism=2)]}}, "spec.workflow.steps[0].properties.parallelism"),
        ({"workflow": {"steps": [{**deploy(), "if": "always"}]}}, "spec.workflow.steps[0].if"),
        ({"workflow": {"ref": "flow"}}, "spec.workflow.ref"),
    ],
)
def test_what_a_workflow_asks_for_in_vain_is_refused_at_apply_and_warned_of_in_print(
    spec: dict[str, Any], path: str
) -> None:
    assert [item.path for item in render.render(application(**spec)).errors] == [path]
    printed = render.render(application(**spec), purpose=Purpose.PRINT)
    assert [(item.path, item.severity) for item in printed.diagnostics] == [(path, Severity.WARNING)]


def test_a_deploy_step_that_names_no_policy_of_the_application_is_refused() -> None:
    app = application(policies=[topology("north")], workflow={"steps": [deploy("nord")]})
    (found,) = render.render(app, purpose=Purpose.PRINT).errors
    assert (found.path, found.hint) == ("spec.workflow.steps[0].properties.policies[0]", "did you mean 'north'?")


def test_a_plain_secret_is_refused_unless_the_application_allows_it() -> None:
    (found,) = refused(objects(CONFIG_MAP, SECRET))
    assert (found.reason, found.path) == (Reason.PLAIN_SECRET, "spec.components[0].properties.objects[1]")
    assert len(rendered(objects(SECRET), metadata=ALLOWED)) == 1
    assert len(rendered(objects(SECRET), purpose=Purpose.PRINT)) == 1


def test_an_object_that_stands_twice_is_refused_naming_both_places() -> None:
    (found,) = refused(objects(CONFIG_MAP, name="one"), objects(CONFIG_MAP, name="two"))
    assert found.path == "spec.components[1].properties.objects[0]"
    assert "also at spec.components[0].properties.objects[0]" in found.message


def test_an_object_that_a_trait_makes_has_its_place_there() -> None:
    twice = [{"type": "expose", "name": name, "properties": {"port": [80]}} for name in ("one", "two")]
    (found,) = refused(component("web", "webservice", *twice))
    assert found.path == "spec.components[0].traits[1].properties"
    assert "also at spec.components[0].traits[0].properties" in found.message


def test_the_service_of_a_trait_replaces_that_of_its_component() -> None:
    expose = {"type": "expose", "properties": {"port": [80], "type": "NodePort"}}
    found = render.render(application(component("web", "webservice", expose, ports=[{"port": 80, "expose": True}])))
    assert [item.severity for item in found.diagnostics] == [Severity.WARNING]
    assert [item.object["spec"].get("type") for item in found.rendered] == [None, "NodePort"]


def test_what_is_printed_is_what_would_be_applied_also_where_a_trait_replaces_a_service() -> None:
    expose = {"type": "expose", "properties": {"port": [80], "type": "NodePort"}}
    app = application(component("web", "webservice", expose, ports=[{"port": 80, "expose": True}]))
    printed, applied = render.render(app, purpose=Purpose.PRINT), render.render(app, purpose=Purpose.APPLY)
    assert printed.objects == applied.objects


def test_the_namespace_is_the_objects_own_then_the_topologys_then_the_applications() -> None:
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "own", "namespace": "kept"}}
    items = (objects(CONFIG_MAP, own),)

    def namespaces(**spec: Any) -> list[str]:
        return [item["metadata"]["namespace"] for item in rendered(*items, **spec)]

    assert namespaces() == ["default", "kept"]
    assert namespaces(metadata={"namespace": "retail"}) == ["retail", "kept"]
    assert namespaces(metadata={"namespace": "retail"}, policies=[topology(namespace="shop")]) == ["shop", "kept"]


def test_cluster_scoped_kinds_get_no_namespace() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:x"}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "ships.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Ship"}},
    }
    ship = {"apiVersion": "example.com/v1", "kind": "Ship", "metadata": {"name": "a", "namespace": "x"}}
    assert ["namespace" in item["metadata"] for item in rendered(objects(role, crd, ship))] == [False] * 3


def test_labels_and_annotations_of_the_application_win_and_are_filtered() -> None:
    item = {**CONFIG_MAP, "metadata": {"name": "a", "labels": {"tier": "own", "keep": "1"}}}
    metadata = {
        "labels": {"tier": "app", "gone": "1"},
        "annotations": {
            "note": "x",
            "hidden": "y",
            "app.oam.dev/publishVersion": "v1",
            "filter.oam.dev/label-keys": "gone",
            "filter.oam.dev/annotation-keys": "hidden, other",
        },
    }
    (found,) = rendered(objects(item), metadata=metadata)
    own = {"app.oam.dev/name": "shop", "app.oam.dev/component": "plain"}
    assert found["metadata"]["labels"] == {"tier": "app", "keep": "1", **own}
    assert found["metadata"]["annotations"] == {"note": "x"}


def test_status_is_left_to_the_cluster_and_empty_annotations_are_not_written() -> None:
    (found,) = rendered(objects({**CONFIG_MAP, "status": {"x": 1}}))
    assert "status" not in found
    assert "annotations" not in found["metadata"]


def test_a_topology_must_be_named_where_there_are_several() -> None:
    app = application(component(), policies=[topology("a", namespace="one"), topology("b", namespace="two")])
    assert render.render(app).errors[0].hint == "ask for one of a, b"
    assert render.render(app, "b").objects[0]["metadata"]["namespace"] == "two"
    assert render.render(app, "c").errors[0].reason is Reason.NOT_FOUND


def test_k8s_objects_that_are_no_objects_are_refused_by_path() -> None:
    found = refused(objects({"kind": "ConfigMap"}, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": 5}}))
    assert [item.path for item in found] == [
        "spec.components[0].properties.objects[0].apiVersion",
        "spec.components[0].properties.objects[1].metadata.name",
    ]
    assert [item.path for item in refused(objects())] == ["spec.components[0].properties.objects"]


def test_an_unnamed_first_object_is_called_like_its_component() -> None:
    (found,) = rendered(objects({"apiVersion": "v1", "kind": "ConfigMap"}, name="settings"))
    assert found["metadata"]["name"] == "settings"


def test_rendering_changes_nothing_it_was_given() -> None:
    app = application(objects(CONFIG_MAP), component("web", "webservice", {"type": "labels", "properties": {"a": "b"}}))
    before = app.model_dump_json()
    assert render.render(app).objects == render.render(app).objects
    assert app.model_dump_json() == before


SCRIPT = """
import json
from tests.unit.cloud import applications, every_type
from pinnace_cloud import render
from pinnace_cloud.render import Purpose, output
for app in (applications.everything(), every_type.every_type()):
    found = render.render(app, purpose=Purpose.PRINT)
    print(output.to_yaml(found.rendered), json.dumps(found.objects), [str(item) for item in found.diagnostics])
"""


@pytest.mark.slow
def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    def run(seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(["", *sys.path])}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True)
        return done.stdout

    assert run("1") == run("2")
    assert json.dumps(render.render(applications.everything()).objects) in run("3").decode()
