"""The adapter replaces an object as a whole: the order of the requests, and what stops it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.unit.edge.kube_server import Asked, KubeServer, Reply, Script, config_map, serving, status

from pinnace_edge.model import Applied, ApplyRequest, Change, Kind, Ref
from pinnace_edge.rules import replacement
from pinnace_schemas import times
from pinnace_schemas.labels import FIELD_MANAGER
from pinnace_schemas.reasons import Reason

PATH = "/api/v1/namespaces/shops/configmaps/settings"
MODIFIED = status(409, "the object has been modified")
INVALID = status(422, 'ConfigMap "settings" is invalid: data.value: Forbidden: does not go with data.theirs')


def request(*, dry_run: bool = False) -> ApplyRequest:
    body = config_map("settings")
    ref = Ref(Kind("v1", "ConfigMap"), "shops", "settings")
    whole = partial(replacement.whole, body, ())
    return ApplyRequest(ref, body, force=True, dry_run=dry_run, replacing=whole)


def applied(kube: KubeServer, asked: ApplyRequest) -> Applied:
    return kube.cluster().apply([asked])[0]


def methods(kube: KubeServer) -> list[str]:
    return [each.method for each in kube.asked if each.path == PATH]


def answers(**by_method: list[Reply]) -> Script:
    """One after the other; the last one again and again."""

    def script(asked: Asked) -> Reply:
        left = by_method.get(asked.method) if asked.path == PATH else None
        if not left:
            return status(404, "not scripted")
        return left.pop(0) if len(left) > 1 else left[0]

    return script


def version(number: int) -> Reply:
    return Reply(200, config_map("settings", version=str(number)))


def test_what_is_new_is_not_replaced(tmp_path: Path) -> None:
    with serving(answers(PATCH=[Reply(201, config_map("settings"))]), tmp_path) as kube:
        assert applied(kube, request()).change is Change.CREATED
        assert methods(kube) == ["PATCH"]


def test_the_apply_comes_first(tmp_path: Path) -> None:
    with serving(answers(PATCH=[version(2)], PUT=[version(3)]), tmp_path) as kube:
        found = applied(kube, request())
        assert methods(kube) == ["PATCH", "PUT"]
    assert found.change is Change.CONFIGURED
    assert found.live is not None
    assert found.live.resource_version == "3"


def test_an_object_that_others_write_meanwhile_is_read_again(tmp_path: Path) -> None:
    script = answers(PATCH=[version(2)], PUT=[MODIFIED, MODIFIED, version(5)], GET=[version(3), version(4)])
    with serving(script, tmp_path) as kube:
        assert applied(kube, request()).change is Change.CONFIGURED
        assert methods(kube) == ["PATCH", "PUT", "GET", "PUT", "GET", "PUT"]


def test_an_object_that_others_write_without_end_is_replaced_later(tmp_path: Path) -> None:
    with serving(answers(PATCH=[version(2)], PUT=[MODIFIED], GET=[version(3)]), tmp_path) as kube:
        found = applied(kube, request())
        assert (found.change, found.live) == (Change.RETRY, None)
        assert methods(kube).count("PUT") == 5


@pytest.mark.parametrize("told", [INVALID, status(403, 'cannot update resource "configmaps"')])
def test_an_object_that_must_not_be_replaced_is_not_applied(tmp_path: Path, told: Reply) -> None:
    with serving(answers(PATCH=[version(2)], PUT=[told]), tmp_path) as kube:
        found = applied(kube, request())
    assert (found.change, found.live) == (Change.REFUSED, None)
    assert found.message == told.body["message"]


GONE = status(404, 'configmaps "settings" not found', name="settings")


@pytest.mark.parametrize("put", [(GONE,), (MODIFIED, GONE)])
def test_an_object_that_has_gone_since_the_apply_is_made_anew(tmp_path: Path, put: tuple[Reply, ...]) -> None:
    """The apply may take the last finalizer of an object that is being deleted."""
    made = Reply(201, config_map("settings", version="3"))
    with serving(answers(PATCH=[version(2), made], PUT=list(put), GET=[GONE]), tmp_path) as kube:
        assert applied(kube, request()).change is Change.CREATED
        assert methods(kube)[-1] == "PATCH"


def test_a_change_by_the_apply_counts_where_the_replacement_writes_nothing(tmp_path: Path) -> None:
    """However long that takes: the KubeAPI's answer to it is no younger than our entry then."""
    with serving(answers(PATCH=[applied_ago(0.0)], PUT=[applied_ago(30.0)]), tmp_path) as kube:
        assert applied(kube, request()).change is Change.CONFIGURED
    with serving(answers(PATCH=[applied_ago(30.0)], PUT=[applied_ago(31.0)]), tmp_path) as kube:
        assert applied(kube, request()).change is Change.UNCHANGED


def applied_ago(seconds: float) -> Reply:
    """The same version, with our entry of so many seconds before the answer."""
    body = config_map("settings", version="2")
    at = times.format_time(datetime.now(UTC) - timedelta(seconds=seconds))
    body["metadata"]["managedFields"] = [{"manager": FIELD_MANAGER, "operation": "Apply", "time": at, "fieldsV1": {}}]
    return Reply(200, body)


def test_an_apply_that_does_not_go_with_what_others_have_set_comes_after_the_replacement(tmp_path: Path) -> None:
    script = answers(PATCH=[INVALID, version(4)], GET=[version(2)], PUT=[version(3)])
    with serving(script, tmp_path) as kube:
        assert applied(kube, request()).change is Change.CONFIGURED
        assert methods(kube) == ["PATCH", "GET", "PUT", "PATCH"]


def test_a_value_that_no_object_may_have_is_refused_in_the_words_of_the_replacement(tmp_path: Path) -> None:
    wrong = status(422, 'ConfigMap "settings" is invalid: data.value: Invalid value')
    with serving(answers(PATCH=[INVALID], GET=[version(2)], PUT=[wrong]), tmp_path) as kube:
        found = applied(kube, request())
        assert (found.change, found.message) == (Change.REFUSED, wrong.body["message"])
        assert methods(kube) == ["PATCH", "GET", "PUT"]


def test_a_new_object_with_such_a_value_is_refused_in_the_words_of_the_apply(tmp_path: Path) -> None:
    with serving(answers(PATCH=[INVALID]), tmp_path) as kube:
        found = applied(kube, request())
    assert (found.change, found.reason, found.message) == (Change.REFUSED, Reason.API_REJECTED, INVALID.body["message"])


@pytest.mark.parametrize(
    "told", [status(409, "conflict", causes=[{"reason": "FieldManagerConflict"}]), status(503, "")]
)
def test_what_is_not_applied_for_another_reason_is_not_replaced(tmp_path: Path, told: Reply) -> None:
    with serving(answers(PATCH=[told], PUT=[version(3)]), tmp_path) as kube:
        assert applied(kube, request()).live is None
        assert methods(kube) == ["PATCH"]
