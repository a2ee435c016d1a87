"""What a string literal says: escapes, interpolations, raw quotes (#"..."#), and the indentation of several lines.

Section "String and byte sequence literals" of the CUE specification.
"""

import re
from collections.abc import Callable
from typing import Final

from pinnace_schemas.cue.tokens import Scanner
from pinnace_schemas.cue.tree import Expression

_PLAIN: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "/": "/", "\\": "\\"}
_HEX: Final = {"u": 4, "U": 8}
_HIGH, _LOW, _AFTER, _LAST = 0xD800, 0xDC00, 0xE000, 0x10FFFF


class Reader:
    """Reads one literal, from behind its opening quote; `expression` reads what is within an interpolation, and leaves
    the scanner behind its ')'.
    """

    def __init__(self, scanner: Scanner, opening: str, at: int, expression: Callable[[], Expression]) -> None:
        self._scanner = scanner
        self._source = scanner.source
        self._at = at
        self._expression = expression
        hashes = opening.count("#")
        self._is_long = len(opening) - hashes == 3
        self._closing = opening[hashes:] + "#" * hashes
        self._escape = "\\" + "#" * hashes
        self._stop = re.compile(re.escape(self._closing) + "|" + re.escape(self._escape) + "|\n")

    def read(self) -> list[str | Expression]:
        """Texts and expressions in turn. Raises Unsupported."""
        if self._is_long:
            self._line_end()
        pieces: list[tuple[str, int] | Expression] = []
        while True:
            start = self._scanner.at
            end, is_closed = self._piece()
            pieces.append((self._source.text[start:end], start))
            if is_closed:
                self._scanner.string_ended()
                return self._said(pieces)
            pieces.append(self._expression())

    def _line_end(self) -> None:
        match = re.compile(r"\r?\n").match(self._source.text, self._scanner.at)
        if match is None:
            raise self._source.refuse('a line must end behind """', self._at)
        self._scanner.at = match.end()

    def _piece(self) -> tuple[int, bool]:
        """Where what is said ends, and whether the literal does; the scanner is behind what ends it."""
        text = self._source.text
        while match := self._stop.search(text, self._scanner.at):
            if match[0] == "\n" and not self._is_long:
                break
            self._scanner.at = match.end()
            if match[0] == self._closing:
                return match.start(), True
            if match[0] == self._escape:
                self._scanner.at += 1
                if text[match.end() : match.end() + 1] == "(":
                    return match.start(), False
        raise self._source.refuse("this string does not end", self._at)

    def _said(self, pieces: list[tuple[str, int] | Expression]) -> list[str | Expression]:
        indent = ""
        if self._is_long:
            pieces, indent = self._outdented(pieces)
        return [item if isinstance(item, Expression) else self._unescaped(*item, indent) for item in pieces]

    def _outdented(self, pieces: list[tuple[str, int] | Expression]) -> tuple[list[tuple[str, int] | Expression], str]:
        """Without the first line end and the last; and what every line begins with."""
        first, last = pieces[0], pieces[-1]
        assert isinstance(first, tuple)
        assert isinstance(last, tuple)
        pieces[0] = ("\n" + first[0], first[1] - 1)
        last = pieces[-1]
        assert isinstance(last, tuple)
        lines, _, indent = last[0].rpartition("\n")
        if indent.strip(" \t") or "\n" not in last[0]:
            raise self._source.refuse('the closing """ must stand on a line of its own', self._at)
        pieces[-1] = (lines.removesuffix("\r"), last[1])
        return pieces, indent

    def _unescaped(self, piece: str, at: int, indent: str) -> str:
        found: list[str] = []
        here, is_first = 0, self._is_long and at <= self._at + len(self._closing) + 1
        piece = piece.replace("\r", "") if self._is_long else piece
        while match := self._stop.search(piece, here):
            found.append(piece[here : match.start()])
            here = match.end()
            if match[0] == "\n":
                here = self._indented(piece, here, indent, at)
                found.append("\n")
            elif match[0] == self._escape:
                here = self._escaped(piece, here, at, found)
        found.append(piece[here:])
        text = "".join(found)
        return text[1:] if is_first and text[:1] == "\n" else text

    def _indented(self, piece: str, here: int, indent: str, at: int) -> int:
        if piece.startswith(indent, here):
            return here + len(indent)
        if piece.startswith("\n", here) or here == len(piece):
            return here
        raise self._source.refuse("this line is indented less than the closing quotes", at + here)

    def _escaped(self, piece: str, here: int, at: int, found: list[str]) -> int:
        """Behind the escape, of which the meaning is added to what was found."""
        sign = piece[here : here + 1]
        if sign == '"':
            found.append(sign)
            return here + 1
        if sign in _HEX:
            return self._point(piece, here, at, found)
        if sign not in _PLAIN:
            raise self._source.refuse(f"the escape {self._escape}{sign} is not known", at + here)
        found.append(_PLAIN[sign])
        return here + 1

    def _point(self, piece: str, here: int, at: int, found: list[str]) -> int:
        point, here = self._number(piece, here, at)
        if _HIGH <= point < _LOW and piece.startswith(self._escape, here):
            here += len(self._escape)
            low, here = self._number(piece, here, at) if piece[here : here + 1] in _HEX else (0, here)
            point = 0x10000 + (point - _HIGH) * 0x400 + low - _LOW if _LOW <= low < _AFTER else _HIGH
        if _HIGH <= point < _AFTER or point > _LAST:
            raise self._source.refuse("this escape is no character", at + here)
        found.append(chr(point))
        return here

    def _number(self, piece: str, here: int, at: int) -> tuple[int, int]:
        digits = piece[here + 1 : here + 1 + _HEX[piece[here]]]
        if not re.fullmatch("[0-9a-fA-F]+", digits) or len(digits) != _HEX[piece[here]]:
            raise self._source.refuse("this escape has too few digits", at + here)
        return int(digits, 16), here + 1 + len(digits)
