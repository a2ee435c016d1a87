"""The picture: what fits which terminal, and that nobody needs colours or Unicode to read it."""

import io
import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.cloud import fleets

from pinnace_cloud.cli.output.fleet import cells, layout, lines, looks, svg
from pinnace_cloud.cli.output.fleet.changes import Change
from pinnace_cloud.cli.output.fleet.drawing import Picture
from pinnace_cloud.cli.output.fleet.layout import Level
from pinnace_cloud.cli.output.fleet.sites import Fleet, Release, Site
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

DOCS = Path(__file__).parents[3] / "docs" / "cli.md"


class Page(io.TextIOWrapper):
    """A terminal's file with an encoding of its own."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")

    @property
    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


def drawn(
    picture: Picture, width: int = 80, height: int = 24, encoding: str = "utf-8", **environment: str
) -> list[str]:
    """The lines of a terminal, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", raw(picture, width, height, encoding, **environment)).splitlines()


def raw(picture: Picture, width: int = 80, height: int = 24, encoding: str = "utf-8", **environment: str) -> str:
    page = Page(encoding)
    Console(file=page, force_terminal=True, width=width, height=height, _environ=environment).print(picture)
    return page.text


def axis(page: list[str]) -> int:
    """The line that ends with the present."""
    return next(number for number, line in enumerate(page) if line.endswith(" now"))


def small() -> Fleet:
    """One site as wanted, one that failed, one that is cut off and healed itself."""
    bad = fleets.verdict(
        "s2", Verdict.FAILED, phase=Phase.FAILED, reason=Reason.FORBIDDEN, message="cannot create ingresses", since=30
    )
    rows = (
        fleets.turned(1, 2, Phase.PENDING),
        fleets.turned(2, 4, Phase.PROGRESSING),
        fleets.turned(3, 10, Phase.CONVERGED),
        fleets.told(4, 15, Event.DRIFT_HEALED, "s3"),
    )
    away = fleets.offline("s3", group="plants", wanted_revision=2)
    return fleets.seen(fleets.answer(40, fleets.verdict(since=10), bad, away, rows=rows, revision=2))


def test_three_sites_are_cells_with_names_in_their_groups() -> None:
    page = drawn(Picture(small()))
    assert page[0].startswith("default/shop revision 2 on 3 sites  ✖ 1  ░ 1  ✔ 1")
    assert page[2:5] == ["plants  ░ 1 Offline  ", "  ░✔ s3 r1->2░", "shops  ✖ 1 Failed  ✔ 1 Converged  "]
    assert page[5].split() == ["✔", "s1", "r1", "✖", "s2", "r1"]


def test_what_is_not_as_wanted_is_listed_with_its_reason_the_worst_first() -> None:
    page = drawn(Picture(small()))
    listed = [line for line in page if line.startswith(("✖ s2", "░ s3"))]
    assert listed == [
        "✖ s2  Failed   Forbidden  cannot create ingresses",
        "░ s3  Offline  Offline    last known: Converged",
    ]


def test_each_site_has_a_line_of_time_that_ends_with_its_verdict() -> None:
    page = drawn(Picture(small()))
    of_s1 = next(line for line in page if line.startswith("s1 "))
    assert re.fullmatch(r"s1\s+▁+▆+█+ Converged", of_s1)
    assert re.fullmatch(r"s3 +[█✚]+░+ Offline", next(line for line in page if line.startswith("s3 ")))
    assert page[axis(page)].split() == ["-40s", "-30s", "-20s", "-10s", "now"]


def test_the_legend_has_every_shape_that_is_drawn_and_no_other() -> None:
    legend = " ".join(drawn(Picture(small()))[-2:])
    assert all(word in legend for word in ("Pending", "Progressing", "Converged", "Failed", "healed", "not heard of"))
    assert "Drifted" not in legend
    assert "refused" not in legend


def test_phases_and_marks_differ_without_colours_and_without_unicode() -> None:
    every = [*looks.PHASES.values(), *looks.MARKS.values(), looks.SILENT, looks.TOLD, looks.RELEASE]
    for shapes in ([item.sign for item in every], [item.bar for item in every], [item.letter for item in every]):
        assert len(set(shapes)) == len(shapes)
    assert set(looks.PHASES) == set(Phase)


def test_the_documentation_has_every_shape() -> None:
    named = [*looks.PHASES.items(), *looks.MARKS.items()]
    others = [("not heard of", looks.SILENT), ("told later", looks.TOLD)]
    rows = DOCS.read_text(encoding="utf-8").splitlines()
    for name, look in [*named, *others]:
        assert f"| {name} | {look.sign} | {look.bar} | `{look.letter}` |" in rows


def test_no_color_leaves_a_picture_that_says_the_same() -> None:
    picture = Picture(small())
    assert drawn(picture, NO_COLOR="1") == drawn(picture)
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|4[0-7]|9[0-7])m", raw(picture, NO_COLOR="1"))


