"""Which version of the daemon this is, and when it was released. Raised together with the one in `pyproject.toml`."""

from datetime import UTC, datetime
from typing import Final

# Written here and not asked of the installed metadata: that would load 4 MB of readers of packages.
__version__: Final = "0.1.0"

# No clock that shows less can be right: the lowest possible time floor. Raised with each release.
RELEASED: Final = datetime(2026, 11, 1, tzinfo=UTC)
