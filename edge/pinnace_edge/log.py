"""What the daemon says on its way, and which fields of identity leave with a record."""

import logging
from collections.abc import MutableMapping
from typing import Any, TextIO

from pinnace_schemas import log_lines
from pinnace_schemas.common_settings import LogFormat

IDENTITY = ("tenant", "node", "namespace", "application", "group", "revision", "bundle", "object", "reason")


class Identified(logging.LoggerAdapter[logging.Logger]):
    """A logger that carries identity; `bind` on one adds to what it carries. (The base class would replace it.)"""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        return msg, {**kwargs, "extra": {**(self.extra or {}), **(kwargs.get("extra") or {})}}


def bind(logger: logging.Logger | Identified, **identity: object) -> Identified:
    """The logger with these fields on every record. Raises ValueError for a field that is not in IDENTITY."""
    wrong = sorted(set(identity) - set(IDENTITY))
    if wrong:
        raise ValueError(f"not a field of a log record: {', '.join(wrong)}")
    if isinstance(logger, Identified):
        return Identified(logger.logger, {**(logger.extra or {}), **identity})
    return Identified(logger, identity)


def configure(log_format: LogFormat, level: str, stream: TextIO) -> None:
    """Replaces the handlers of the root logger. `level` is a name such as 'INFO'."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log_lines.formatter(log_format, IDENTITY))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
