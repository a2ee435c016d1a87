"""Watches against answers that a real KubeAPI gives only now and then."""

from __future__ import annotations

import functools
import queue
from pathlib import Path

import pytest
from tests.unit.edge.kube_server import Asked, Reply, config_map, page, serving, status

from pinnace_edge.adapters.kube.watching import Waits
from pinnace_edge.model import AppKey, Kind
from pinnace_edge.ports import ClusterChanged
from pinnace_schemas import labels
from pinnace_sim.provision.running import wait_until

CONFIG_MAP = Kind("v1", "ConfigMap")
DEADLINE_S = 20.0
OURS = {labels.APPLICATION: "till", labels.NAMESPACE: "shops"}
SILENT = status(403, 'cannot watch resource "configmaps"')


def event(kind: str, version: str) -> dict[str, object]:
    return {"type": kind, "object": config_map("m", version, **OURS)}


def expired() -> dict[str, object]:
    return {"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}}


def test_watch_is_resumed_at_the_last_version_and_begins_anew_when_that_is_too_old(tmp_path: Path) -> None:
    replies = iter(
        [
            Reply(body=[event("ADDED", "8"), event("BOOKMARK", "9")]),
            Reply(body=[event("MODIFIED", "10")]),
            Reply(body=[expired()]),
            Reply(410, {"kind": "Status", "message": "too old"}),
        ]
    )
    hints: queue.Queue[ClusterChanged] = queue.Queue()

    def script(asked: Asked) -> Reply:
        if "watch" in asked.query:
            return next(replies, SILENT)
        return page() if asked.path == "/api/v1/configmaps" else status(404, "not scripted")

    with serving(script, tmp_path) as kube:
        cluster = kube.cluster(hints.put, watch_backoff_s=0.01)
        cluster.watch([CONFIG_MAP])
        found = [hints.get(timeout=DEADLINE_S) for _ in range(3)]
        nobody, till = ClusterChanged(None), ClusterChanged(AppKey("shops", "till"))
        assert found == [nobody, till, till]
        wait_until(lambda: sum("watch" in each.query for each in kube.asked) >= 5, "five watches", DEADLINE_S)
        cluster.close()
    versions = [each.query["resourceVersion"] for each in kube.asked if "watch" in each.query]
    assert versions[:5] == ["7", "9", "10", "7", "7"]


def test_kind_that_may_not_be_watched_is_asked_for_again_only_when_told(tmp_path: Path) -> None:
    def script(asked: Asked) -> Reply:
        return SILENT if asked.path == "/api/v1/configmaps" else status(404, "not scripted")

    def was_asked(times: int) -> bool:
        return kube.count("/api/v1/configmaps") >= times

    with serving(script, tmp_path) as kube:
        cluster = kube.cluster(absent_kind_wait_s=1000.0)
        for times in (1, 2):
            cluster.watch([CONFIG_MAP])
            wait_until(functools.partial(was_asked, times), "the kind to be asked for", DEADLINE_S)
        cluster.close()
        assert kube.count("/api/v1/configmaps") == 2


@pytest.mark.parametrize(
    ("failures", "chance", "wait"),
    [(0, 0.0, 0.0), (0, 1.0, 0.5), (1, 1.0, 1.0), (3, 0.5, 2.0), (6, 1.0, 30.0), (10_000, 1.0, 30.0)],
)
def test_wait_after_a_failure_doubles_with_full_jitter(failures: int, chance: float, wait: float) -> None:
    assert Waits(backoff_s=30.0, absent_s=60.0).after(failures, chance) == wait


def test_wait_for_an_absent_kind_is_never_short() -> None:
    waits = Waits(backoff_s=30.0, absent_s=60.0)
    assert (waits.for_absent(0.0), waits.for_absent(1.0)) == (30.0, 60.0)
