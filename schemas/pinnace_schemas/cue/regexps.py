"""Regular expressions of RE2, as CUE has them: whether a pattern is found in a text, in time that grows with both.

All positions of a pattern are followed at once (Thompson's construction), so no pattern can take exponential time.
Flags, classes by name, and word boundaries are not known here.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from pinnace_schemas.cue.errors import Abandoned

_MOST_STATES: Final = 300
# States times characters of the text.
_MOST_WORK: Final = 500_000
_WORK_A_STEP: Final = 16
_MOST_LEVELS: Final = 20
_SPECIAL: Final = frozenset("\\.+*?()|[]{}^$")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_DIGITS: Final = ((48, 57),)
_WORDS: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES: Final = ((9, 10), (12, 13), (32, 32))
_CLASSES: Final = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}
_TOP: Final = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]


class _Begin:
    """Stands at the beginning of the text only."""


class _End:
    """Stands at the end of the text only."""


# A state: what it takes (None for nothing), and the states after it.
_Takes = Ranges | type[_Begin] | type[_End] | None


class Program:
    """A pattern as states; the last one is the end."""

    def __init__(self) -> None:
        self.takes: list[_Takes] = []
        self.after: list[list[int]] = []
        # States, and ranges of characters that are looked through for them.
        self.size = 0

    def add(self, takes: _Takes, *after: int) -> int:
        """A new state. Raises Abandoned where there are too many."""
        if len(self.takes) >= _MOST_STATES:
            raise Abandoned(f"a pattern with more than {_MOST_STATES} states is not known here")
        self.takes.append(takes)
        self.size += 1 + len(takes) if isinstance(takes, tuple) else 1
        self.after.append(list(after))
        return len(self.takes) - 1


# Adds states that go on to the given one; gives the first of them.
_Part = Callable[[Program, int], int]


def check(pattern: str) -> None:
    """Raises Abandoned for a pattern that is none, or not known here."""
    _program(pattern)


def cost(pattern: object, text: object) -> int:
    """What reading the pattern and a match may take, in steps of the evaluation. Raises Abandoned as `check` does.

    A short pattern may have many states: `[ab]{290}`."""
    if not (isinstance(pattern, str) and isinstance(text, str)):
        return 1
    program, *_ = _program(pattern)
    return 1 + (len(pattern) + program.size) * (len(text) + 1) // _WORK_A_STEP


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found anywhere in the text. Raises Abandoned."""
    program, first, last = _program(pattern)
    if len(program.takes) * len(text) > _MOST_WORK:
        raise Abandoned("matching takes too long")
    active: set[int] = set()
    for place in range(len(text) + 1):
        active = _closed(program, [*active, first], place == 0, place == len(text))
        if last in active:
            return True
        if place < len(text):
            point = ord(text[place])
            active = {after for state in active if _fits(program.takes[state], point) for after in program.after[state]}
    return False


def _fits(takes: _Takes, point: int) -> bool:
    return isinstance(takes, tuple) and any(low <= point <= high for low, high in takes)


def _closed(program: Program, states: Iterable[int], is_begin: bool, is_end: bool) -> set[int]:
    """With all states that are reached without taking a character."""
    found: set[int] = set()
    open_states = list(states)
    while open_states:
        state = open_states.pop()
        if state in found:
            continue
        found.add(state)
        takes = program.takes[state]
        if takes is None or (takes is _Begin and is_begin) or (takes is _End and is_end):
            open_states.extend(program.after[state])
    return found


