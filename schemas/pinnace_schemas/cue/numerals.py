"""Numbers of CUE: integers of any size and decimals, with 34 digits of precision, as the reference implementation has.

A decimal stays one when it is whole: `4/2` is 2.0, which is no `int`.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final

from pinnace_schemas.cue.errors import Bottom, Exhausted

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
    return -value if isinstance(value, int) else value.copy_negate()


def calculated(sign: str, left: Number, right: Number) -> Number:
    """`left` `sign` `right` for `+ - * /`. Raises Bottom."""
    if sign != "/" and isinstance(left, int) and isinstance(right, int):
        found = left + right if sign == "+" else left - right if sign == "-" else left * right
        if abs(found) >= _MOST:
            raise Exhausted(f"an integer of more than {_DIGITS} digits")
        return found
    a, b = Decimal(left), Decimal(right)
    try:
        return {"+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply, "/": _CONTEXT.divide}[sign](a, b)
    except DivisionByZero:
        raise Bottom("division by zero", is_final=True) from None
    except (InvalidOperation, Overflow):
        raise Bottom("failed arithmetic", is_final=True) from None


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
