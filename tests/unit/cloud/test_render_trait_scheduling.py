"""Where pods run: `affinity` and `topologyspreadconstraints`; whom they know: `hostalias`."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, doubted, errors, pod, trait, warnings

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
HOST = {"topologyKey": "kubernetes.io/hostname"}
ZONE = {"topologyKey": "zone"}


def affinity(**properties: Any) -> Json:
    return trait("affinity", **properties)


def spread(*constraints: Json) -> Json:
    return trait("topologyspreadconstraints", constraints=list(constraints))


def aliases(*items: tuple[str, list[str]]) -> Json:
    return trait("hostalias", hostAliases=[{"ip": ip, "hostnames": names} for ip, names in items])


def names(*traits: Json) -> list[tuple[str, list[str]]]:
    return [(item["ip"], item["hostnames"]) for item in pod(*traits)["hostAliases"]]


@pytest.mark.parametrize("sort", ["podAffinity", "podAntiAffinity"])
def test_pods_are_near_others_or_far_from_them(sort: str) -> None:
    selector = {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "k", "operator": "NotIn", "values": ["v"]}]}
    term = {**HOST, "labelSelector": selector, "namespaces": ["n"], "namespaceSelector": {"matchLabels": {"c": "d"}}}
    preferred = [{"weight": 100, "podAffinityTerm": ZONE}]
    found = pod(affinity(**{sort: {"required": [term], "preferred": preferred}}))
    assert found["affinity"] == {sort: {REQUIRED: [term], PREFERRED: preferred}}


def test_pods_run_on_certain_nodes() -> None:
    term = {
        "matchExpressions": [{"key": "cpus", "operator": "Gt", "values": ["8"]}],
        "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}],
    }
    preferred = [{"weight": 1, "preference": {"matchExpressions": [{"key": "ssd", "operator": "Exists"}]}}]
    found = pod(affinity(nodeAffinity={"required": {"nodeSelectorTerms": [term]}, "preferred": preferred}))
    assert found["affinity"] == {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [term]}, PREFERRED: preferred}}


def test_values_are_compared_with_in_unless_told_otherwise() -> None:
    nodes = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "values": ["b"]}]}]}
    found = pod(affinity(nodeAffinity={"required": nodes}))["affinity"]["nodeAffinity"][REQUIRED]
    assert found["nodeSelectorTerms"][0]["matchExpressions"] == [{"key": "a", "operator": "In", "values": ["b"]}]


def test_taints_are_tolerated() -> None:
    full = {"key": "a", "operator": "Exists", "effect": "NoExecute", "value": "v", "tolerationSeconds": 5}
    found = pod(affinity(tolerations=[full, {"key": "b"}]))
    assert found["tolerations"] == [full, {"key": "b", "operator": "Equal"}]
    assert "affinity" not in found


def test_nothing_asked_for_changes_nothing() -> None:
    assert pod(affinity()) == pod()


def test_what_two_traits_ask_for_adds_up() -> None:
    first = affinity(podAffinity={"required": [HOST]}, tolerations=[{"key": "a"}])
    second = affinity(
        podAffinity={"required": [HOST, ZONE]}, tolerations=[{"key": "b"}], podAntiAffinity={"required": [ZONE]}
    )
    found = pod(first, second)
    assert found["affinity"] == {"podAffinity": {REQUIRED: [HOST, ZONE]}, "podAntiAffinity": {REQUIRED: [ZONE]}}
    assert [item["key"] for item in found["tolerations"]] == ["a", "b"]


def test_required_nodes_of_two_traits_must_agree() -> None:
    first, second = (
        affinity(nodeAffinity={"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": key}]}]}})
        for key in ("a", "b")
    )
    assert pod(first, first) == pod(first)
    ((place, said),) = errors(first, second)
    assert place == "traits[1].properties"
    assert "nodeSelectorTerms[0].matchExpressions[0].key: the patch has the text 'b', but the text 'a' is there" in said


def test_a_single_namespace_of_pods_is_doubtful() -> None:
    term = {**HOST, "namespace": "n"}
    written = affinity(
        podAffinity={"required": [term]}, podAntiAffinity={"preferred": [{"weight": 1, "podAffinityTerm": term}]}
    )
    assert pod(written)["affinity"]["podAffinity"][REQUIRED] == [term]
    message = "Kubernetes has no field 'namespace' here"
    assert doubted(written) == [
        ("traits[0].properties.podAffinity.required[0].namespace", message),
        ("traits[0].properties.podAntiAffinity.preferred[0].podAffinityTerm.namespace", message),
    ]


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"podAffinity": {"required": [{}]}}, "podAffinity.required[0].topologyKey"),
        ({"podAffinity": {"required": [{**HOST, "x": 1}]}}, "podAffinity.required[0].x"),
        (
            {"podAffinity": {"required": [{**HOST, "labelSelector": {"a": "b"}}]}},
            "podAffinity.required[0].labelSelector.a",
        ),
        (
            {"podAntiAffinity": {"preferred": [{"weight": 0, "podAffinityTerm": HOST}]}},
            "podAntiAffinity.preferred[0].weight",
        ),
        ({"nodeAffinity": {"preferred": [{"weight": 101, "preference": {}}]}}, "nodeAffinity.preferred[0].weight"),
        (
            {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"x": 1}]}}},
            "nodeAffinity.required.nodeSelectorTerms[0].x",
        ),
        ({"tolerations": [{"effect": "Never"}]}, "tolerations[0].effect"),
        ({"tolerations": [{"operator": "In"}]}, "tolerations[0].operator"),
    ],
)
def test_terms_of_affinity_are_closed(properties: Json, path: str) -> None:
    ((place, _),) = errors(affinity(**properties))
    assert place == f"traits[0].properties.{path}"


def test_what_stands_around_the_terms_is_open() -> None:
    assert warnings(affinity(podAffinity={"x": 1})) == [("traits[0].properties.podAffinity.x", "unknown field 'x'")]


def test_a_constraint_is_strict_unless_told_otherwise() -> None:
    assert pod(spread({"maxSkew": 1, **ZONE}))["topologySpreadConstraints"] == [
        {"maxSkew": 1, **ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
    ]


def test_a_constraint_is_written_as_it_is_given() -> None:
    full = {
        "maxSkew": 2,
        **HOST,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]},
        "minDomains": 3,
        "matchLabelKeys": ["tier"],
        "nodeAffinityPolicy": "Honor",
        "nodeTaintsPolicy": "Ignore",
    }
    assert pod(spread(full))["topologySpreadConstraints"] == [full]


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"tolerations": [{"effect": "NoExecute"}]}, "a toleration without 'key' needs 'operator: Exists'"),
        (
            {"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]},
            "a toleration of 'a' with 'operator: Exists' has a value",
        ),
        (
            {"podAffinity": {"required": [{**HOST, "labelSelector": {"matchExpressions": [{"key": "a"}]}}]}},
            "a condition on 'a' with 'operator: In' needs values",
        ),
        (
            {
                "nodeAffinity": {
                    "preferred": [
                        {
                            "weight": 1,
                            "preference": {"matchFields": [{"key": "a", "operator": "Exists", "values": ["b"]}]},
                        }
                    ]
                }
            },
            "a condition on 'a' with 'operator: Exists' has values",
        ),
    ],
)
def test_conditions_that_no_cluster_takes_are_doubtful(properties: Json, message: str) -> None:
    assert doubted(affinity(**properties)) == [("traits[0].properties", message)]


def test_labels_are_no_conditions_whatever_they_are_called() -> None:
    selector = {"matchLabels": {"key": "a", "operator": "In"}}
    assert doubted(affinity(podAffinity={"required": [{**HOST, "labelSelector": selector}]})) == []


def test_a_number_of_places_needs_a_strict_constraint() -> None:
    soft = {"maxSkew": 1, **ZONE, "minDomains": 2, "whenUnsatisfiable": "ScheduleAnyway"}
    message = "'minDomains' of 'zone' needs 'whenUnsatisfiable: DoNotSchedule'"
    assert doubted(spread(soft)) == [("traits[0].properties.constraints", message)]


def test_constraints_of_two_traits_add_up() -> None:
    found = pod(spread({"maxSkew": 1, **ZONE}), spread({"maxSkew": 1, **HOST}, {"maxSkew": 1, **ZONE}))
    assert [item["topologyKey"] for item in found["topologySpreadConstraints"]] == ["zone", "kubernetes.io/hostname"]


def test_constraints_for_one_topology_are_one_and_must_agree() -> None:
    first, second = {"maxSkew": 1, **ZONE}, {"maxSkew": 1, **ZONE, "minDomains": 2}
    (found,) = pod(spread(first), spread(second))["topologySpreadConstraints"]
    assert (found["maxSkew"], found["minDomains"]) == (1, 2)
    ((place, said),) = errors(spread({"maxSkew": 1, **HOST}, first), spread({"maxSkew": 2, **ZONE}))
    assert place == "traits[1].properties.constraints"
    assert "topologySpreadConstraints[1].maxSkew: the patch has the number 2, but the number 1 is there" in said
    message = "constraint 'zone DoNotSchedule' stands twice"
    assert doubted(spread(first, second)) == [("traits[0].properties.constraints", message)]


@pytest.mark.parametrize(
    ("constraint", "path"),
    [
        ({"maxSkew": 1}, "topologyKey"),
        (ZONE, "maxSkew"),
        ({"maxSkew": 1, **ZONE, "labelSelector": {"a": "b"}}, "labelSelector.a"),
        ({"maxSkew": 1, **ZONE, "whenUnsatisfiable": "Never"}, "whenUnsatisfiable"),
    ],
)
def test_a_constraint_without_its_measure_is_refused(constraint: Json, path: str) -> None:
    ((place, _),) = errors(spread(constraint))
    assert place == f"traits[0].properties.constraints[0].{path}"


def test_addresses_get_names() -> None:
    assert names(aliases(("10.0.0.1", ["a", "b"]), ("10.0.0.2", ["c"]))) == [
        ("10.0.0.1", ["a", "b"]),
        ("10.0.0.2", ["c"]),
    ]
    assert names(trait("hostalias")) == []


def test_names_of_one_address_add_up_over_traits() -> None:
    assert names(aliases(("10.0.0.1", ["a"])), aliases(("10.0.0.2", ["c"]), ("10.0.0.1", ["b", "a"]))) == [
        ("10.0.0.1", ["a", "b"]),
        ("10.0.0.2", ["c"]),
    ]


def test_one_address_twice_in_one_trait_is_doubtful() -> None:
    twice = aliases(("10.0.0.1", ["a"]), ("10.0.0.1", ["b"]))
    assert len(names(twice)) == 2
    assert doubted(twice) == [("traits[0].properties.hostAliases", "host alias '10.0.0.1' stands twice")]


def test_an_address_is_an_ip_address() -> None:
    assert doubted(aliases(("10.0.0.1", ["a"]), ("fd00::1", ["b"]))) == []
    assert doubted(aliases(("db", ["a"]))) == [("traits[0].properties.hostAliases", "'db' is no IP address")]


@pytest.mark.parametrize("alias", [{"ip": "10.0.0.1"}, {"hostnames": ["a"]}])
def test_an_alias_is_an_address_and_names(alias: Json) -> None:
    ((_, said),) = errors(trait("hostalias", hostAliases=[alias]))
    assert said == "is required"
