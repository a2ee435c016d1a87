"""A controller without its broker stores what it is told and delivers nothing; who changes or looks is told so."""

import json
from datetime import UTC, datetime

import pytest
from tests.unit.cloud import controllers, shells
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.view import Logged
from pinnace_cloud.cli.session import SystemClock
from pinnace_schemas import api

OUTAGE = api.Outage(seconds=200, reason="connection refused")
SAID = "warning: the controller has had no broker for 3m: nothing is delivered until it is back (connection refused)\n"


@pytest.fixture
def cut(shell: Shell) -> Shell:
    shell.controller.hold(controllers.application(controllers.verdict()))
    shell.controller.held_nodes["s1"] = controllers.node("s1")
    shell.controller.outage = OUTAGE
    return shell


def test_apply_stores_and_says_that_nothing_is_delivered(cut: Shell) -> None:
    ended = cut.run("apply", "-f", "-", stdin=shells.GROUP)
    assert (ended.code, ended.err) == (Exit.OK, SAID)
    assert ended.out == "nodegroup shops created\n"


def test_a_dry_run_stores_nothing_and_says_nothing_of_it(cut: Shell) -> None:
    assert cut.run("apply", "--dry-run", "-f", "-", stdin=shells.GROUP).err == ""


@pytest.mark.parametrize("arguments", [("status",), ("status", "shop"), ("status", "--wait"), ("rollback", "shop")])
def test_whoever_looks_or_rolls_back_is_told_and_the_exit_code_stays(cut: Shell, arguments: tuple[str, ...]) -> None:
    ended = cut.run(*arguments)
    assert (ended.code, ended.err.endswith(SAID)) == (Exit.OK, True)


def test_a_removal_that_nobody_hears_of_is_told(cut: Shell) -> None:
    ended = cut.run("delete", "app", "shop", "--no-wait")
    assert (ended.code, ended.err) == (Exit.OK, SAID)


@pytest.mark.parametrize(
    "arguments", [("status", "shop", "-o", "json"), ("apply", "-f", "-", "-o", "json")], ids=["status", "apply"]
)
def test_the_outage_is_a_field_of_json(cut: Shell, arguments: tuple[str, ...]) -> None:
    ended = cut.run(*arguments, stdin=shells.GROUP)
    assert json.loads(ended.out)["broker_outage"] == {"seconds": 200, "reason": "connection refused"}
    cut.controller.outage = None
    assert json.loads(cut.run(*arguments, stdin=shells.GROUP).out)["broker_outage"] is None


def test_nothing_is_said_while_there_is_a_link(cut: Shell) -> None:
    cut.controller.outage = None
    assert cut.run("status").err == ""
    assert cut.run("apply", "-f", "-", stdin=shells.GROUP).err == ""


def test_a_watch_in_a_pipe_tells_an_outage_once_and_a_picture_has_it_as_long_as_it_lasts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    at, logged = datetime(2026, 11, 23, tzinfo=UTC), Logged(SystemClock())
    for outage in (None, OUTAGE, OUTAGE.model_copy(update={"seconds": 300})):
        logged.show(Answer(at, outage=outage))
    assert capsys.readouterr().err == SAID
    assert logged.picture.complaint.startswith("the controller has had no broker for 5m")
    logged.show(Answer(at))
    assert logged.picture.complaint == ""
