"""What the controller says on its way: lines for people, or one JSON object a line for programs."""

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from pinnace_cloud.settings import LogFormat

# Libraries that tell every request or job at INFO.
_QUIET = ("apscheduler", "uvicorn.access", "httpx")


def configure(log_format: LogFormat, level: str, stream: TextIO) -> None:
    """Replaces the handlers of the root logger. `level` is a name such as 'info'."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Json() if log_format is LogFormat.JSON else _Text())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname:7} {record.name}: {_one_line(record.getMessage())}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z"


def _one_line(text: str) -> str:
    """What came from outside must not look like a line of ours."""
    return text.replace("\r", "\\r").replace("\n", "\\n")
