"""Waiting and watching: what ends them, what does not, and what is shown meanwhile."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from rich.console import Console
from tests.unit.cloud import controllers
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli import watch
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.output import tables
from pinnace_cloud.cli.watch import Outcome
from pinnace_schemas import api
from pinnace_schemas.api import Verdict
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason


@dataclass
class Hands:
    """A clock that moves only by sleeping."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class Sequence:
    """Gives one value after the other, the last one for ever; raises those that are exceptions."""

    def __init__(self, *values: int | Exception) -> None:
        self._values = list(values)

    def __call__(self) -> int:
        value = self._values.pop(0) if len(self._values) > 1 else self._values[0]
        if isinstance(value, Exception):
            raise value
        return value


def test_what_holds_at_once_is_not_waited_for() -> None:
    clock = Hands()
    assert watch.until(Sequence(7), lambda _: True, clock=clock, interval_s=2) == Outcome(7, True)
    assert clock.slept == []


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.1, 2.0), (1.5, 6.0), (20.0, 10.0)])
def test_a_controller_that_answers_slowly_is_asked_less_often(took_s: float, pause_s: float) -> None:
    clock, answers = Hands(), Sequence(1, 2)

    def read() -> int:
        clock.at += took_s
        return answers()

    watch.until(read, lambda found: found == 2, clock=clock, interval_s=2)
    assert clock.slept == [pause_s]


def test_a_controller_that_is_away_is_asked_as_often_as_ever() -> None:
    clock, answers = Hands(), Sequence(Unavailable("away"), 2)

    def read() -> int:
        clock.at += 60
        return answers()

    watch.until(read, lambda _: True, clock=clock, interval_s=2)
    assert clock.slept == [2]


def test_it_asks_until_it_holds_and_shows_every_answer() -> None:
    seen: list[int] = []
    clock = Hands()
    outcome = watch.until(
        Sequence(1, 2, 3), lambda value: value == 3, clock=clock, interval_s=2, timeout_s=60, show=seen.append
    )
    assert (outcome, seen, clock.slept) == (Outcome(3, True), [1, 2, 3], [2, 2])


def test_the_last_pause_ends_with_the_time() -> None:
    clock = Hands()
    outcome = watch.until(Sequence(1), lambda _: False, clock=clock, interval_s=2, timeout_s=5)
    assert (outcome, clock.slept) == (Outcome(1, False), [2, 2, 1])


def test_a_controller_that_is_away_for_a_while_ends_nothing() -> None:
    said: list[str] = []
    read = Sequence(Unavailable("away"), 1, Unavailable("away"), 2)
    outcome = watch.until(
        read, lambda value: value == 2, clock=Hands(), interval_s=1, timeout_s=9, complain=said.append
    )
    assert (outcome, said) == (Outcome(2, True), ["away", "away"])


def test_a_controller_that_never_answers_leaves_nothing_seen() -> None:
    outcome = watch.until(Sequence(Unavailable("away")), lambda _: True, clock=Hands(), interval_s=1, timeout_s=3)
    assert outcome == Outcome(None, False)


def test_a_refusal_ends_the_waiting() -> None:
    with pytest.raises(Rejected):
        watch.until(Sequence(Rejected(Reason.NOT_FOUND, "")), lambda _: True, clock=Hands(), interval_s=1)


class Converging(controllers.MemoryController):
    """One node more is Converged at each answer; `away` answers are lost first."""

    away = 0

    def application(self, namespace: str, name: str) -> api.ApplicationStatus:
        status = super().application(namespace, name)
        if self.away:
            self.away -= 1
            raise Unavailable("restarting")
        nodes = list(status.nodes)
        late = next((index for index, item in enumerate(nodes) if item.verdict is not Verdict.CONVERGED), None)
        if late is not None:
            nodes[late] = nodes[late].model_copy(update={"verdict": Verdict.CONVERGED, "reason": None})
        self.hold(controllers.application(*nodes))
        return status


def converging() -> Converging:
    late = [controllers.verdict(name, Verdict.PROGRESSING, reason=Reason.PROGRESSING) for name in ("s2", "s3")]
    controller = Converging()
    controller.hold(controllers.application(controllers.verdict("s1"), *late))
    return controller


def test_wait_ends_with_zero_when_every_node_is_converged(shell: Shell) -> None:
    shell.use(converging())
    ended = shell.run("status", "shop", "--wait", "--interval", "10ms")
    assert ended.code == Exit.OK
    assert [line.split()[0] for line in ended.out.splitlines()] == ["NODE", "s1", "s2", "s3"]
    assert [line.rpartition(", ")[2] for line in ended.err.splitlines()] == [
        f"{count} of 3 nodes converged" for count in (1, 2, 3)
    ]


def test_wait_survives_a_restart_of_the_controller(shell: Shell) -> None:
    controller = converging()
    controller.away = 2
    shell.use(controller)
    ended = shell.run("status", "shop", "--wait", "--interval", "10ms")
    assert ended.code == Exit.OK
    assert ended.err.startswith("restarting\n")


