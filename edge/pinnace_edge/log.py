"""What the daemon says on its way, and which fields of identity leave with a record."""

import logging
from typing import TextIO

from pinnace_schemas import log_lines
from pinnace_schemas.common_settings import LogFormat

IDENTITY = ("tenant", "node", "namespace", "application", "group", "revision", "bundle", "object", "reason")


def configure(log_format: LogFormat, level: str, stream: TextIO) -> None:
    """Replaces the handlers of the root logger. `level` is a name such as 'INFO'."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log_lines.formatter(log_format, IDENTITY))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # It tells each key that has not signed; the refusal that comes of it is journalled with its reason.
    logging.getLogger("tuf").setLevel(logging.WARNING)
    # It warns of each connection that a closed watch gives back; nobody can do anything about that.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
