"""Whatever is wrong with a request: the answer is an ErrorBody that names the place; the controller is not asked."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.cloud import controllers
from tests.unit.cloud.serving import Server

from pinnace_cloud import api as http
from pinnace_schemas import amounts, api
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

JSON = {"Content-Type": "application/json"}
APPLY = "/api/v1/apply"
SOURCE = {"name": "a.yaml", "text": ""}


def post(
    server: Server, content: bytes | Iterator[bytes], path: str = "/api/v1/apply", **headers: str
) -> api.ErrorBody:
    with server.client() as client:
        answer = client.post(path, content=content, headers={**JSON, **headers})
    assert answer.headers["content-type"] == "application/json"
    body = api.ErrorBody.model_validate_json(answer.content)
    assert answer.status_code == (413 if body.reason is Reason.TOO_LARGE else 422)
    assert server.controller.calls == []
    return body


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1,", b"nul", b'"\\ud800"', b"\x00"])
def test_malformed_json_is_named_as_such(server: Server, content: bytes) -> None:
    assert post(server, content).reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("value", "where", "reason"),
    [
        ({}, "sources", Reason.INVALID),
        ([], "body", Reason.INVALID),
        (None, "body", Reason.INVALID),
        ({"sources": []}, "sources", Reason.INVALID),
        ({"sources": [SOURCE], "dryrun": True}, "dryrun", Reason.UNKNOWN_FIELD),
        ({"sources": [SOURCE], "dry_run": "yes"}, "dry_run", Reason.INVALID),
        ({"sources": [SOURCE], "dry_run": 1}, "dry_run", Reason.INVALID),
        ({"sources": [{"name": "a", "text": 7}]}, "sources[0].text", Reason.INVALID),
        ({"sources": [SOURCE, {"name": "a", "text": "", "mode": 1}]}, "sources[1].mode", Reason.UNKNOWN_FIELD),
        ({"sources": [{**SOURCE, "name": "n" * 5000}]}, "sources[0].name", Reason.INVALID),
    ],
)
def test_a_wrong_field_is_named_by_its_path(server: Server, value: Any, where: str, reason: Reason) -> None:
    body = post(server, json.dumps(value).encode())
    assert (body.where, body.reason) == (where, reason)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(server: Server, kind: str) -> None:
    body = post(server, json.dumps({"sources": [SOURCE]}).encode(), **{"Content-Type": kind})
    assert (body.where, body.reason) == ("Content-Type", Reason.MALFORMED)


def test_a_charset_beside_the_type_is_no_fault(server: Server) -> None:
    with server.client() as client:
        answer = client.post(
            "/api/v1/tokens", content=b'{"node": "s1"}', headers={"Content-Type": "Application/JSON; charset=utf-8"}
        )
    assert answer.status_code == 201


def test_a_body_over_the_limit_is_refused_by_its_announced_length(server: Server) -> None:
    server.use(controllers.MemoryController(), http.ApiSettings("0.1.0", max_body_bytes=100))
    assert "100 bytes" in post(server, b" " * 101).message


def test_a_body_over_the_limit_is_refused_while_it_is_read(server: Server) -> None:
    server.use(controllers.MemoryController(), http.ApiSettings("0.1.0", max_body_bytes=100))
    assert post(server, iter([b" " * 60, b" " * 60])).reason is Reason.TOO_LARGE


def test_a_body_of_the_default_limit_is_refused_beyond_it(server: Server) -> None:
    limit = http.ApiSettings("0.1.0").max_body_bytes
    assert amounts.size(limit) in post(server, b" " * (limit + 1)).message


def test_deep_nesting_is_refused_before_the_parser_sees_it(server: Server) -> None:
    assert post(server, b"[" * 100_000).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ["UPPER", "a_b", "a b", "ü", "-a", "a" * 64, "a%0A", "a%00", "a;b", "*"])
def test_a_name_that_is_no_dns_label_never_reaches_the_controller(server: Server, name: str) -> None:
    server.controller.failure = AssertionError("asked")
    with server.client() as client:
        for path in ("nodes/{}", "groups/{}", "applications/default/{}", "applications/{}/shop", "nodes/{}/journal"):
            answer = client.get("/api/v1/" + path.format(name))
            assert answer.status_code in (404, 422)
            assert answer.json()["reason"] in ("Invalid", "NotFound")


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "a%2f..%2fb"])
def test_a_path_in_a_name_is_no_path_of_the_api(server: Server, name: str) -> None:
    with server.client() as client:
        answer = client.get(f"/api/v1/groups/{name}")
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotFound")


@pytest.mark.parametrize(
    ("query", "where"),
    [("cursor=-1", "cursor"), ("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=x", "cursor")],
)
def test_a_wrong_query_is_named(server: Server, query: str, where: str) -> None:
    with server.client() as client:
        for path in ("nodes/s1/journal", "journal"):
            answer = client.get(f"/api/v1/{path}?{query}")
            assert (answer.status_code, answer.json()["where"]) == (422, where)


def test_a_name_is_told_what_a_dns_label_is(server: Server) -> None:
    body = post(server, b'{"node": "S1"}', path="/api/v1/tokens")
    assert (body.where, body.message.partition(":")[0]) == ("node", "must be a DNS label")


@pytest.mark.parametrize("ttl", [59, 30 * 24 * 3600 + 1, "60", 60.5])
def test_the_life_of_a_join_token_is_bounded(server: Server, ttl: Any) -> None:
    assert post(server, json.dumps({"node": "s1", "ttl_s": ttl}).encode(), path="/api/v1/tokens").where == "ttl_s"


def test_an_unknown_path_and_method_are_error_bodies_too(server: Server) -> None:
    with server.client() as client:
        missing, wrong = client.get("/api/v1/nodez"), client.put("/api/v1/nodes")
    assert (missing.status_code, api.ErrorBody.model_validate_json(missing.content).where) == (404, "GET /api/v1/nodez")
    assert (wrong.status_code, api.ErrorBody.model_validate_json(wrong.content).reason) == (405, Reason.INVALID)
    assert wrong.headers["allow"]


def test_documents_with_errors_are_refused_with_every_diagnostic(server: Server) -> None:
    text = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: SHOPS}\nspec: {nodez: []}\n"
    body = post(server, json.dumps({"sources": [{"name": "g.yaml", "text": text}]}).encode())
    assert {item.path for item in body.diagnostics if item.severity == "error"} >= {"metadata.name", "spec.nodez"}
    assert all((item.source, bool(item.line)) == ("g.yaml", True) for item in body.diagnostics)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.NOT_FOUND, 404),
        (Reason.TWO_GROUPS, 409),
        (Reason.IN_USE, 409),
        (Reason.TOO_LARGE, 413),
        (Reason.UNAUTHENTICATED, 401),
        (Reason.UNKNOWN_GROUP, 422),
        (Reason.PLAIN_SECRET, 422),
    ],
)
def test_a_refusal_has_the_status_of_its_reason(server: Server, reason: Reason, status: int) -> None:
    server.controller.failure = Rejected(reason, "no", "here")
    with server.client() as client:
        answer = client.get("/api/v1/nodes")
    body = api.ErrorBody.model_validate_json(answer.content)
    assert (answer.status_code, body.reason, body.message, body.where) == (status, reason, "no", "here")


@pytest.mark.parametrize(("wish", "header"), [(None, "5"), (0.1, "1"), (2.5, "3")])
def test_what_is_unavailable_says_when_to_come_again(server: Server, wish: float | None, header: str) -> None:
    server.controller.failure = Unavailable("the store is locked", wish)
    with server.client() as client:
        answer = client.get("/api/v1/nodes")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, header)
    assert answer.json()["reason"] == "Unavailable"


def test_a_bug_is_logged_once_with_the_id_that_the_answer_carries(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.controller.failure = ZeroDivisionError("secret detail")
    with caplog.at_level(logging.ERROR), server.client() as client:
        answer = client.get("/api/v1/nodes")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["message"]
    assert "secret detail" not in answer.text
    assert [answer.headers["x-request-id"] in record.getMessage() for record in caplog.records] == [True]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
PATHS = st.sampled_from(
    ["/api/v1/apply", "/api/v1/diff", "/api/v1/tokens", "/api/v1/applications/default/shop/rollback"]
)
NO_FIXTURE_RESET = [HealthCheck.function_scoped_fixture]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=NO_FIXTURE_RESET)
@given(path=PATHS, value=JSON_VALUES, cut=st.integers(0, 3))
def test_no_body_makes_the_controller_fail(server: Server, path: str, value: Any, cut: int) -> None:
    content = json.dumps(value).encode()
    with server.client() as client:
        answer = client.post(path, content=content[: len(content) - cut], headers=JSON)
    assert answer.status_code in (200, 201, 404, 413, 422)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=NO_FIXTURE_RESET)
@given(name=st.text(min_size=1, max_size=30))
def test_no_name_makes_the_controller_fail(server: Server, name: str) -> None:
    from urllib.parse import quote

    with server.client() as client:
        answer = client.get("/api/v1/applications/default/" + quote(name.encode("utf-8", "surrogatepass"), safe=""))
    assert answer.status_code in (200, 404, 422)