def test_wait_names_the_nodes_that_are_late_and_why(shell: Shell) -> None:
    late = controllers.verdict("s2", Verdict.FAILED, reason=Reason.FORBIDDEN, message="cannot create ingresses")
    shell.controller.hold(controllers.application(controllers.verdict("s1"), late))
    ended = shell.run("status", "shop", "--wait", "--timeout", "50ms", "--interval", "10ms")
    assert ended.code == Exit.TIMEOUT
    assert "s1" not in ended.out
    assert "cannot create ingresses" in ended.out
    assert "extend the role" in ended.err
    assert "1 of 2 nodes not Converged" in ended.err


@pytest.mark.parametrize("words", [("shop",), ()], ids=["one", "all"])
def test_wait_goes_on_for_an_application_that_goes_to_no_node(shell: Shell, words: tuple[str, ...]) -> None:
    shell.controller.hold(controllers.application())
    shell.controller.held_nodes["s1"] = controllers.node()
    ended = shell.run("status", *words, "--wait", "--timeout", "30ms", "--interval", "10ms")
    assert ended.code == Exit.TIMEOUT
    assert "error: default/shop goes to no node after 0.03 s" in ended.err


def test_wait_for_a_controller_that_never_answers_is_unreachable(shell: Shell) -> None:
    shell.controller.failure = Unavailable("restarting")
    ended = shell.run("status", "shop", "--wait", "--timeout", "30ms", "--interval", "10ms")
    assert ended.code == Exit.UNREACHABLE


def test_wait_for_what_is_not_there_ends_at_once(shell: Shell) -> None:
    assert shell.run("status", "nope", "--wait").code == Exit.NOT_FOUND


class Ending(Converging):
    """Is deleted after some answers, which ends a watch."""

    left = 3

    def application(self, namespace: str, name: str) -> api.ApplicationStatus:
        self.left -= 1
        if self.left < 0:
            raise Rejected(Reason.NOT_FOUND, "deleted")
        return super().application(namespace, name)


def test_watch_in_a_pipe_prints_each_change_once_with_where_from_to_and_why(shell: Shell) -> None:
    controller = Ending()
    controller.hold(*converging().held.values())
    shell.use(controller)
    ended = shell.run("status", "shop", "--watch", "--interval", "10ms")
    assert ended.code == Exit.NOT_FOUND
    assert [line.split("  ")[1:] for line in ended.out.splitlines()] == [
        ["s1", "default/shop", "- -> Converged", "r1"],
        ["s2", "default/shop", "- -> Progressing", "r1", "Progressing"],
        ["s3", "default/shop", "- -> Progressing", "r1", "Progressing"],
        ["s2", "default/shop", "Progressing -> Converged", "r1"],
        ["s3", "default/shop", "Progressing -> Converged", "r1"],
    ]


def test_follow_goes_on_with_what_arrives(shell: Shell) -> None:
    class Growing(controllers.MemoryController):
        left = 4

        def journal(self, node: str, cursor: int, limit: int) -> api.JournalPage:
            self.left -= 1
            if self.left < 0:
                raise Rejected(Reason.NOT_FOUND, "deleted")
            self.rows.append(controllers.row(len(self.rows) + 1))
            return super().journal(node, cursor, limit)

    growing = Growing()
    growing.held_nodes["s1"] = controllers.node()
    shell.use(growing)
    ended = shell.run("journal", "s1", "--follow", "--interval", "10ms")
    assert ended.code == Exit.NOT_FOUND
    assert [line.split()[0] for line in ended.out.splitlines()] == ["1", "2", "3", "4"]


def test_on_a_terminal_a_table_has_colours_and_fits() -> None:
    target = Console(file=io.StringIO(), force_terminal=True, width=40, color_system="standard", _environ={})
    target.print(tables.fitted(("NODE", "VERDICT", "MESSAGE"), [("s1", Verdict.CONVERGED, "a long message " * 4)]))
    assert isinstance(target.file, io.StringIO)
    text = target.file.getvalue()
    assert "\x1b[32mConverged\x1b[0m" in text
    assert len(text.splitlines()) > 2


def test_no_color_takes_the_colours() -> None:
    target = Console(file=io.StringIO(), force_terminal=True, width=80, _environ={"NO_COLOR": "1"})
    target.print(tables.fitted(("NODE", "VERDICT"), [("s1", Verdict.FAILED)]))
    assert isinstance(target.file, io.StringIO)
    assert "\x1b[31m" not in target.file.getvalue()


def test_wide_signs_keep_columns_aligned() -> None:
    lines = tables.plain(("NAME", "STATE"), [("店", "ok"), ("shop", "ok")]).splitlines()
    assert lines == ["NAME  STATE", "店    ok", "shop  ok"]
