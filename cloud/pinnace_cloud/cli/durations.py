"""Durations as people write them, `90s`, `10m`, `1h30m`, `7d`, and ages as people read them, `3m ago`."""

import re
from datetime import datetime

import typer

from pinnace_schemas import times

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def parse(text: str) -> float:
    """Seconds, above zero. A number without a unit is seconds. Raises BadParameter."""
    whole = f"{text}s" if text[-1:].isdigit() else text
    if not _WHOLE.fullmatch(whole):
        raise typer.BadParameter(f"'{text}' is no duration; write 90s, 10m, 1h30m or 7d")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(whole))
    if seconds <= 0:
        raise typer.BadParameter("a duration is longer than nothing")
    return seconds


def age(at: str | None, now: datetime) -> str:
    """`never` for None; a time ahead of `now` is `now`: clocks differ."""
    if at is None:
        return "never"
    seconds = int((now - times.parse_time(at)).total_seconds())
    return "now" if seconds <= 0 else f"{rough(seconds)} ago"


def rough(seconds: int) -> str:
    """The largest unit, and below a number of ten the next one too: `45s`, `3m`, `1h20m`, `2d4h`, `30d`."""
    if seconds < 60:
        return f"{seconds}s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours == 0:
        return f"{minutes}m"
    if days == 0:
        return f"{hours}h{minutes % 60}m" if hours < 10 and minutes % 60 else f"{hours}h"
    return f"{days}d{hours % 24}h" if days < 10 and hours % 24 else f"{days}d"
