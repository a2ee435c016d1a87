"""Which properties a template declares, and what it says of them: what `cue def --expression parameter` prints.

That text is laid out by CUE: a field stands on a line of its own, one tab deeper than the map around it. What is not
understood, such as a choice between maps, lets anything pass: the evaluation judges it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FIELD = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[\w$][\w$-]*)(?P<mark>[?!]?):\s*(?P<value>.*)$')
_USAGE = re.compile(r"//\s*\+usage=(?P<text>.*)$")
_BRANCH = re.compile(r"(?:if|for|let)\b.*\{$")
_MAP, _LIST_OF_MAPS = "{", "[...{"
_ENDS = ("}", "}]", '"""')
# KubeVela's deepest parameters have 6 levels.
_MAX_DEPTH = 16
_REFERENCES = ("//cue:path", "let ")


@dataclass(frozen=True, slots=True)
class Declared:
    """One property. `value` is CUE text; `fields` what it holds, or each entry where `is_list`; None: anything."""

    name: str
    value: str
    is_needed: bool
    description: str = ""
    fields: "tuple[Declared, ...] | None" = None
    is_list: bool = False


def split(text: str) -> list[str]:
    """The values that stand one after the other."""
    return re.split(r"^// ---\n", text, flags=re.MULTILINE)


def read(text: str) -> tuple[Declared, ...] | None:
    """The properties; None where any may be given."""
    lines = text.splitlines()
    imports = next((at for at, line in enumerate(lines) if line.startswith(_REFERENCES)), len(lines))
    own = [line for line in lines[:imports] if not line.startswith("import ")]
    return _fields(own, 0)


def _fields(lines: Sequence[str], depth: int) -> tuple[Declared, ...] | None:
    """The fields of a map at this depth; None where the map is open for others."""
    if depth > _MAX_DEPTH:
        return None
    found: dict[str, Declared] = {}
    usage = ""
    for line, inside in _blocks(lines, depth):
        if match := _USAGE.match(line):
            usage = match["text"]
        elif line.startswith("//"):
            continue
        elif _BRANCH.match(line):
            branch = _fields(inside, depth + 1)
            if branch is None:
                return None
            found |= {item.name: _optional(item) for item in branch if item.name not in found}
        elif match := _FIELD.match(line):
            name = match["name"].strip('"')
            found[name] = _field(name, match["mark"], match["value"], inside, depth, usage)
            usage = ""
        else:  # `...`, `[string]: ...`, or another map that this one has all fields of
            return None
    return tuple(found.values())


def _blocks(lines: Sequence[str], depth: int) -> Iterator[tuple[str, list[str]]]:
    """Lines at this depth, each with those below it."""
    current: str | None = None
    inside: list[str] = []
    for line in lines:
        plain = line.lstrip("\t")
        if not plain:
            continue
        if len(line) - len(plain) > depth:
            inside.append(line)
        elif plain in _ENDS:
            continue
        elif plain[0] in "}])" or plain.startswith('"""'):  # a choice or a sum goes on here
            inside.append("\t" * (depth + 1) + "...")
        else:
            if current is not None:
                yield current, inside
            current, inside = plain, []
    if current is not None:
        yield current, inside


def _field(name: str, mark: str, value: str, inside: list[str], depth: int, usage: str) -> Declared:
    is_needed = mark != "?" and not value.startswith("*") and " | *" not in value
    if value in (_MAP, _LIST_OF_MAPS):
        fields = _fields(inside, depth + 1)
        is_list = value == _LIST_OF_MAPS
        return Declared(name, "a list of maps" if is_list else "a map", mark == "!", usage, fields, is_list)
    if value.endswith("{"):
        return Declared(name, "", False, usage)
    return Declared(name, value, is_needed and _is_concrete_type(value), usage)


def _is_concrete_type(value: str) -> bool:
    """What has no value of its own, so that it must be given: a type, a bound, a choice. Not a literal or a list."""
    return value in ("string", "int", "bool", "number", "float") or value.startswith((">", "<", "uint", "int "))


def _optional(item: Declared) -> Declared:
    return Declared(item.name, item.value, False, item.description, item.fields, item.is_list)
