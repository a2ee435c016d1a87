"""The table of built-in kinds: what merging needs to know of them."""

from __future__ import annotations

from tests.unit.sim.cluster.objects import DEPLOYMENT, kind

from pinnace_sim.cluster.schema import table
from pinnace_sim.cluster.schema.types import Items, ListType, Scalar, Type


def at(found: Type, *path: str) -> Type:
    """The type of a field; `[]` steps into the items of a list."""
    for step in path:
        inner = found.items.element if step == "[]" and found.items else found.members and found.members.of(step)
        assert inner, path
        found = inner
    return found


def items(found: Type, *path: str) -> Items:
    inner = at(found, *path).items
    assert inner
    return inner


def test_every_kind_of_the_table_can_be_read() -> None:
    """A reference to a type that the table lacks would be a KeyError."""
    assert all(table.of(*named) for named in table.kinds())


def test_unknown_kind_is_none() -> None:
    assert table.of("apps", "v1beta1", "Deployment") is None


def test_ports_are_told_apart_by_number_and_protocol_which_is_tcp() -> None:
    ports = items(DEPLOYMENT, "spec", "template", "spec", "containers", "[]", "ports")
    assert (ports.list_type, ports.keys, ports.merge_key) == (
        ListType.MAP,
        ("containerPort", "protocol"),
        "containerPort",
    )
    assert ports.element.members
    assert ports.element.members.defaults["protocol"] == "TCP"


def test_lists_are_atomic_maps_or_sets() -> None:
    pod = at(DEPLOYMENT, "spec", "template", "spec")
    assert items(pod, "tolerations").list_type is ListType.ATOMIC
    assert items(pod, "containers").keys == ("name",)
    assert items(DEPLOYMENT, "metadata", "finalizers").list_type is ListType.SET


def test_selectors_are_atomic_and_labels_are_not() -> None:
    selector, labels = at(DEPLOYMENT, "spec", "selector").members, at(DEPLOYMENT, "metadata", "labels").members
    assert selector
    assert labels
    assert (selector.is_atomic, labels.is_atomic) == (True, False)


def test_scalars_have_their_types() -> None:
    container = at(DEPLOYMENT, "spec", "template", "spec", "containers", "[]")
    assert at(DEPLOYMENT, "spec", "replicas").scalar is Scalar.INTEGER
    assert at(DEPLOYMENT, "spec", "paused").scalar is Scalar.BOOLEAN
    assert at(container, "image").scalar is Scalar.STRING
    assert at(container, "resources", "limits", "cpu").scalar is Scalar.QUANTITY
    assert at(container, "livenessProbe", "httpGet", "port").scalar is Scalar.ANY


def test_schema_of_a_definition_contains_itself() -> None:
    definition = kind("apiextensions.k8s.io", "CustomResourceDefinition")
    schema = at(definition, "spec", "versions", "[]", "schema", "openAPIV3Schema")
    assert at(schema, "properties", "anything", "items").scalar is Scalar.ANY
    assert at(schema, "properties", "anything") is schema
