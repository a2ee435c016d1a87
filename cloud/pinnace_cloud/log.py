"""What the controller says on its way, and which libraries are kept quiet."""

import logging
from typing import TextIO

from pinnace_schemas import log_lines
from pinnace_schemas.common_settings import LogFormat

# Libraries that tell every request, job or failed signature at INFO; what comes of it is our own to say.
_QUIET = ("apscheduler", "uvicorn.access", "httpx", "tuf")


def configure(log_format: LogFormat, level: str, stream: TextIO) -> None:
    """Replaces the handlers of the root logger. `level` is a name such as 'info'."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log_lines.formatter(log_format))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
