"""Who pods are: `service-account`; what they know from Secrets: `service-binding`."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, container, deployment, doubted, errors, objects, pod, trait, warnings

READ = {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["one"]}
METRICS = {"verbs": ["get"], "nonResourceURLs": ["/metrics"], "scope": "cluster"}
RBAC = "rbac.authorization.k8s.io"


def account(**properties: Any) -> Json:
    return trait("service-account", name="reader", **properties)


def binding(**mappings: Json) -> Json:
    return trait("service-binding", envMappings=mappings)


def made(*traits: Json) -> list[Json]:
    """The objects besides the workload, with nothing but the name in their metadata."""
    return [{**item, "metadata": item["metadata"]["name"]} for item in objects(*traits)[1:]]


def test_pods_get_the_account_and_the_last_trait_wins() -> None:
    assert pod(account(), base=deployment(serviceAccountName="old"))["serviceAccountName"] == "reader"
    assert pod(trait("service-account", name="first"), account())["serviceAccountName"] == "reader"


def test_an_account_is_made_only_if_asked_for() -> None:
    assert made(account(privileges=[])) == []
    assert made(account(create=True)) == [{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": "reader"}]


def test_privileges_become_roles_of_the_namespace_and_of_the_cluster() -> None:
    cluster_role, cluster_binding, role, role_binding = made(account(privileges=[READ, METRICS]))
    rules = [{key: value for key, value in METRICS.items() if key != "scope"}]
    assert cluster_role == {
        "apiVersion": f"{RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": "default:reader",
        "rules": rules,
    }
    assert cluster_binding["kind"] == "ClusterRoleBinding"
    assert cluster_binding["roleRef"] == {"apiGroup": RBAC, "kind": "ClusterRole", "name": "default:reader"}
    assert cluster_binding["subjects"] == [{"kind": "ServiceAccount", "name": "reader", "namespace": "default"}]
    assert (role["kind"], role["metadata"], role["rules"]) == ("Role", "reader", [READ])
    assert role_binding["roleRef"] == {"apiGroup": RBAC, "kind": "Role", "name": "reader"}
    assert role_binding["subjects"] == [{"kind": "ServiceAccount", "name": "reader"}]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"privileges": [{}]}, "privileges[0].verbs"),
        ({"privileges": [{**READ, "scope": "world"}]}, "privileges[0].scope"),
        ({"privileges": [{**READ, "groups": []}]}, "privileges[0].groups"),
        ({"create": "yes"}, "create"),
    ],
)
def test_privileges_are_closed(properties: Json, path: str) -> None:
    ((place, _),) = errors(account(**properties))
    assert place == f"traits[0].properties.{path}"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"resources": ["pods"]}, "rules about objects need 'apiGroups' ('' is the core) and 'resources'"),
        ({"apiGroups": [""]}, "rules about objects need 'apiGroups' ('' is the core) and 'resources'"),
        ({"nonResourceURLs": ["/"]}, "'nonResourceURLs' need 'scope: cluster' and a rule of their own"),
        ({**READ, **METRICS}, "'nonResourceURLs' need 'scope: cluster' and a rule of their own"),
        ({}, "a rule needs 'apiGroups' and 'resources', or 'nonResourceURLs'"),
    ],
)
def test_a_rule_that_no_cluster_takes_is_doubtful(rule: Json, message: str) -> None:
    assert doubted(account(privileges=[{"verbs": ["get"], **rule}])) == [
        ("traits[0].properties.privileges[0]", message)
    ]
    assert doubted(account(privileges=[READ, METRICS])) == []


def test_an_account_has_a_name_and_pods() -> None:
    assert errors(trait("service-account")) == [("traits[0].properties.name", "is required")]
    ((place, _),) = errors(account(), base={"apiVersion": "v1", "kind": "ConfigMap"})
    assert place == "traits[0].type"


def test_variables_come_from_secrets_in_the_order_of_names() -> None:
    base = deployment({"name": "web", "image": "nginx", "env": [{"name": "Z", "value": "1"}]})
    found = container(binding(B={"secret": "s"}, A={"secret": "s", "key": "k"}), base=base)
    assert found["env"] == [
        {"name": "Z", "value": "1"},
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "B"}}},
    ]


def test_bindings_of_two_traits_add_up() -> None:
    found = container(binding(A={"secret": "s"}), binding(B={"secret": "t"}))
    assert [item["name"] for item in found["env"]] == ["A", "B"]


def test_a_variable_that_has_a_value_gets_no_secret() -> None:
    base = deployment({"name": "web", "image": "nginx", "env": [{"name": "A", "value": "1"}]})
    message = "container 'web': variable 'A' has a value and a source"
    assert doubted(binding(A={"secret": "s"}), base=base) == [("traits[0].properties.envMappings", message)]


def test_service_binding_is_deprecated() -> None:
    assert warnings(binding()) == [("traits[0].type", "the trait type 'service-binding' is deprecated")]


@pytest.mark.parametrize(
    ("mapping", "path"), [({}, "secret"), ({"secret": "s", "name": "x"}, "name"), ({"secret": "s", "key": 1}, "key")]
)
def test_bindings_are_closed(mapping: Json, path: str) -> None:
    ((place, _),) = errors(binding(A=mapping))
    assert place == f"traits[0].properties.envMappings.A.{path}"


def test_without_the_components_own_container_nothing_is_bound() -> None:
    ((place, said),) = errors(binding(A={"secret": "s"}), base=deployment({"name": "other", "image": "a"}))
    assert (place, said) == ("traits[0].type", "there is no container 'web' here")
