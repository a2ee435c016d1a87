"""What a person is told: lines in a pipe, each with the seconds since the beginning, and the final table."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.sim.demo.builders import verdict

from pinnace_cloud.cli.output import tables
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.drawing import Picture
from pinnace_cloud.cli.output.fleet.sites import Fleet
from pinnace_schemas.api import Verdict
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.reasons import Reason
from pinnace_sim.demo import record, story, telling
from pinnace_sim.demo.record import Outcome, Record
from pinnace_sim.demo.story import Act
from pinnace_sim.demo.telling import Lines, Screen

STEPS = story.story(has_end=False)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Watch:
    """A clock that is set by hand, and a controller that says what was put into it."""

    def __init__(self, *answers: Answer | Unavailable) -> None:
        self.seconds = 0.0
        self.answers = list(answers)

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def read(self) -> Answer:
        answer = self.answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer


def test_acts_and_claims_are_lines_with_time_place_and_what_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch()
    lines = Lines(watch)
    watch.sleep(12.34)
    lines.act(STEPS[0])
    lines.observed(Record(STEPS[0].claims[0], Outcome.OBSERVED, "daemon 0.1.0"))
    lines.observed(Record(STEPS[0].claims[1], Outcome.NOT_REACHED, ""))
    assert capsys.readouterr().out.splitlines() == [
        " 12.3 s  all sites  > north, south, kiosk join, each with a token that works once",
        " 12.3 s  north        ok: joined with its token; daemon 0.1.0",
        " 12.3 s  south        NOT REACHED: joined with its token",
    ]


def test_what_changes_meanwhile_is_told_once_and_the_controller_not_asked_too_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    going = Answer(NOW, verdicts=(verdict(Verdict.PROGRESSING, reason=Reason.PROGRESSING),))
    watch = Watch(going, going, Unavailable("gone"), Answer(NOW, verdicts=(verdict(Verdict.CONVERGED),)))
    lines = Lines(watch)
    lines.meanwhile()
    lines.watch(watch)
    for _ in range(8):
        lines.meanwhile()
        watch.sleep(telling.LOOK_EVERY_S / 2)
    assert watch.answers == []
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2
    assert "  north        - -> Progressing  r1  Progressing" in told[0]
    assert told[1].endswith("  north        Progressing -> Converged  r1")


def test_the_picture_of_the_end_can_be_saved(tmp_path: Path) -> None:
    watch = Watch(Answer(NOW, verdicts=(verdict(Verdict.CONVERGED),)))
    lines = Lines(watch)
    lines.watch(watch)
    lines.meanwhile()
    telling.save(lines.picture, tmp_path / "end.svg")
    text = (tmp_path / "end.svg").read_text()
    assert text.startswith("<svg")
    assert "north" in text


def test_the_table_shows_each_record(capsys: pytest.CaptureFixture[str]) -> None:
    telling.table([Record(STEPS[0].claims[0], Outcome.OBSERVED, "daemon 0.1.0", 3.21)])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "WHERE  CLAIM                  RESULT    AFTER  SEEN",
        "north  joined with its token  observed  3.2 s  daemon 0.1.0",
    ]


def test_a_narrow_terminal_has_what_was_seen_on_lines_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    target = Console(file=sys.stdout, force_terminal=True, width=80, _environ={"NO_COLOR": "1", "TERM": "dumb"})
    seen_in = [Record(STEPS[0].claims[0], Outcome.OBSERVED, "daemon 0.1.0 " * 8, 3.21)]
    tables.below(target, record.rows(seen_in))
    first, *seen = capsys.readouterr().out.splitlines()
    assert first == "north  joined with its token  observed  3.2 s"
    assert len(seen) == 2
    assert all(line.startswith("    ") and len(line.rstrip()) <= 80 for line in seen)


class Shown:
    """Keeps what the headline and the foot of the picture said."""

    def __init__(self) -> None:
        self.waits: list[tuple[str, str]] = []
        self.picture = Picture(Fleet("", NOW, NOW))

    def show(self, answer: Answer) -> None: ...

    def step(self, text: str) -> None: ...

    def say(self, text: str, site: str = "") -> None: ...

    def complain(self, text: str) -> None: ...

    def wait(self, text: str, notice: str = "") -> None:
        self.waits.append((text, notice))


def test_the_headline_names_what_is_waited_for_and_the_clock_goes_on_meanwhile() -> None:
    watch, shown = Watch(), Shown()
    screen = Screen(shown, watch)
    screen.act(STEPS[0])
    for _ in range(2):
        watch.sleep(telling.TICK_S)
        screen.meanwhile()
    screen.observed(Record(STEPS[0].claims[0], Outcome.OBSERVED, ""))
    assert [text for text, _ in shown.waits] == [
        "",
        "waiting for north, south, kiosk: joined with its token",
        "waiting for north, south, kiosk: joined with its token",
        "waiting for south, kiosk: joined with its token",
    ]


def test_the_picture_says_that_a_site_is_cut_off_until_its_link_is_back_and_holds_before() -> None:
    watch, shown = Watch(), Shown()
    screen = Screen(shown, watch)
    notices = {}
    for step in STEPS:
        screen.act(step)
        notices[step.act] = shown.waits[-1][1]
    assert [act for act, notice in notices.items() if "north is cut off" in notice] == [Act.CUT, Act.CHANGE, Act.DAMAGE]
    assert watch.seconds == telling.HOLD_S
