"""Fields that are left to others: what is sent of them depends on who owns them now, and nothing given is changed."""

import copy
from typing import Any

import pytest

from pinnace_edge.model import KubeObject
from pinnace_edge.rules import once, recreation
from pinnace_schemas import names
from pinnace_schemas.labels import FIELD_MANAGER

PATHS = ("spec.replicas",)


def deployment(replicas: int | None = None, *images: str) -> KubeObject:
    containers = [{"name": f"c{index}", "image": image} for index, image in enumerate(images or ("web:1",))]
    spec = {"template": {"spec": {"containers": containers}}, **({} if replicas is None else {"replicas": replicas})}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def owned(body: KubeObject, fields: dict[str, Any], manager: str = FIELD_MANAGER) -> KubeObject:
    """`body` as it is in the cluster, with these fields (of `spec`) of one manager."""
    entry = {"manager": manager, "operation": "Apply", "fieldsV1": {"f:spec": fields}}
    return {**body, "metadata": {**body["metadata"], "managedFields": [entry]}}


def test_a_field_that_is_still_ours_is_sent_as_it_is_now() -> None:
    live = owned(deployment(3), {"f:replicas": {}})
    assert once.adapted(deployment(1), live, PATHS) == deployment(3)


def test_a_field_that_somebody_took_is_not_sent() -> None:
    live = owned(deployment(3), {"f:template": {}})
    assert once.adapted(deployment(1), live, PATHS) == deployment()
    assert once.adapted(deployment(1), owned(deployment(3), {"f:replicas": {}}, "kubectl"), PATHS) == deployment()


def test_a_field_that_is_gone_is_not_sent() -> None:
    assert once.adapted(deployment(1), owned(deployment(), {"f:replicas": {}}), PATHS) == deployment()


@pytest.mark.parametrize("fields", [{}, {"f:spec": {"f:containers": {'k:{"name":"c0"}': {".": {}, "f:image": {}}}}}])
def test_an_item_of_a_list_is_found_by_its_number_and_its_owner_by_its_keys(fields: dict[str, Any]) -> None:
    """A template without further fields is one value, and all of it is ours."""
    live = owned(deployment(None, "web:9", "log:9"), {"f:template": fields})
    path = "spec.template.spec.containers[0].image"
    assert once.adapted(deployment(None, "web:1", "log:1"), live, (path,)) == deployment(None, "web:9", "log:1")


def keyed(*names: str) -> dict[str, Any]:
    items: dict[str, Any] = {f'k:{{"name":"{name}"}}': {".": {}, "f:name": {}, "f:image": {}} for name in names}
    return {"f:template": {"f:spec": {"f:containers": items}}}


def test_an_item_is_the_one_that_we_have_sent_wherever_it_stands_now() -> None:
    body, seen = deployment(None, "web:1"), deployment(None, "web:9")
    seen["spec"]["template"]["spec"]["containers"].insert(0, {"name": "mesh", "image": "mesh:5"})
    path = "spec.template.spec.containers[0].image"
    assert once.adapted(body, owned(seen, keyed("c0")), (path,)) == deployment(None, "web:9")


def test_an_item_that_is_new_is_sent_as_it_is() -> None:
    body = deployment(None, "web:1", "log:1")
    path = "spec.template.spec.containers[1].image"
    assert once.adapted(body, owned(deployment(None, "web:1"), keyed("c0")), (path,)) == body


@pytest.mark.parametrize(
    "path", ["spec.paused", "spec.template.spec.containers[7].image", "spec.replicas.deep", "a[0]"]
)
def test_a_path_that_is_nowhere_changes_nothing(path: str) -> None:
    live = owned(deployment(3), {"f:replicas": {}})
    assert once.adapted(deployment(1), live, (path,)) == deployment(1)


def test_nothing_that_was_given_is_changed() -> None:
    body, live = deployment(1), owned(deployment(3), {"f:replicas": {}})
    before = copy.deepcopy((body, live))
    once.adapted(body, live, PATHS)
    assert (body, live) == before


@pytest.mark.parametrize(
    ("wanted", "live", "changed"),
    [
        (deployment(1), deployment(1), ""),
        (deployment(1), deployment(2), "spec"),
        (deployment(), deployment(2), ""),
        (deployment(2), deployment(), "spec"),
        (deployment(None, "web:1"), deployment(None, "web:2"), "spec"),
        (deployment(None, "web:1"), deployment(None, "web:1", "log:1"), "spec"),
    ],
)
def test_an_object_is_made_anew_for_what_is_wanted_and_not_for_what_the_cluster_filled_in(
    wanted: KubeObject, live: KubeObject, changed: str
) -> None:
    assert recreation.changed_field(wanted, live, ("metadata.name", "spec")) == changed


def test_a_field_that_neither_has_is_no_reason_to_make_an_object_anew() -> None:
    assert recreation.changed_field(deployment(), deployment(), ("spec.paused",)) == ""


def test_a_field_that_is_not_wanted_any_more_is_another_only_if_we_have_set_it() -> None:
    """A Service that names no `clusterIP` has one all the same."""
    path = "spec.replicas"
    assert recreation.changed_field(deployment(), owned(deployment(1), {"f:template": {}}), (path,)) == ""
    assert recreation.changed_field(deployment(), owned(deployment(1), {"f:replicas": {}}), (path,)) == path


def test_a_field_that_is_null_is_one_that_is_not_set() -> None:
    wanted = deployment(1)
    wanted["spec"]["paused"] = None
    assert recreation.changed_field(wanted, deployment(1), ("spec",)) == ""


def test_a_namespace_is_never_made_anew() -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": {"size": "1"}}}
    assert recreation.changed_field({**space, "metadata": {"name": "a"}}, space, ("metadata", "kind")) == ""
    assert recreation.changed_field({**space, "spec": {}}, space, ("spec",)) == ""


@pytest.mark.parametrize("name", ["web", "w" * 63, "w" * 53 + "-" + "w" * 9, "a.b-"])
def test_the_trial_of_an_object_differs_in_nothing_but_a_name_that_every_kind_takes(name: str) -> None:
    body = {**deployment(1), "metadata": {"name": name, "labels": {"a": "b"}}}
    found = recreation.trial_of(body)
    shown = found["metadata"]["name"]
    assert names.is_dns_label(shown.replace(".", ""))
    assert shown != name
    assert {**found, "metadata": {**found["metadata"], "name": name}} == body


FORBIDDEN = (
    'Deployment.apps "web-1" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'admission webhook "a.example" denied the request: no such registry',
    "deployments.apps \"web-1\" is forbidden: ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no",
)
PASSING = (
    'Service "web-1" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    'CustomResourceDefinition "a-1" is invalid: metadata.name: Invalid value: "a-1": must be spec.names.plural+...',
    'deployments.apps "web-1" is forbidden: exceeded quota: small, requested: count/deployments.apps=1',
)


@pytest.mark.parametrize(("words", "is_forbidden"), [(w, True) for w in FORBIDDEN] + [(w, False) for w in PASSING])
def test_what_only_the_old_object_or_the_name_of_the_trial_is_in_the_way_of_forbids_nothing(
    words: str, is_forbidden: bool
) -> None:
    assert recreation.forbids(words) is is_forbidden
