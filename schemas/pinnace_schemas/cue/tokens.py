"""CUE text as tokens: names, numbers, strings, signs, and the commas that line ends stand for.

Section "Lexical elements" of the CUE specification. Bytes ('...') and attributes are not known here.
"""

import re
from typing import Final, NamedTuple

from pinnace_schemas.cue.errors import Unsupported

NAME, NUMBER, STRING, SIGN, KEYWORD, END = "name", "number", "string", "sign", "keyword", "end"

_KEYWORDS: Final = frozenset({"package", "import", "for", "in", "if", "let", "true", "false", "null"})
# One alternative for each kind, longest signs first.
_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r]+)|(?P<newline>\n)|(?P<comment>//[^\n]*)"
    r"|(?P<bottom>_\|_)"
    r"|(?P<number>0[xX][0-9a-fA-F][0-9a-fA-F_]*|0b[01][01_]*|0o[0-7][0-7_]*"
    r"|(?:[0-9][0-9_]*(?:\.[0-9][0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+|[KMGTP]i?)?)"
    r"|(?P<string>\#*(?:\"\"\"|\"|'''|'))"
    r"|(?P<name>_?\#?[A-Za-z$][A-Za-z0-9_$]*|_[A-Za-z0-9_$]*|\#)"
    r"|(?P<sign>\.\.\.|&&|\|\||==|!=|<=|>=|=~|!~|[-+*/&|!<>=:?.,(){}\[\]@;])"
)
# After these a line end ends what stands before it.
_ENDING_SIGNS: Final = frozenset(")]}?") | {"..."}


class Token(NamedTuple):
    """`text` is the value of a name, sign or number; of a string what opens it. `is_newline` marks a comma that a line
    end stands for.
    """

    kind: str
    text: str
    at: int
    is_newline: bool = False


class Source:
    """The text, and places in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def refuse(self, message: str, at: int) -> Unsupported:
        """The error for this place."""
        before = self.text[:at]
        return Unsupported(message, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


class Scanner:
    """Gives one token after the other. Strings are read by their owner, from where the scanner stands."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.at = 0
        # Whether a line end now stands for a comma.
        self._ends = False

    def next(self) -> Token:
        """Raises Unsupported for what is no token."""
        text = self.source.text
        while True:
            match = _TOKEN.match(text, self.at)
            start = self.at
            if match is None:
                return self._rest(start)
            kind = match.lastgroup
            if kind == "space":
                self.at = match.end()
            elif kind in ("newline", "comment"):
                if self._ends:
                    return self._line_end(start)
                self.at = match.end()
            else:
                self.at = match.end()
                return self._token(str(kind), match[0], start)

    def _rest(self, start: int) -> Token:
        if start < len(self.source.text):
            raise self.source.refuse(f"{self.source.text[start]!r} is not known here", start)
        if self._ends:
            self._ends = False
            return Token(SIGN, ",", start, is_newline=True)
        return Token(END, "the end", start)

    def _line_end(self, start: int) -> Token:
        """A comma, unless the next line goes on with one."""
        self._ends = False
        following = _BLANK.match(self.source.text, start)
        assert following
        if self.source.text[following.end() : following.end() + 1] in (",", ":") and "//" not in following[0]:
            self.at = following.end()
            return self.next()
        return Token(SIGN, ",", start, is_newline=True)

    def _token(self, kind: str, text: str, start: int) -> Token:
        if kind == "string":
            if text.endswith("'"):
                raise self.source.refuse("bytes ('...') are not known here", start)
            return Token(STRING, text, start)
        if kind == "bottom":
            self._ends = True
            return Token(NAME, text, start)
        if kind == "name":
            self._ends = True
            return Token(KEYWORD if text in _KEYWORDS else NAME, text, start)
        if kind == "number" and (_WORD.match(self.source.text, self.at) or _LEADING_ZERO.fullmatch(text)):
            raise self.source.refuse("this is no number", start)
        if kind == "number" and (len(text) > _LONGEST_NUMBER or _LARGE_EXPONENT.search(text)):
            raise self.source.refuse("a number of this size is not known here", start)
        self._ends = kind == "number" or text in _ENDING_SIGNS
        return Token(NUMBER if kind == "number" else SIGN, text, start)

    def string_ended(self) -> None:
        """What was read of a string is all of it."""
        self._ends = True


_BLANK: Final = re.compile(r"[ \t\r\n]*")
_LONGEST_NUMBER: Final = 32
_LARGE_EXPONENT: Final = re.compile(r"(?<!^0)[eE][+-]?[0-9]{4}")
_LEADING_ZERO: Final = re.compile(r"0[0-9_]+[KMGTPi]*")
_WORD: Final = re.compile(r"[A-Za-z0-9_$.]")
