"""Numbers of CUE: integers of any size and decimals, with 34 digits of precision, as the reference implementation has.

A decimal stays one when it is whole: `4/2` is 2.0, which is no `int`.
"""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

from pinnace_schemas.cue.errors import Abandoned, Bottom

Number = int | Decimal

# Of an integer that is worked out: above it the reference implementation rounds.
_DIGITS: Final = 34
_MOST: Final = 10**_DIGITS
_CONTEXT: Final = Context(prec=_DIGITS, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])
_POWERS: Final = {"K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def read(text: str) -> Number:
    """What a literal says; `text` fits the form of the scanner."""
    text = text.replace("_", "")
    if text[:2] in ("0x", "0X", "0b", "0o"):
        return int(text, 0)
    if text.endswith("i"):
        return _scaled(text[:-2], 1024 ** _POWERS[text[-2]])
    if text[-1] in _POWERS:
        return _scaled(text[:-1], 1000 ** _POWERS[text[-1]])
    if text.isdigit():
        return int(text)
    return Decimal(text)


def bounded(value: int) -> int:
    """Raises Abandoned for an integer that the reference implementation would round."""
    if abs(value) >= _MOST:
        raise Abandoned(f"an integer of more than {_DIGITS} digits")
    return value


def _scaled(text: str, factor: int) -> int:
    return int(Decimal(text) * factor)


def is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_whole(value: object) -> bool:
    """Whether this is an `int` of CUE."""
    return isinstance(value, int) and not isinstance(value, bool)


def said(value: Number) -> str:
    """As an interpolation prints it."""
    return str(value)


def negated(value: Number) -> Number:
    return -value if isinstance(value, int) else value.copy_negate() if value else value.copy_abs()


def calculated(sign: str, left: Number, right: Number) -> Number:
    """`left` `sign` `right` for `+ - * /`. Raises Bottom."""
    if sign != "/" and isinstance(left, int) and isinstance(right, int):
        found = left + right if sign == "+" else left - right if sign == "-" else left * right
        return bounded(found)
    a, b = Decimal(left), Decimal(right)
    try:
        return {"+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply, "/": _quotient}[sign](a, b)
    except DivisionByZero:
        raise Bottom("division by zero", is_final=True) from None
    except (InvalidOperation, Overflow):
        raise Bottom("failed arithmetic", is_final=True) from None


def _quotient(left: Decimal, right: Decimal) -> Decimal:
    """Without zeros at the end, but for one behind the point: 4/2 is 2.0. The digits of 1.0E+2 (200/2) are those of the
    reference implementation too.
    """
    found = _CONTEXT.divide(left, right).normalize(_CONTEXT)
    _, a, shift = left.as_tuple()
    _, b, by = right.as_tuple()
    assert isinstance(shift, int)
    assert isinstance(by, int)
    exponent = shift - by
    if left:
        width = max(len(a), len(b))
        is_less = [*a, *[0] * (width - len(a))] < [*b, *[0] * (width - len(b))]
        exponent += len(a) - len(b) - is_less - (_DIGITS - 1)
    sign, digits, own = found.as_tuple()
    assert isinstance(own, int)
    return Decimal((sign, (*digits, 0), own - 1)) if exponent < 0 <= own else found


def settled(value: Number) -> Number:
    """A number that a function of a package gives: an int where it is whole."""
    return value if isinstance(value, int) or value != value.to_integral_value() else _whole(value, ROUND_DOWN)


def divided(sign: str, left: int, right: int) -> int:
    """`div` and `mod` round so that the remainder is not negative, `quo` and `rem` towards zero. Raises Bottom."""
    if right == 0:
        raise Bottom("division by zero", is_final=True)
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    remainder = left - quotient * right
    if sign in ("quo", "rem"):
        return quotient if sign == "quo" else remainder
    if remainder < 0:
        step = 1 if right > 0 else -1
        quotient, remainder = quotient - step, remainder + abs(right)
    return quotient if sign == "div" else remainder


def absolute(value: Number) -> Number:
    return abs(value) if isinstance(value, int) else settled(value.copy_abs())


def floor(value: Number) -> int:
    return _whole(value, ROUND_FLOOR)


def ceiling(value: Number) -> int:
    return _whole(value, ROUND_CEILING)


def truncated(value: Number) -> int:
    return _whole(value, ROUND_DOWN)


def rounded(value: Number) -> int:
    """Halves away from zero."""
    return _whole(value, ROUND_HALF_UP)


def _whole(value: Number, rounding: str) -> int:
    if isinstance(value, int):
        return value
    if value.adjusted() >= _DIGITS:
        raise Abandoned(f"an integer of more than {_DIGITS} digits")
    return int(value.to_integral_value(rounding))
