"""How paths are written in `valueFrom` of an output and `parameterKey` of an input: the plain part of CUE's notation.

A path is `output.metadata.name`, `env[0].value` or `output.metadata.labels["app/tier"]`. A sum joins paths and texts in
quotes: `output.metadata.name + ".svc"`. Other expressions of CUE are not understood.
"""

import json
import re

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Parts

_TEXT = r'"(?:[^"\\]|\\.)*"'
_NAME = r"[A-Za-z_$#][-\w$#]*"
_PATH = rf"{_NAME}(?:\.{_NAME}|\[\d+\]|\[{_TEXT}\])*"
_TERM = rf"(?:{_TEXT}|{_PATH})"
_WHOLE_PATH = re.compile(rf"{_PATH}\Z")
_WHOLE_SUM = re.compile(rf"{_TERM}(?:\s*\+\s*{_TERM})*\Z")
_TERMS = re.compile(_TERM)


def path(text: str) -> Parts | None:
    """('env', 0, 'value') of `env[0].value`; None of what is no path."""
    stripped = text.strip()
    return diagnostics.split_path(stripped) if _WHOLE_PATH.match(stripped) else None


def terms(text: str) -> tuple[Parts | str, ...] | None:
    """The paths and texts of a sum; None of what is none."""
    stripped = text.strip()
    if not _WHOLE_SUM.match(stripped):
        return None
    try:
        return tuple(_term(item) for item in _TERMS.findall(stripped))
    except ValueError:  # an escape that JSON does not have, such as an interpolation
        return None


def _term(text: str) -> Parts | str:
    if text.startswith('"'):
        found: str = json.loads(text)
        return found
    return diagnostics.split_path(text)
