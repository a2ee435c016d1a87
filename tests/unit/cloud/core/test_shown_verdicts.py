"""What sites report, as a person reads it from the controller: over HTTP and in the terminal."""

from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk, Site
from tests.unit.cloud.serving import Server
from tests.unit.cloud.shells import Ended, Shell

from pinnace_cloud import api as http
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.services.tokens import Tokens
from pinnace_schemas.messages import NodeProblem
from pinnace_schemas.reasons import REASONS, Reason
from pinnace_schemas.times import format_time

AWAY = "the KubeAPI does not answer: connection refused"


class Counter:
    """A person before the terminal, and the real controller behind it."""

    def __init__(self, desk: Desk, server: Server, home: Path) -> None:
        server.use(desk.controller, http.ApiSettings("0.1.0"))
        self._token = Tokens(desk.store, desk.clock).create("reader")
        self._shell = Shell(server, home)
        self._client = server.client(self._token)

    def run(self, *arguments: str) -> Ended:
        return self._shell.run(*arguments, PINNACE_TOKEN=self._token)

    def verdict(self) -> tuple[str, str | None]:
        with self._client as client:
            (found,) = client.get("/api/v1/verdicts").json()
        return found["verdict"], found["reason"]


@pytest.fixture
def counter(desk: Desk, server: Server, tmp_path: Path) -> Counter:
    return Counter(desk, server, tmp_path)


@pytest.fixture
def site(desk: Desk) -> Site:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    return desk.join("s1")


def hear(desk: Desk, site: Site, reason: Reason | None = None, *problems: NodeProblem) -> None:
    state = desks.state(desk.bundle(), reason=reason, message=AWAY if reason else "", ready=1, total=1)
    desk.hear(site.report(states=(state,), heads={"shops": desk.head_version()}, problems=problems))


def test_what_runs_as_wanted_is_shown_so_and_ends_with_success(desk: Desk, site: Site, counter: Counter) -> None:
    hear(desk, site)
    shown = counter.run("status", "shop")
    assert (shown.code, shown.table[1][-3:-1]) == (Exit.OK, ["Converged", "-"])
    assert counter.verdict() == ("Converged", None)


@pytest.mark.parametrize("is_the_node_s", [True, False])
def test_a_kube_api_that_does_not_answer_is_shown_with_what_to_do(
    desk: Desk, site: Site, counter: Counter, is_the_node_s: bool
) -> None:
    """Of the whole node, or of what serves one of the application's kinds."""
    away = NodeProblem(reason=Reason.CLUSTER_UNAVAILABLE, message=AWAY, since=format_time(desks.START))
    hear(desk, site, *((None, away) if is_the_node_s else (Reason.CLUSTER_UNAVAILABLE,)))
    assert counter.verdict() == ("Degraded", "ClusterUnavailable")
    for command in (("status", "shop"), ("status",)):
        shown = counter.run(*command)
        assert shown.code == Exit.DIFFERENT
        assert shown.table[1][-3:-1] == ["Degraded", "ClusterUnavailable"]
        assert AWAY in shown.table[1][-1]
        assert REASONS[Reason.CLUSTER_UNAVAILABLE].action in shown.err
    assert counter.run("get", "applications").table[1][-2:] == ["Degraded", "ClusterUnavailable"]
