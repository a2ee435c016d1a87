"""Which version of the daemon this is, and when it was released."""

import importlib.metadata
from datetime import UTC, datetime
from typing import Final

__version__: Final = importlib.metadata.version("pinnace")

# No clock that shows less can be right: the lowest possible time floor. Raised with each release.
RELEASED: Final = datetime(2026, 11, 1, tzinfo=UTC)
