"""What `cue` complains of, as diagnostics: wrong parameters at their properties, wrong templates by line and column.

Its text is `PATH: MESSAGE:` on a line, then one indented line `FILE:LINE:COLUMN` for each place.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.reasons import Reason

# The first line of a package is ours.
_OWN_LINES = 1
# More would be the consequences of the first ones.
_MAX_FAULTS = 20

_PLACE = re.compile(r"\s+\S+:(?P<line>\d+):(?P<column>\d+)\s*$")
_LABEL = r'(?:[#_$A-Za-z][\w$#]*|\d+|"(?:[^"\\]|\\.)*")'
_HEAD = re.compile(rf"(?P<path>{_LABEL}(?:\.{_LABEL})*): (?P<message>.+)")
_PART = re.compile(_LABEL)
# Announces others that follow with places of their own.
_SUMMARY = re.compile(r"\d+ errors in empty disjunction$")
_INCOMPLETE = re.compile(r"incomplete value (?P<wanted>.+)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` in the template; `line` and `column` of its text count from 1, 0 where it has none."""

    message: str
    path: Parts = ()
    line: int = 0
    column: int = 0

    @property
    def is_of_parameter(self) -> bool:
        return self.path[:1] == ("parameter",)

    @property
    def is_of_left_out(self) -> bool:
        """A loop of `outputs` runs over a field that may be left out, and is."""
        return self.path == ("outputs",) and self.message.startswith("cannot reference optional field")


def read(text: str, lines: int) -> tuple[Fault, ...]:
    """Each complaint once. `lines` has the template; what stands behind is no place in it."""
    found: dict[Fault, None] = {}
    message, places = "", list[tuple[int, int]]()
    for line in [*text.splitlines(), "end"]:
        if match := _PLACE.match(line):
            if _OWN_LINES < int(match["line"]) <= _OWN_LINES + lines:
                places.append((int(match["line"]) - _OWN_LINES, int(match["column"])))
            elif not _HEAD.match(message):  # no value is wrong, but the text: it ends too early
                places.append((lines, 1))
            continue
        if message:
            found[_fault(message, *(places[0] if places else (0, 0)))] = None
        message, places = line.strip().removesuffix(":"), []
    return tuple(item for item in found if not _SUMMARY.match(item.message))[:_MAX_FAULTS]


def _fault(text: str, line: int, column: int) -> Fault:
    match = _HEAD.match(text)
    if match is None:
        return Fault(text, (), line, column)
    path = tuple(_part(part) for part in _PART.findall(match["path"]))
    return Fault(match["message"], path, line, column)


def _part(text: str) -> str | int:
    return int(text) if text.isdigit() else text.strip('"')


def problems(name: str, faults: Iterable[Fault]) -> tuple[Diagnostic, ...]:
    """Errors with paths below a component or trait. Where parameters are wrong, what follows from it is left out."""
    faults = tuple(faults)
    wrong = tuple(_of_parameters(item for item in faults if item.is_of_parameter))
    return wrong or tuple(diagnostics.error(Reason.INVALID, said(name, item), "properties") for item in faults)


def said(name: str, fault: Fault) -> str:
    """The sentence for a template that is wrong."""
    place = f", line {fault.line}, column {fault.column}" if fault.line else ""
    path = f"{'.'.join(map(str, fault.path))}: " if fault.path else ""
    return f"template of {name}{place}: {path}{fault.message}"


def _of_parameters(faults: Iterable[Fault]) -> Iterator[Diagnostic]:
    by_path: dict[Parts, list[str]] = {}
    for item in faults:
        by_path.setdefault(item.path[1:], []).append(item.message)
    for path, messages in by_path.items():
        incomplete = _INCOMPLETE.match(messages[0])
        text = f"is required: {incomplete['wanted']}" if incomplete else "; ".join(dict.fromkeys(messages))
        yield diagnostics.error(Reason.INVALID, text, "properties", *path)
