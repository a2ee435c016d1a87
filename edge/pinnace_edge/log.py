"""What the daemon says on its way: lines for people, or one JSON object a line for programs.

Only the fields of IDENTITY leave with a record, so that no payload and no key gets out by way of `extra`.
"""

import json
import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

IDENTITY = ("tenant", "node", "namespace", "application", "group", "revision", "bundle", "object", "reason")


class LogFormat(StrEnum):
    """TEXT for people, JSON for programs."""

    TEXT = "text"
    JSON = "json"


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
    handler.setFormatter(_Json() if log_format is LogFormat.JSON else _Text())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={value}" for name, value in _identity(record).items())
        line = f"{_time(record)} {record.levelname:7} {record.name}: {_one_line(record.getMessage())}"
        line = f"{line} [{fields}]" if fields else line
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_identity(record),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def _identity(record: logging.LogRecord) -> dict[str, object]:
    found = {name: getattr(record, name, None) for name in IDENTITY}
    return {name: value for name, value in found.items() if value is not None}


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z"


def _one_line(text: str) -> str:
    """What came from outside must not look like a line of ours."""
    return text.replace("\r", "\\r").replace("\n", "\\n")
