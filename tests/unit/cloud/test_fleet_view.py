"""Watching: a log in a pipe, a picture on a terminal, the same words in both."""

import io
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console
from rich.live import Live
from tests.unit.cloud import controllers, fleets
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.output.fleet import view
from pinnace_cloud.cli.output.fleet.view import Drawn, View
from pinnace_schemas import api
from pinnace_schemas.api import Verdict
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason


@dataclass
class Seconds:
    """Each look at the clock is a second later."""

    ticks: Iterator[int] = field(default_factory=itertools.count)

    def now(self) -> datetime:
        return fleets.at(next(self.ticks))

    def monotonic(self) -> float:
        return float(next(self.ticks))

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


def story(shown: View) -> None:
    shown.step("1/1  Cut s1 off")
    shown.show(fleets.answer(30, fleets.verdict(since=5, last_seen=20)))
    shown.complain("no answer")
    shown.complain("no answer")
    shown.show(fleets.answer(40, fleets.offline()))
    shown.say("the link is cut", "s1")


def test_a_log_has_one_line_for_each_change_and_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    with view.opened(Seconds()) as shown:
        story(shown)
    printed = capsys.readouterr()
    assert [line.partition("  ")[2] for line in printed.out.splitlines()] == [
        "-  1/1  Cut s1 off",
        "s1  default/shop  - -> Converged  r1",
        "s1  default/shop  Converged -> Offline  r1  Offline: last known: Converged",
        "s1  the link is cut",
    ]
    assert printed.err == "warning: no answer\n"
    assert printed.out.replace("\n", "").isprintable()


def test_a_pipe_that_cannot_take_every_sign_still_gets_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    monkeypatch.setattr(sys, "stdout", pipe)
    with view.opened(Seconds()) as shown:
        shown.say("Größe")
    assert isinstance(pipe.buffer, io.BytesIO)
    assert pipe.buffer.getvalue().endswith(b"-  Gr\\xf6\\xdfe\n"), "and is flushed"


def test_forced_colours_make_no_terminal_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not view.is_terminal()


def test_a_picture_keeps_the_last_answer_beside_a_complaint_until_there_is_another() -> None:
    target = Console(file=io.StringIO(), force_terminal=True, width=80, height=24, _environ={})
    drawn = Drawn(Seconds())
    with Live(console=target, auto_refresh=False) as drawn.live:
        story(drawn)
        drawn.complain("no answer")
        assert (drawn.picture.complaint, drawn.picture.fleet.sites[0].verdict) == ("no answer", Verdict.OFFLINE)
        drawn.show(fleets.answer(50, fleets.verdict()))
        assert drawn.picture.complaint == ""


def test_a_picture_tells_of_changes_and_not_of_how_everything_stood_at_first() -> None:
    target = Console(file=io.StringIO(), force_terminal=True, width=80, height=24, _environ={})
    drawn = Drawn(Seconds())
    with Live(console=target, auto_refresh=False) as drawn.live:
        story(drawn)
    assert [change.what or change.why for change in drawn.picture.log] == [
        "1/1  Cut s1 off",
        "Converged -> Offline",
        "the link is cut",
    ]
    assert drawn.picture.step == "1/1  Cut s1 off"


def test_what_is_waited_for_stands_in_the_place_of_the_step_and_is_no_line_of_the_log() -> None:
    target = Console(file=io.StringIO(), force_terminal=True, width=80, height=24, _environ={})
    drawn = Drawn(Seconds())
    with Live(console=target, auto_refresh=False) as drawn.live:
        drawn.step("the link is cut")
        drawn.wait("waiting until s1 is Offline", "s1 is cut off")
        assert (drawn.picture.step, drawn.picture.complaint) == ("waiting until s1 is Offline", "s1 is cut off")
        assert len(drawn.picture.log) == 1
        drawn.step("the link is back")
        assert drawn.picture.step == "the link is back"


