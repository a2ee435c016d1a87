"""Who may ask, and what the controller says of itself."""

import pytest
from tests.unit.cloud import controllers
from tests.unit.cloud.serving import Server

from pinnace_cloud import api as http
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

CLOSED = ["/readyz", "/metrics", "/openapi.json", "/api/v1/version", "/api/v1/nodes", "/no/such/path"]


def test_health_needs_no_token(server: Server) -> None:
    with server.client(token=None) as client:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize("path", CLOSED)
def test_every_other_path_needs_a_token(server: Server, path: str) -> None:
    with server.client(token=None) as client:
        answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["reason"] == "Unauthenticated"


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer", "Basic " + controllers.TOKEN, controllers.TOKEN, "Bearer " + "x" * 5000],
)
def test_a_wrong_token_is_refused_and_not_repeated(server: Server, header: str) -> None:
    with server.client(token=None) as client:
        answer = client.get("/api/v1/nodes", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "wrong" not in answer.text


def test_a_token_of_other_than_ascii_is_refused(server: Server) -> None:
    with server.client(token=None) as client:
        answer = client.get("/api/v1/nodes", headers={b"Authorization": b"Bearer \xe4"})
    assert answer.status_code == 401


def test_the_token_is_checked_before_the_body_is_read(server: Server) -> None:
    with server.client(token=None) as client:
        answer = client.post("/api/v1/apply", content=b"not json at all")
    assert answer.status_code == 401


def test_the_scheme_of_the_header_may_be_of_any_case(server: Server) -> None:
    with server.client(token=None) as client:
        answer = client.get("/api/v1/nodes", headers={"Authorization": f"bearer {controllers.TOKEN}"})
    assert answer.status_code == 200


def test_a_store_that_cannot_check_tokens_is_unavailable_and_not_a_refusal(server: Server) -> None:
    class Locked(controllers.MemoryController):
        def authenticate(self, token: str) -> str | None:
            raise Unavailable("the store is locked", 0.2)

    server.use(Locked(), http.ApiSettings("0.1.0"))
    with server.client() as client:
        answer = client.get("/api/v1/nodes")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_readiness_names_each_condition_and_fails_when_one_does_not_hold(server: Server) -> None:
    with server.client() as client:
        assert client.get("/readyz").status_code == 200
        server.controller.conditions = {"store": True, "broker": False}
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"store": True, "broker": False})


def test_version_names_what_answers(server: Server) -> None:
    with server.client() as client:
        assert client.get("/api/v1/version").json() == {"version": "0.1.0", "tenant": "default"}


def test_every_answer_carries_a_request_id(server: Server) -> None:
    with server.client() as client:
        ids = {client.get(path).headers["x-request-id"] for path in ("/healthz", "/nope", "/api/v1/nodes")}
    assert len(ids) == 3


def test_metrics_count_nodes_and_placements_by_verdict(server: Server) -> None:
    from pinnace_schemas.api import Verdict

    shop = controllers.application(controllers.verdict("s1"), controllers.verdict("s2", Verdict.OFFLINE))
    server.controller.hold(shop)
    server.controller.held_nodes["s1"] = controllers.node("s1")
    with server.client() as client:
        client.request("BREW", "/api/v1/nodes")
        text = client.get("/metrics").text
    assert 'pinnace_nodes{verdict="Converged"} 1.0' in text
    assert 'pinnace_application_nodes{application="shop",namespace="default",verdict="Offline"} 1.0' in text
    assert 'pinnace_http_request_seconds_count{method="other",status="405"} 1.0' in text
    assert 'pinnace_ready{condition="broker"} 1.0' in text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_the_loopback_needs_no_tls(host: str) -> None:
    http.check_listen(host, has_tls=False, insecure=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "controller.example.org", "127.0.0.1.example.org", ""])
def test_any_other_address_needs_tls_or_insecure(host: str) -> None:
    with pytest.raises(Rejected) as refusal:
        http.check_listen(host, has_tls=False, insecure=False)
    assert refusal.value.reason is Reason.INVALID
    assert "--insecure" in refusal.value.message
    http.check_listen(host, has_tls=True, insecure=False)
    http.check_listen(host, has_tls=False, insecure=True)
