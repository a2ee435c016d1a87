"""Wire times: UTC, whole seconds, RFC 3339 with 'Z', as TUF writes them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import StringConstraints

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

Timestamp = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]


@lru_cache(maxsize=64)  # one moment serves a whole pass, and is written with everything that the pass makes
def format_time(moment: datetime) -> str:
    """'2026-11-23T10:22:00Z'; `moment` must be aware."""
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def parse_time(text: str) -> datetime:
    """The inverse. Raises ValueError."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
