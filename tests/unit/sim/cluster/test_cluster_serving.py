"""The HTTP rim: who gets in, what is answered to what is no request, and how several sites live side by side."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinnace_sim.cluster import EmbeddedKubeApi
from pinnace_sim.cluster.requests import Options

TIMEOUT_S = 5.0


@pytest.fixture
def guarded() -> Iterator[EmbeddedKubeApi]:
    with EmbeddedKubeApi.start(needs_token=True) as api:
        yield api


def _get(api: EmbeddedKubeApi, path: str, token: str = "", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=TIMEOUT_S)
    own = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request("GET", path, headers=own | headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def _token(kubeconfig: Path) -> str:
    return str(json.loads(kubeconfig.read_text())["users"][0]["user"]["token"])


def test_who_shows_no_token_stays_outside_where_one_is_needed(guarded: EmbeddedKubeApi, tmp_path: Path) -> None:
    assert _get(guarded, "/api/v1/namespaces")[0] == 401
    assert _get(guarded, "/api/v1/namespaces", "guessed")[0] == 401
    assert _get(guarded, "/api/v1/namespaces", _token(guarded.kubeconfig(tmp_path / "admin")))[0] == 200


def test_account_without_a_role_may_read_nothing(guarded: EmbeddedKubeApi, tmp_path: Path) -> None:
    token = _token(guarded.kubeconfig_for(tmp_path / "edge", "edge", "shops"))
    status, told = _get(guarded, "/api/v1/namespaces", token)
    assert status == 403
    user, what = "system:serviceaccount:shops:edge", 'cannot list resource "namespaces" in API group ""'
    assert json.loads(told)["message"] == f'namespaces is forbidden: User "{user}" {what} at the cluster scope'
    assert _get(guarded, "/version", token)[0] == 200


def test_discovery_is_sent_once_while_nothing_changes() -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    with EmbeddedKubeApi.start() as api:
        connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=TIMEOUT_S)
        connection.request("GET", "/apis", headers={"Accept": accept})
        first = connection.getresponse()
        assert json.loads(first.read())["kind"] == "APIGroupDiscoveryList"
        assert _get(api, "/apis", Accept=accept, **{"If-None-Match": first.headers["ETag"]}) == (304, b"")
        connection.close()


def test_what_is_no_request_ends_the_connection() -> None:
    with EmbeddedKubeApi.start() as api, socket.create_connection(("127.0.0.1", api.port), TIMEOUT_S) as stranger:
        stranger.sendall(b"\x16\x03\x01 is no HTTP\r\n\r\n")
        assert stranger.recv(100) == b""
        assert _get(api, "/readyz") == (200, b"ok")


def test_sites_share_a_process_and_nothing_else() -> None:
    with EmbeddedKubeApi.start() as one, EmbeddedKubeApi.start() as other:
        body = {"metadata": {"name": "here"}}
        namespaces = one.ask(lambda core: core.resource("v1", "Namespace"))
        one.ask(lambda core: core.objects.create(namespaces, "", body, Options("kubectl")))
        assert _get(one, "/api/v1/namespaces/here")[0] == 200
        assert _get(other, "/api/v1/namespaces/here")[0] == 404


def test_site_that_is_taken_away_keeps_its_data() -> None:
    with EmbeddedKubeApi.start() as api:
        version = json.loads(_get(api, "/api/v1/namespaces")[1])["metadata"]["resourceVersion"]
        api.take_away()
        with pytest.raises(ConnectionRefusedError):
            _get(api, "/readyz")
        api.bring_back()
        assert json.loads(_get(api, "/api/v1/namespaces")[1])["metadata"]["resourceVersion"] == version
