"""What a log record looks like: a line for people, or one JSON object a line for programs. Writes nothing.

Only the fields that a formatter is given leave with a record, so that no payload and no key gets out by way of `extra`.
"""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pinnace_schemas.common_settings import LogFormat


def formatter(log_format: LogFormat, fields: Sequence[str] = ()) -> logging.Formatter:
    """`fields` are the attributes of a record that leave with it, where it has them."""
    return _Json(fields) if log_format is LogFormat.JSON else _Text(fields)


class _Fielded(logging.Formatter):
    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(fields)

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        found = {name: getattr(record, name, None) for name in self._names}
        return {name: value for name, value in found.items() if value is not None}


class _Text(_Fielded):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={value}" for name, value in self._fields(record).items())
        line = f"{_time(record)} {record.levelname:7} {record.name}: {_one_line(record.getMessage())}"
        line = f"{line} [{fields}]" if fields else line
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(_Fielded):
    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self._fields(record),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03d}Z"


def _one_line(text: str) -> str:
    """What came from outside must not look like a line of ours, nor move the cursor of a terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
