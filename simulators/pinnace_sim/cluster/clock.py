"""Time as the cluster sees it: asked of a function that was passed in, never of the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

# Aware, in UTC.
Clock = Callable[[], datetime]


def stamp(moment: datetime) -> str:
    """metav1.Time: RFC 3339 in UTC with whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime:
    """A metav1.Time."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
