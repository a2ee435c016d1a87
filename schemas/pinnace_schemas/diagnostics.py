"""Diagnostic: one thing that is wrong or doubtful in what a person wrote, with the place where it stands.

Values only. Nothing here decides what is wrong; rules return diagnostics, and people and programs read them.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from pinnace_schemas.reasons import Reason

Parts = tuple[str | int, ...]

STDIN = "-"  # the name of standard input, as in `-f -`; also stands where no file is known yet

_PLAIN_KEY = re.compile(r"[A-Za-z_$][-A-Za-z0-9_$]*\Z")
_PART = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|\.?([^.\[]+)')


class Severity(StrEnum):
    """An ERROR refuses the document; a WARNING is shown and refuses nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """`line` and `column` count from 1; `path` is a field path such as `spec.components[0].properties.image`.

    `about` has the names of what the path leads through, such as `component 'web', trait 'scaler'`.
    """

    severity: Severity
    reason: Reason
    message: str
    source: str = STDIN
    line: int | None = None
    column: int | None = None
    path: str = ""
    hint: str = ""
    about: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.source, self.line, self.column) if part is not None)
        path = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        about = f" [{self.about}]" if self.about else ""
        return f"{place}: {self.severity}: {path}{self.message}{hint}{about}"

    def under(self, *parts: str | int) -> "Diagnostic":
        """The same, with its path below `parts`: what a rule says of its own field becomes a place in the document."""
        return replace(self, path=join_path((*parts, *split_path(self.path))))

    def to_dict(self) -> dict[str, Any]:
        """JSON object for the API; what is not known is left out."""
        fields = {name: getattr(self, name) for name in Diagnostic.__slots__}
        return {name: value for name, value in fields.items() if value is not None and value != ""}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Diagnostic":
        """The inverse. Raises ValueError or TypeError for anything else."""
        known = {**value, "severity": Severity(value["severity"]), "reason": Reason(value["reason"])}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class InText(Diagnostic):
    """Of a place within the text that stands at `path`, such as a template: its line `at[0]`, column `at[1]`, from 1.

    `message` names that place; `plain` says the same without, for where the place in the file is known.
    """

    at: tuple[int, int] = (1, 1)
    plain: str = ""


def error(reason: Reason, message: str, *parts: str | int, hint: str = "") -> Diagnostic:
    """An ERROR at a field path given in parts."""
    return Diagnostic(Severity.ERROR, reason, message, path=join_path(parts), hint=hint)


def warning(reason: Reason, message: str, *parts: str | int, hint: str = "") -> Diagnostic:
    """A WARNING at a field path given in parts."""
    return Diagnostic(Severity.WARNING, reason, message, path=join_path(parts), hint=hint)


def errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only what refuses."""
    return tuple(item for item in diagnostics if item.severity is Severity.ERROR)


def join_path(parts: Iterable[str | int]) -> str:
    """('spec', 'components', 0, 'a.b/c') gives `spec.components[0]["a.b/c"]`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.match(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text


def split_path(path: str) -> Parts:
    """The inverse of `join_path`."""
    parts: list[str | int] = []
    for quoted, index, plain in _PART.findall(path):
        parts.append(json.loads(quoted) if quoted else int(index) if index else plain)
    return tuple(parts)


def nearest_first(wanted: str, known: Iterable[str]) -> tuple[str, ...]:
    """All known names, the most similar to `wanted` first; equal ones by alphabet."""
    return tuple(sorted(known, key=lambda name: (-_likeness(wanted, name), name)))


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """`did you mean 'replicas'?`, or nothing where no known name is near."""
    best = nearest_first(wanted, known)[:1]
    return f"did you mean '{best[0]}'?" if best and _likeness(wanted, best[0]) >= _NEAR else ""


# Comparing a name with thousands takes a tenth of a second: of many errors of one kind so many get such a hint.
MAX_HINTS = 10
_NEAR = 0.6  # difflib's own cutoff for close matches


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()
