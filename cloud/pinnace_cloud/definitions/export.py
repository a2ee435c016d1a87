"""Reads what `cue export --out cue` prints: concrete values, and what comments above fields say of them.

The language is CUE's, of which an export uses little: maps, lists, literals and comments. Anything else is refused.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Which rules a comment gives a field: `// +patchKey=name` gives {"patchKey": "name"}.
Marks = Mapping[str, str]

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<lines>(?P<hashes>\#*)(?P<quote>\"{3}|'{3})\n(?:[^\n]*\n)*?[ \t]*(?P=quote)(?P=hashes))
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<number>-?\d[\d.]*(?:[eE][+-]?\d+)?)
      | (?P<name>[\w$]+)
      | (?P<sign>[{}\[\],:])
      | (?P<line>\n)
      | (?P<blank>[ \t]+)
      | (?P<other>.)""",
    re.VERBOSE,
)
_MARK = re.compile(r"//\s*\+\s*(?P<name>[^=\s]+)\s*=\s*(?P<value>\S+)\s*$")
# Stands between two values. A comment of a template cannot look like it: comments are fields' and stand above them.
_SEPARATOR = "// ---"
_WORDS = {"true": True, "false": False, "null": None}
# What JSON writes otherwise.
_SPECIAL = re.compile(r'\\U(?P<wide>[0-9a-fA-F]{8})|\\.|["\n\t]', re.DOTALL)
_AS_JSON = {"\\a": "\\u0007", "\\v": "\\u000b", "\\'": "'", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Exported:
    """`marks` by path, with `[]` for the entries of a list: `spec.containers[].env`."""

    value: Any
    marks: Mapping[str, Marks]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def read(text: str) -> tuple[Exported, ...]:
    """One for each value, in order. Raises ValueError for what is no export."""
    reader = _Reader(list(_tokens(text)))
    found: list[Exported] = []
    while not reader.is_done:
        reader.marks = {}
        found.append(Exported(reader.whole(), reader.marks))
    return tuple(found)


def literal(text: str) -> Any:
    """The value of a text, a number, a list or a map. Raises ValueError for what is none of them, or not concrete."""
    (found,) = read(f"value: {text}\n")
    if found.value.keys() != {"value"}:
        raise ValueError(f"no value: {text}")
    return found.value["value"]


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind in ("hashes", "quote"):
            kind = "lines"
        if kind == "other":
            raise ValueError(f"not part of an export: {match[0]!r}")
        if kind not in ("blank", "line"):
            yield _Token(kind, match[0])


@dataclass(slots=True)
class _Reader:
    tokens: list[_Token]
    at: int = 0
    marks: dict[str, Marks] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.tokens)

    def whole(self) -> dict[str, Any]:
        """One value, with the line that separates it from the next."""
        if self.tokens[self.at].text != "{":
            return self._members("", end=_SEPARATOR)
        self.at += 1
        found = self._members("", end="}")
        if not self.is_done and self._next().text != _SEPARATOR:
            raise ValueError("something follows the value")
        return found

    def _members(self, path: str, end: str) -> dict[str, Any]:
        """Up to `end`; a separator may also be missing at the end of all."""
        found: dict[str, Any] = {}
        said: dict[str, str] = {}
        while not self.is_done:
            token = self._next()
            if token.text == end:
                return found
            if token.kind == "comment":
                said |= _marked(token.text)
            elif token.text != ",":
                name = _label(token)
                found[name] = self._member(f"{path}.{name}" if path else name, said)
                said = {}
        if end != _SEPARATOR:
            raise ValueError("the export ends within a map")
        return found

    def _member(self, path: str, said: dict[str, str]) -> Any:
        if self._next().text != ":":
            raise ValueError(f"no value at {path}")
        if said:
            self.marks[path] = said
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if following is not None and following.text == ":":  # `a: b: 1`
            name = _label(self._next())
            return {name: self._member(f"{path}.{name}", {})}
        return self._value(path)

    def _value(self, path: str) -> Any:
        token = self._next()
        if token.text == "{":
            return self._members(path, end="}")
        if token.text == "[":
            return self._entries(f"{path}[]")
        return _literal(token)

    def _entries(self, path: str) -> list[Any]:
        found: list[Any] = []
        while (token := self._next()).text != "]":
            if token.text != "," and token.kind != "comment":
                self.at -= 1
                found.append(self._value(path))
        return found

    def _next(self) -> _Token:
        if self.is_done:
            raise ValueError("the export ends too early")
        self.at += 1
        return self.tokens[self.at - 1]


def _marked(comment: str) -> Marks:
    match = _MARK.match(comment)
    return {match["name"]: match["value"]} if match else {}


def _label(token: _Token) -> str:
    return _text(token.text) if token.kind == "text" else token.text


def _literal(token: _Token) -> Any:
    if token.kind == "text":
        return _text(token.text)
    if token.kind == "lines":
        return _lines(token.text)
    if token.kind == "number":
        return json.loads(token.text, parse_float=finite)
    if token.text in _WORDS:
        return _WORDS[token.text]
    raise ValueError(f"no value: {token.text}")


def finite(text: str) -> float:
    """Raises ValueError for a number that is too large for JSON's readers."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _text(token: str) -> str:
    return _unescaped(token[1:-1])


def _lines(token: str) -> str:
    """A text over several lines: without the first and the last, and without the indent of the last.

    One that holds three quotes itself is raw: signs of number stand around it, and between the backslash and the letter
    of an escape.
    """
    plain = token.strip("#")
    if not plain.startswith('"""'):
        raise ValueError("bytes are no JSON")
    *body, last = plain[4:].split("\n")
    indent = last.removesuffix('"""')
    text = "\n".join(line.removeprefix(indent) for line in body)
    return _unescaped(_escaped(text, "#" * ((len(token) - len(plain)) // 2)))


def _escaped(text: str, hashes: str) -> str:
    """A raw text with the escapes of others."""
    return re.sub(rf"\\(?:{hashes}(.))?", lambda match: "\\" + (match[1] or "\\"), text) if hashes else text


def _unescaped(text: str) -> str:
    found: str = json.loads(f'"{_SPECIAL.sub(_as_json, text)}"')
    return found


def _as_json(match: re.Match[str]) -> str:
    if match["wide"]:
        return json.dumps(chr(int(match["wide"], 16)))[1:-1]
    return _AS_JSON.get(match[0], match[0])
