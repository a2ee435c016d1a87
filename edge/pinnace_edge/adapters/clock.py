"""The machine's clocks."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the port `Clock`."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)
