"""Durations, ages and names as people write and read them."""

from datetime import UTC, datetime, timedelta

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from pinnace_cloud.cli import durations, names
from pinnace_cloud.cli.names import Kind
from pinnace_cloud.cli.output import console
from pinnace_schemas import times

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("7d", 604800),
        ("500ms", 0.5),
        ("1.5h", 5400),
        ("20", 20),
    ],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert durations.parse(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "10 m", "-5s", "0", "0s", "1y", "5mm", "m5", "1e3", " 5m", "٣s5"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        durations.parse(text)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=-90), "now"),
        (timedelta(seconds=59), "59s ago"),
        (timedelta(seconds=200), "3m ago"),
        (timedelta(minutes=80), "1h20m ago"),
        (timedelta(hours=2), "2h ago"),
        (timedelta(hours=23, minutes=59), "23h ago"),
        (timedelta(hours=52), "2d4h ago"),
        (timedelta(days=400), "400d ago"),
    ],
)
def test_an_age_is_rough(ago: timedelta, text: str) -> None:
    assert durations.age(times.format_time(NOW - ago), NOW) == text


def test_what_was_never_seen_is_never() -> None:
    assert durations.age(None, NOW) == "never"


@pytest.mark.parametrize(
    ("text", "namespace", "key"),
    [
        ("shop", None, ("default", "shop")),
        ("shop", "retail", ("retail", "shop")),
        ("retail/shop", None, ("retail", "shop")),
        ("retail/shop", "retail", ("retail", "shop")),
    ],
)
def test_an_application_has_a_namespace(text: str, namespace: str | None, key: tuple[str, str]) -> None:
    assert names.application(text, namespace) == key


def test_a_word_before_a_slash_is_a_kind_where_it_is_one() -> None:
    assert names.with_kind("node/s1") == (Kind.NODE, "s1")
    assert names.with_kind("app/retail/shop") == (Kind.APPLICATION, "retail/shop")
    assert names.with_kind("retail/shop") == (None, "retail/shop")


@given(st.text())
def test_nothing_that_is_shown_moves_the_cursor(text: str) -> None:
    assert console.clean(text).isprintable() or not console.clean(text)
