"""Functions of CUE's packages `strings` and `strconv`, where Python's own are not the same."""

import re
from typing import Final

from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.operators import LONGEST

# What `unicode.IsSpace` of Go takes for one.
SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_INT_BITS: Final = 63


def count(text: str, part: str) -> int:
    return text.count(part)


def fields(text: str) -> list[str]:
    return [item for item in re.split(f"[{SPACES}]+", text) if item]


def join(items: list[str], separator: str) -> str:
    _bound(sum(map(len, items)) + len(separator) * len(items))
    return separator.join(items)


def has_any(text: str, signs: str) -> bool:
    return not set(signs).isdisjoint(text)


def trim(text: str, signs: str) -> str:
    return trim_left(trim_right(text, signs), signs)


def trim_left(text: str, signs: str) -> str:
    """In time that grows with both lengths, not with their product as that of `lstrip`."""
    known = set(signs)
    return text[next((place for place, sign in enumerate(text) if sign not in known), len(text)) :]


def trim_right(text: str, signs: str) -> str:
    return trim_left(text[::-1], signs)[::-1]


def repeat(text: str, times: int) -> str:
    if times < 0:
        raise Bottom("a text cannot be repeated less than 0 times", is_final=True)
    _bound(len(text) * times)
    return text * times


def replace(text: str, old: str, new: str, times: int) -> str:
    found = text.count(old) if times < 0 else min(times, text.count(old))
    _bound(len(text) + found * len(new))
    return text.replace(old, new, times if times >= 0 else -1)


def split(text: str, separator: str, most: int = -1) -> list[str]:
    """All parts for a negative `most`; without a separator the single characters."""
    if most == 0:
        return []
    if separator:
        return text.split(separator, most - 1 if most > 0 else -1)
    return list(text) if most < 0 or most >= len(text) else [*text[: most - 1], text[most - 1 :]]


def lower(text: str) -> str:
    return _ascii(text).lower()


def upper(text: str) -> str:
    return _ascii(text).upper()


def _ascii(text: str) -> str:
    if not text.isascii():
        raise Abandoned("lower and upper case of other letters than A to Z is not known here")
    return text


def whole(text: str) -> int:
    """Raises Bottom for what is no integer of 64 bits."""
    if not re.fullmatch("[+-]?[0-9]{1,40}", text):
        raise Bottom(f"{text[:40]!r} is no integer", is_final=True)
    found = int(text)
    if not -(1 << _INT_BITS) <= found < 1 << _INT_BITS:
        raise Bottom(f"{text} is no integer of 64 bits", is_final=True)
    return found


def based(value: int, base: int) -> str:
    if not 2 <= base <= 36:
        raise Abandoned(f"numbers to the base of {base} are not known here")
    if base == 10:
        return str(value)
    digits, rest = "", abs(value)
    while rest:
        rest, digit = divmod(rest, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return ("-" if value < 0 else "") + (digits or "0")


def _bound(length: int) -> None:
    if length > LONGEST:
        raise Abandoned(f"it makes a text of more than {LONGEST} characters")