def test_a_terminal_without_unicode_gets_letters() -> None:
    worse = fleets.offline(message="ключ")
    page = drawn(Picture(fleets.seen(fleets.answer(40, worse)), step="Größe"), encoding="latin-1")
    assert "\n".join(page).isascii()
    assert "\\u043a" in "\n".join(page)


def test_what_a_site_says_does_not_reach_the_terminal_as_commands() -> None:
    away = fleets.offline(message="\x1b[2J\x07")
    assert "\x1b[2J" not in raw(Picture(fleets.seen(fleets.answer(40, away))))


@pytest.mark.parametrize(("width", "height"), [(40, 12), (80, 24), (200, 60)])
@pytest.mark.parametrize(("count", "groups"), [(1, 1), (40, 6), (400, 6), (400, 100), (3000, 6)])
def test_no_fleet_is_larger_than_the_terminal(count: int, groups: int, width: int, height: int) -> None:
    log = tuple(Change(fleets.at(number), "s1", why="said") for number in range(20))
    page = drawn(Picture(fleets.large(count, groups), "A step", log, "no answer"), width, height)
    assert len(page) < height
    assert max(len(line) for line in page) <= width


@pytest.mark.parametrize(("count", "level"), [(12, Level.NAMED), (400, Level.DOTS), (3000, Level.BARS)])
def test_the_more_sites_the_smaller_they_are_drawn(count: int, level: Level) -> None:
    assert layout.fit(fleets.large(count, 3), 80, 40, 0).level is level


@pytest.mark.slow
def test_three_thousand_sites_are_counted_by_group_and_the_failed_are_named() -> None:
    page = drawn(Picture(fleets.large(3000, 3)))
    assert [line.split()[0] for line in page[2:5]] == ["region-000", "region-001", "region-002"]
    assert page[2].split()[-6:] == ["✖", "10", "░", "10", "✔", "980"]
    assert "✖ site-0000  Failed  Forbidden  cannot create ingresses" in page
    assert any(re.fullmatch(r"and \d+ more that are not as wanted", line) for line in page)


def test_of_too_many_groups_the_worst_are_shown_and_the_others_counted() -> None:
    page = drawn(Picture(fleets.large(3000, 500)))
    assert page[2].startswith("region-000")
    assert any(re.fullmatch(r"and \d+ more groups", line) for line in page)


def test_one_bad_site_of_a_thousand_still_has_its_part_of_the_bar() -> None:
    sites = [Site(f"s{number}", "shops", Verdict.CONVERGED) for number in range(999)]
    parts = cells.shares([*sites, Site("bad", "shops", Verdict.FAILED)], 20)
    assert [(look.sign, length) for look, length in parts] == [("✖", 1), ("✔", 19)]


def test_long_spans_are_told_in_minutes_and_narrow_ones_keep_their_labels_apart() -> None:
    assert lines.axis(timedelta(minutes=8), 40).split() == ["-8m", "-6m", "-4m", "-2m", "now"]
    assert lines.axis(timedelta(seconds=60), 20).split() == ["-60s", "-30s", "now"]
    assert lines.axis(timedelta(seconds=150), 40).split() == ["-2m30s", "-1m52s", "-1m15s", "-0m38s", "now"]
    assert lines.axis(timedelta(hours=1), 40).split() == ["-60m", "-45m", "-30m", "-15m", "now"]


@pytest.mark.parametrize("seconds", range(30, 3600, 7))
def test_no_two_labels_of_the_axis_are_the_same(seconds: int) -> None:
    labels = lines.axis(timedelta(seconds=seconds), 40).split()
    assert len(set(labels)) == len(labels) == 5


def test_a_release_stands_above_its_time() -> None:
    fleet = Fleet("shop", fleets.at(60), fleets.at(0), small().sites, (Release(fleets.at(30), "r2"),))
    page = drawn(Picture(fleet))
    assert page[axis(page) - 1].index("▼r2") == page[axis(page)].index("-30s")


def test_the_newest_changes_stand_beneath_and_what_is_said_too() -> None:
    log = (
        Change(fleets.at(30), "s1", "default/shop", "Pending -> Converged", "r2", "Converged"),
        Change(fleets.at(31), "s3", application="", why="cut off"),
    )
    page = drawn(Picture(small(), "2/3  Cut s3 off", log))
    assert page[1] == "▶ 2/3  Cut s3 off"
    assert "10:00:30Z  s1  Pending -> Converged  r2" in page
    assert "10:00:31Z  s3  cut off" in page


def test_a_saved_picture_needs_no_other_host_and_is_well_formed() -> None:
    text = svg.of(Picture(small()), "pinnace status --watch")
    assert re.findall(r"[a-z]+://[^\"' )]+", text) == ["http://www.w3.org/2000/svg"]
    assert "@import" not in text
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "Converged" in text
