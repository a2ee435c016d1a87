"""What `k8s-update-strategy` says of how old pods give way to new ones."""

from typing import Any

import pytest
from tests.unit.cloud.pods import Json, deployment, doubted, errors, objects, trait, warnings


def update(kind: str = "Deployment", **strategy: Any) -> Json:
    return trait("k8s-update-strategy", targetKind=kind, strategy=strategy)


def spec(*traits: Json, kind: str = "Deployment", **old: Any) -> Json:
    """The workload's spec without its template."""
    base = {**deployment(), "kind": kind}
    found = objects(*traits, base={**base, "spec": {**base["spec"], **old}})[0]["spec"]
    return {key: value for key, value in found.items() if key != "template"}


def test_a_deployment_exchanges_a_quarter_at_once_unless_told_otherwise() -> None:
    expected = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    assert spec(trait("k8s-update-strategy")) == {"strategy": expected}
    assert spec(update(rollingStrategy={})) == {"strategy": expected}


def test_shares_are_written_as_they_are_given() -> None:
    wanted = {"maxSurge": "0%", "maxUnavailable": "10%"}
    expected = {"type": "RollingUpdate", "rollingUpdate": wanted}
    assert spec(update(rollingStrategy=wanted)) == {"strategy": expected}
    assert spec(update("DaemonSet", rollingStrategy=wanted), kind="DaemonSet") == {"updateStrategy": expected}


def test_a_stateful_set_has_a_partition() -> None:
    expected = {"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}
    found = spec(update("StatefulSet", rollingStrategy={"partition": 3}), kind="StatefulSet")
    assert found == {"updateStrategy": expected}


def test_the_strategy_replaces_the_one_that_is_there() -> None:
    old = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    assert spec(update(type="Recreate"), strategy=old) == {"strategy": {"type": "Recreate"}}
    assert spec(update(rollingStrategy={}), update(type="Recreate")) == {"strategy": {"type": "Recreate"}}
    found = spec(update("StatefulSet", type="OnDelete"), kind="StatefulSet", updateStrategy=old)
    assert found == {"updateStrategy": {"type": "OnDelete"}}


@pytest.mark.parametrize(
    ("kind", "strategy"), [("Deployment", "OnDelete"), ("StatefulSet", "Recreate"), ("DaemonSet", "Recreate")]
)
def test_a_strategy_that_the_kind_does_not_know_has_no_effect(kind: str, strategy: str) -> None:
    assert spec(update(kind, type=strategy), kind=kind) == {}
    message = f"a {kind} does not know '{strategy}'; the trait has no effect, as in KubeVela"
    assert warnings(update(kind, type=strategy), base={**deployment(), "kind": kind}) == [
        ("traits[0].properties.strategy.type", message)
    ]


def test_numbers_that_do_not_count_are_said() -> None:
    path = "traits[0].properties.strategy.rollingStrategy"
    assert warnings(update(type="Recreate", rollingStrategy={})) == [
        (path, "'rollingStrategy' has no effect with 'Recreate', as in KubeVela")
    ]
    assert warnings(update(rollingStrategy={"partition": 1})) == [
        (f"{path}.partition", "'partition' has no effect on a Deployment, as in KubeVela")
    ]
    stateful = {**deployment(), "kind": "StatefulSet"}
    assert warnings(update("StatefulSet", rollingStrategy={"maxSurge": "1"}), base=stateful) == [
        (f"{path}.maxSurge", "'maxSurge' has no effect on a StatefulSet, as in KubeVela")
    ]


def test_another_kind_than_the_workload_is_doubtful() -> None:
    message = "the workload is a Deployment, not a DaemonSet"
    assert doubted(update("DaemonSet", type="OnDelete")) == [("traits[0].properties.targetKind", message)]


@pytest.mark.parametrize(
    ("kind", "rolling", "path", "message"),
    [
        ("Deployment", {"maxSurge": "1"}, ".maxSurge", "'1' is no share of the pods, such as 25%"),
        ("Deployment", {"maxSurge": "0%", "maxUnavailable": "0%"}, "", "both are 0%: no pod could move"),
        ("DaemonSet", {}, "", "of 'maxSurge' and 'maxUnavailable' one must be 0%"),
    ],
)
def test_shares_that_no_cluster_takes_are_doubtful(kind: str, rolling: Json, path: str, message: str) -> None:
    found = doubted(update(kind, rollingStrategy=rolling), base={**deployment(), "kind": kind})
    assert found == [(f"traits[0].properties.strategy.rollingStrategy{path}", message)]


def test_what_has_no_effect_is_not_doubted() -> None:
    assert doubted(update("StatefulSet", type="Recreate")) == []
    one = {"maxSurge": "0%", "maxUnavailable": "1%"}
    assert doubted(update("DaemonSet", rollingStrategy=one), base={**deployment(), "kind": "DaemonSet"}) == []


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (update("Job"), "targetKind"),
        (update(type="Blue"), "strategy.type"),
        (update(rollingStrategy={"maxSurge": 1}), "strategy.rollingStrategy.maxSurge"),
        (update(rollingStrategy=None), "strategy.rollingStrategy"),
    ],
)
def test_what_nobody_knows_is_refused(written: Json, path: str) -> None:
    ((place, _),) = errors(written)
    assert place == f"traits[0].properties.{path}"
