"""The adapter against answers that a real KubeAPI gives only on bad days."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from tests.unit.edge.kube_server import CUT, Asked, Reply, config_map, discovery, page, serving, status

from pinnace_edge.model import ApplyRequest, Change, Kind, Ref
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.reasons import Reason

CONFIG_MAP = Kind("v1", "ConfigMap")
UNKNOWN = Kind("v1", "Nothing")
LIST = "/api/v1/configmaps"
NOT_FOUND = status(404, "not scripted")


def request(name: str) -> ApplyRequest:
    return ApplyRequest(Ref(CONFIG_MAP, "shops", name), config_map(name), force=True)


def test_list_that_expires_begins_anew(tmp_path: Path) -> None:
    pages = iter([page("a", following="x"), status(410, "too old"), page("b", following="y"), page("c")])
    with serving(lambda asked: next(pages) if asked.path == LIST else NOT_FOUND, tmp_path) as kube:
        found = kube.cluster().owned([CONFIG_MAP]).objects
    assert [ref.name for ref in found] == ["b", "c"]


def test_list_that_always_expires_is_given_up(tmp_path: Path) -> None:
    with serving(lambda asked: status(410, "too old") if asked.path == LIST else NOT_FOUND, tmp_path) as kube:
        with pytest.raises(Unavailable, match="expired 3 times"):
            kube.cluster().owned([CONFIG_MAP])
        assert kube.count(LIST) == 3


@pytest.mark.parametrize("code", [429, 503, 504])
def test_busy_api_is_unavailable_for_as_long_as_it_says(tmp_path: Path, code: int) -> None:
    busy = Reply(code, {"kind": "Status", "message": "slow down"}, {"Retry-After": "7"})
    with (
        serving(lambda asked: busy if asked.path == LIST else NOT_FOUND, tmp_path) as kube,
        pytest.raises(Unavailable, match=f"{code}: slow down") as raised,
    ):
        kube.cluster().owned([CONFIG_MAP])
    assert raised.value.retry_after_s == 7.0


def test_busy_answer_to_one_object_is_a_value(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path.endswith("/busy"):
            return Reply(429, {"kind": "Status", "message": "slow down"}, {"Retry-After": "3"})
        return Reply(201, config_map("m")) if asked.method == "PATCH" else NOT_FOUND

    with serving(script, tmp_path) as kube:
        fine, busy = kube.cluster().apply([request("fine"), request("busy")])
    assert fine.change is Change.CREATED
    assert (busy.change, busy.reason, busy.retry_after_s) == (Change.RETRY, Reason.CLUSTER_UNAVAILABLE, 3.0)


@pytest.mark.parametrize(
    ("body", "message"),
    [("welcome", "not an object"), (None, "not JSON"), ({"kind": "APIVersions"}, "Kubernetes 1.30")],
)
def test_something_that_is_not_a_kube_api_is_unavailable(tmp_path: Path, body: object, message: str) -> None:
    with (
        serving(lambda asked: Reply(200, body), tmp_path) as kube,
        pytest.raises(Unavailable, match=message),
    ):
        kube.cluster().owned([CONFIG_MAP])


def test_credentials_are_read_again_after_a_401_and_the_request_repeated(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.headers["Authorization"] == "Bearer second":
            return Reply(body={"gitVersion": "v1.36.3"})
        kube.write_kubeconfig("second")
        return status(401, "Unauthorized")

    with serving(script, tmp_path) as kube:
        assert kube.cluster().version() == "v1.36.3"
        assert kube.count("/version") == 2


def test_wrong_credentials_do_not_double_every_request(tmp_path: Path) -> None:
    with serving(lambda asked: status(401, "Unauthorized"), tmp_path) as kube:
        cluster = kube.cluster()
        for _ in range(3):
            with pytest.raises(Unavailable, match="401"):
                cluster.version()
        assert kube.count("/version") == 4


def test_discovery_is_asked_once_for_known_kinds(tmp_path: Path) -> None:
    with serving(lambda asked: NOT_FOUND, tmp_path) as kube:
        cluster = kube.cluster()
        assert [cluster.is_namespaced(CONFIG_MAP) for _ in range(3)] == [True] * 3
        assert kube.count("/apis") == 1


def test_unknown_kind_asks_discovery_again_but_not_each_time(tmp_path: Path) -> None:
    with serving(lambda asked: NOT_FOUND, tmp_path) as kube:
        cluster = kube.cluster(rediscovery_s=2.0)
        for _ in range(3):
            assert cluster.is_namespaced(UNKNOWN) is None
        assert kube.count("/apis") == 1
        kube.clock.moment += 2.0
        assert cluster.is_namespaced(UNKNOWN) is None
        assert kube.count("/apis") == 2


def test_unchanged_discovery_is_not_sent_again(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.headers.get("If-None-Match") == "tag":
            return Reply(304)
        return Reply(body=discovery("v1"), headers={"ETag": "tag"})

    with serving(script, tmp_path) as kube:
        cluster = kube.cluster(rediscovery_s=0.0)
        assert cluster.is_namespaced(UNKNOWN) is None
        assert cluster.is_namespaced(UNKNOWN) is None
        assert cluster.is_namespaced(CONFIG_MAP) is True


def test_kind_of_a_group_that_does_not_answer_is_not_unknown(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/apis":
            return Reply(body=discovery("metrics.k8s.io/v1", freshness="Stale", resources=False))
        return NOT_FOUND

    kind = Kind("metrics.k8s.io/v1", "PodMetrics")
    with serving(script, tmp_path) as kube:
        cluster = kube.cluster()
        with pytest.raises(Unavailable, match=r"metrics\.k8s\.io/v1"):
            cluster.is_namespaced(kind)
        assert cluster.owned([kind]).refused[kind][0] is Reason.CLUSTER_UNAVAILABLE


def test_object_of_a_group_that_does_not_answer_does_not_hold_up_the_others(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/apis":
            return Reply(body=discovery("metrics.k8s.io/v1", freshness="Stale", resources=False))
        return Reply(201, config_map("m")) if asked.method == "PATCH" else NOT_FOUND

    ref = Ref(Kind("metrics.k8s.io/v1", "PodMetrics"), "shops", "m")
    with serving(script, tmp_path) as kube:
        results = kube.cluster().apply([ApplyRequest(ref, {}, force=True), request("m")])
    assert [applied.change for applied in results] == [Change.RETRY, Change.CREATED]


def test_kind_whose_list_fails_by_itself_does_not_hide_the_others(tmp_path: Path) -> None:
    failure = status(500, "conversion webhook failed")
    other = Kind("apps/v1", "ConfigMap")

    def script(asked: Asked) -> Reply:
        lists = {LIST: failure, "/apis/apps/v1/configmaps": page("a")}
        return lists.get(asked.path, NOT_FOUND)

    with serving(script, tmp_path) as kube:
        found = kube.cluster().owned([CONFIG_MAP, other])
    assert found.refused == {CONFIG_MAP: (Reason.CLUSTER_UNAVAILABLE, "conversion webhook failed")}
    assert [ref.name for ref in found.objects] == ["a"]


def test_path_that_is_no_longer_served_makes_the_kind_unknown(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        return Reply(404, {"kind": "Status", "message": "could not find the requested resource", "details": {}})

    with serving(script, tmp_path) as kube:
        cluster = kube.cluster()
        (applied,) = cluster.apply([request("m")])
    assert (applied.change, applied.reason) == (Change.REFUSED, Reason.UNKNOWN_KIND)


def test_nothing_more_is_sent_once_nobody_answers(tmp_path: Path) -> None:
    numbers = itertools.count()

    def script(asked: Asked) -> Reply:
        if asked.method != "PATCH":
            return NOT_FOUND
        return Reply(201, config_map("m")) if next(numbers) == 0 else CUT

    with serving(script, tmp_path) as kube:
        results = kube.cluster(parallel_requests=1).apply([request(f"m{n}") for n in range(20)])
        assert [applied.change for applied in results] == [Change.CREATED] + [Change.RETRY] * 19
        assert sum(each.method == "PATCH" for each in kube.asked) == 2


def test_a_portal_that_answers_everything_is_unavailable(tmp_path: Path) -> None:
    """200 and JSON, but no KubeAPI."""
    with serving(lambda asked: NOT_FOUND if asked.path in ("/api", "/apis") else Reply(200, {}), tmp_path) as kube:
        cluster = kube.cluster()
        with pytest.raises(Unavailable, match="names no version"):
            cluster.version()
        with pytest.raises(Unavailable, match="no object of Kubernetes"):
            cluster.owned([CONFIG_MAP])
        with pytest.raises(Unavailable, match="no object of Kubernetes"):
            cluster.apply([request("a")])
        with pytest.raises(Unavailable, match="no object of Kubernetes"):
            cluster.read(Ref(CONFIG_MAP, "shops", "a"))


def test_one_kind_whose_server_is_away_does_not_hide_what_is_ours_anywhere(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/version":
            return Reply(200, {"gitVersion": "v1.36.3"})
        if asked.path == "/apis/apps/v1/configmaps":
            return status(503, "the server is currently unable to handle the request")
        return page("a") if asked.path == LIST else NOT_FOUND

    with serving(script, tmp_path) as kube:
        found = kube.cluster().owned_anywhere()
    assert [ref.name for ref in found.objects] == ["a"]
    assert [reason for reason, _ in found.refused.values()] == [Reason.CLUSTER_UNAVAILABLE]