@lru_cache(maxsize=32)
def _program(pattern: str) -> tuple[Program, int, int]:
    program = Program()
    last = program.add(())
    return program, _Reader(pattern).whole()(program, last), last


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._levels = 0

    def whole(self) -> _Part:
        found = self._alternatives()
        if self._at < len(self._pattern):
            raise self._refused()
        return found

    def _refused(self) -> Abandoned:
        return Abandoned(f"the pattern {self._pattern!r} is not known here, from character {self._at + 1}")

    def _here(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, sign: str) -> bool:
        if self._pattern.startswith(sign, self._at):
            self._at += len(sign)
            return True
        return False

    def _alternatives(self) -> _Part:
        self._levels += 1
        if self._levels > _MOST_LEVELS:
            raise self._refused()
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        self._levels -= 1
        return (
            parts[0]
            if len(parts) == 1
            else lambda program, after: program.add(None, *(part(program, after) for part in parts))
        )

    def _sequence(self) -> _Part:
        parts = list[_Part]()
        while self._here() not in ("", "|", ")"):
            parts.append(self._repeated())

        def build(program: Program, after: int) -> int:
            for part in reversed(parts):
                after = part(program, after)
            return after

        return build

    def _repeated(self) -> _Part:
        part = self._atom()
        bounds = self._bounds()
        if bounds is None:
            return part
        self._take("?")
        if self._here() in ("*", "+", "?") or (self._here() == "{" and self._bounds() is not None):
            raise self._refused()
        return _times(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if self._here() != "{":
            return None
        inner, closing, _ = self._pattern[self._at + 1 :].partition("}")
        low, comma, high = inner.partition(",")
        if not closing or not _is_count(low) or not (high == "" or _is_count(high)):
            raise self._refused()
        self._at += len(inner) + 2
        least = int(low)
        most = None if comma and not high else int(high) if comma else least
        if most is not None and most < least:
            raise self._refused()
        return least, most

    def _atom(self) -> _Part:
        sign = self._here()
        self._at += 1
        match sign:
            case "^" | "$":
                takes: _Takes = _Begin if sign == "^" else _End
                if self._here() in ("*", "+", "?", "{"):
                    raise self._refused()
            case ".":
                takes = ((0, 9), (11, _TOP))
            case "[":
                takes = self._class()
            case "(":
                return self._group()
            case "\\":
                takes = self._escape()
            case "*" | "+" | "?" | "{" | "}" | "]":
                self._at -= 1
                raise self._refused()
            case _:
                takes = ((ord(sign), ord(sign)),)
        return lambda program, after: program.add(takes, after)

    def _group(self) -> _Part:
        if self._here() == "?" and not self._take("?:"):
            raise self._refused()
        found = self._alternatives()
        if not self._take(")"):
            raise self._refused()
        return found

    def _escape(self) -> Ranges:
        sign = self._here()
        self._at += 1
        if sign.lower() in _CLASSES and sign:
            ranges = _CLASSES[sign.lower()]
            return ranges if sign.islower() else _inverted(ranges)
        point = _ESCAPED.get(sign) or (sign if sign and not sign.isalnum() and sign.isascii() else "")
        if not point:
            raise self._refused()
        return ((ord(point), ord(point)),)

    def _class(self) -> Ranges:
        is_inverted = self._take("^")
        ranges: list[tuple[int, int]] = []
        is_first = True
        while is_first or not self._take("]"):
            is_first = False
            low = self._member()
            if (
                len(low) == 1
                and low[0][0] == low[0][1]
                and self._here() == "-"
                and self._pattern[self._at + 1 :][:1] != "]"
            ):
                self._at += 1
                high = self._member()
                if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    raise self._refused()
                low = ((low[0][0], high[0][0]),)
            ranges += low
        return _inverted(tuple(ranges)) if is_inverted else tuple(ranges)

    def _member(self) -> Ranges:
        sign = self._here()
        self._at += 1
        if sign == "\\":
            return self._escape()
        if sign in ("", "["):  # the end, or a class by name
            raise self._refused()
        return ((ord(sign), ord(sign)),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _times(part: _Part, least: int, most: int | None) -> _Part:
    def build(program: Program, after: int) -> int:
        if most is None:
            loop = program.add(None, after)
            program.after[loop].insert(0, part(program, loop))
            after = loop
        else:
            end = after
            for _ in range(most - least):
                after = program.add(None, part(program, after), end)
        for _ in range(least):
            before, after = after, part(program, after)
            if after == before:  # it takes nothing, as often as it stands: within each other these would never end
                break
        return after

    return build


def _inverted(ranges: Ranges) -> Ranges:
    found, start = list[tuple[int, int]](), 0
    for low, high in sorted(ranges):
        if start < low:
            found.append((start, low - 1))
        start = max(start, high + 1)
    if start <= _TOP:
        found.append((start, _TOP))
    return tuple(found)