class Short(controllers.MemoryController):
    """Heals after the first answer, loses the second when its journal has been read, and then ends the watch."""

    asked = 0

    def verdicts(self) -> tuple[api.NodeVerdict, ...]:
        self.asked += 1
        if self.asked == 1:
            self.rows.append(controllers.row(2, Event.DRIFT_HEALED, object="v1 Service shop/web"))
        if self.asked == 2:
            raise Unavailable("restarting")
        if self.asked == 5:
            raise Rejected(Reason.UNAUTHENTICATED, "revoked")
        return super().verdicts()


@pytest.fixture
def fleet(shell: Shell) -> Shell:
    bad = controllers.verdict("s2", Verdict.FAILED, reason=Reason.FORBIDDEN, message="no", phase=Phase.FAILED)
    controller = Short()
    controller.hold(controllers.application(controllers.verdict(), bad))
    controller.rows = [controllers.row(1, Event.DRIFT_HEALED, object="long ago")]
    for name, verdict in (("s1", Verdict.CONVERGED), ("s2", Verdict.FAILED)):
        controller.held_nodes[name] = controllers.node(name, verdict=verdict)
    shell.use(controller)
    return shell


def test_without_an_application_the_whole_fleet_is_shown_and_its_state_is_the_exit_code(fleet: Shell) -> None:
    ended = fleet.run("status")
    assert ended.code == Exit.DIFFERENT
    assert [(row[0], *row[4:]) for row in ended.table] == [
        ("NODE", "VERDICT", "REASON", "MESSAGE"),
        ("s1", "Converged", "-", "-"),
        ("s2", "Failed", "Forbidden", "no"),
    ]
    assert "extend the role" in ended.err


def test_a_fleet_as_wanted_ends_with_zero(shell: Shell) -> None:
    shell.controller.hold(controllers.application(controllers.verdict()))
    shell.controller.held_nodes["s1"] = controllers.node("s1")
    assert shell.run("status").code == Exit.OK
    assert shell.run("status", "--wait").code == Exit.OK


def test_a_fleet_can_be_limited_to_a_namespace(fleet: Shell) -> None:
    ended = fleet.run("status", "-n", "elsewhere")
    assert (ended.code, ended.out, ended.err) == (Exit.OK, "", "there is no node yet\n")


def test_a_fleet_that_is_late_is_named_node_by_node(fleet: Shell) -> None:
    ended = fleet.run("status", "--wait", "--timeout", "20ms", "--interval", "10ms")
    assert ended.code == Exit.TIMEOUT
    assert [row[0] for row in ended.table] == ["NODE", "s2"]


def test_a_fleet_as_json_is_every_application_on_every_node(fleet: Shell) -> None:
    assert '"node": "s2"' in fleet.run("status", "-o", "json").out


@pytest.mark.slow
def test_watching_the_fleet_loses_nothing_of_the_journal_when_the_controller_restarts_meanwhile(fleet: Shell) -> None:
    ended = fleet.run("status", "--watch", "--interval", "10ms")
    assert ended.code == Exit.DENIED
    assert [line.split("  ")[1:4] for line in ended.out.splitlines()] == [
        ["s1", "default/shop", "- -> Converged"],
        ["s2", "default/shop", "- -> Failed"],
        ["s1", "default/shop", "DriftHealed"],
    ]
    assert ended.err.startswith("warning: restarting\n")


@pytest.mark.slow
def test_the_last_picture_is_saved_however_the_watch_ends(fleet: Shell, tmp_path: Path) -> None:
    file = tmp_path / "fleet.svg"
    fleet.run("status", "--watch", "--interval", "10ms", "--svg", str(file))
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "Forbidden" in text


def test_a_picture_that_could_not_be_saved_is_refused_before_the_watch(fleet: Shell, tmp_path: Path) -> None:
    ended = fleet.run("status", "--watch", "--svg", str(tmp_path / "missing" / "fleet.svg"))
    assert ended.code == Exit.USAGE
    assert "there is no folder" in ended.err


def test_a_picture_is_saved_of_a_watch_only(fleet: Shell, tmp_path: Path) -> None:
    assert fleet.run("status", "--svg", str(tmp_path / "fleet.svg")).code == Exit.USAGE
