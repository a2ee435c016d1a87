"""Operators on values that are concrete."""

from typing import Any, Final

from pinnace_schemas.cue import numerals, values
from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.values import NUMBER, STRING, kind_of

# Of a text or list that is made.
LONGEST: Final = 256 * 1024
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/"})
_DIVISION: Final = frozenset({"div", "mod", "quo", "rem"})


def bounded(value: Any) -> Any:
    """The value, if it is no longer than it may be."""
    if isinstance(value, str | list) and len(value) > LONGEST:
        raise Abandoned(f"it makes a text or list of more than {LONGEST} characters or elements")
    return value


def signed(sign: str, value: Any) -> Any:
    """`+`, `-` or `!` of a value. Raises Bottom."""
    if sign == "!":
        if not isinstance(value, bool):
            raise _refused(sign, value)
        return not value
    if not numerals.is_number(value):
        raise _refused(sign, value)
    return numerals.negated(value) if sign == "-" else value


def joined(sign: str, left: Any, right: Any) -> Any:
    """Of two scalars. Raises Bottom."""
    if sign in ("&&", "||"):
        return _logical(sign, left, right)
    if sign in _DIVISION:
        if not (numerals.is_whole(left) and numerals.is_whole(right)):
            raise _refused(sign, left, right)
        return numerals.divided(sign, left, right)
    if sign not in _ARITHMETIC:
        return values.compared(sign, left, right)
    kinds = kind_of(left), kind_of(right)
    if kinds[0] & NUMBER and kinds[1] & NUMBER:
        return numerals.calculated(sign, left, right)
    if sign == "+" and kinds == (STRING, STRING):
        return bounded(left + right)
    if sign == "*" and STRING in kinds and (numerals.is_whole(left) or numerals.is_whole(right)):
        text, count = (left, right) if kinds[0] == STRING else (right, left)
        return _repeated(text, count)
    raise _refused(sign, left, right)


def _logical(sign: str, left: Any, right: Any) -> bool:
    if not isinstance(left, bool):
        raise _refused(sign, left, right)
    if left == (sign == "||"):  # whatever the other one is
        return left
    if not isinstance(right, bool):
        raise _refused(sign, left, right)
    return right


def _repeated(text: str, count: int) -> str:
    if count < 0:
        raise Bottom("a text cannot be repeated less than 0 times", is_final=True)
    if len(text) * count > LONGEST:
        raise Abandoned(f"it makes a text of more than {LONGEST} characters")
    return text * count


def composed(sign: str, left: Any, right: Any) -> Any:
    """Where one of both is a list or a map. Raises Bottom."""
    if sign in ("==", "!="):
        if isinstance(left, list) and isinstance(right, list):
            return alike(left, right) == (sign == "==")
        if left is None or right is None:
            return sign == "!="
    if sign in ("&&", "||") and isinstance(left, bool) and left == (sign == "||"):
        return left
    raise _refused(sign, left, right)


def alike(left: Any, right: Any) -> bool:
    """Whether two values of JSON are equal: within lists and maps 1 and 1.0 are not."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return False
    return values.same(left, right)


def _refused(sign: str, *items: Any) -> Bottom:
    shown = " and ".join(_shown(item) for item in items)
    return Bottom(f"{sign} of {shown}: there is no such operation", is_final=True)


def _shown(item: Any) -> str:
    return "a list" if isinstance(item, list) else "a struct" if isinstance(item, dict) else values.said(item)
