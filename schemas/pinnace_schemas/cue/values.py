"""Values of CUE below structs and lists: scalars as Python has them, and what restricts them.

A float of CUE is a Decimal, an int is an int. What is not concrete is a `Constraint`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pinnace_schemas.cue import numerals, regexps
from pinnace_schemas.cue.errors import Bottom, OutOfBound

NULL, BOOL, INT, FLOAT, STRING, BYTES, STRUCT, LIST = (1 << place for place in range(8))
NUMBER: Final = INT | FLOAT
TOP: Final = (1 << 8) - 1
_NAMES: Final = ("null", "bool", "int", "float", "string", "bytes", "struct", "list")


_CHARACTERS_A_STEP: Final = 512


@dataclass(slots=True, frozen=True, repr=False)
class Bound:
    """Such as `>=1`: what a value must be to the operand."""

    sign: str
    operand: Any

    def check(self, value: Any) -> None:
        """Raises Bottom."""
        if not compared(self.sign, value, self.operand):
            raise OutOfBound(f"{said(value)} is not {self.sign}{said(self.operand)}", is_final=True)

    def cost(self, value: Any) -> int:
        """In steps."""
        return regexps.cost(self.operand, value) if self.sign in ("=~", "!~") else _read_in(value, self.operand)

    @property
    def kinds(self) -> int:
        """Of the values that can be within it."""
        kind = kind_of(self.operand)
        if self.sign == "!=":
            return TOP if kind == NULL else NUMBER if kind & NUMBER else kind
        return NUMBER if kind & NUMBER else kind


@dataclass(slots=True, frozen=True, repr=False)
class Validator:
    """A function of a package that says whether a value is right, with its further arguments."""

    name: str
    arguments: tuple[Any, ...]
    is_right: Callable[[list[Any]], Any]

    def cost(self, value: Any) -> int:
        """In steps."""
        return _read_in(value, *self.arguments)

    def check(self, value: Any) -> None:
        """Raises Bottom."""
        if not self.is_right([value, *self.arguments]):
            raise OutOfBound(f"{said(value)} is refused by {self.name}", is_final=True)


Check = Bound | Validator


@dataclass(slots=True, frozen=True, repr=False)
class Constraint:
    """Values of these kinds that pass all checks."""

    kinds: int = TOP
    checks: tuple[Check, ...] = ()


def _bounded(low: int, high: int) -> Constraint:
    return Constraint(INT, (Bound(">=", low), Bound("<=", high)))


TYPES: Final = {
    "_": Constraint(),
    "null": Constraint(NULL),
    "bool": Constraint(BOOL),
    "int": Constraint(INT),
    "float": Constraint(FLOAT),
    "number": Constraint(NUMBER),
    "string": Constraint(STRING),
    "bytes": Constraint(BYTES),
    "uint": Constraint(INT, (Bound(">=", 0),)),
    **{f"int{bits}": _bounded(-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64, 128)},
    **{f"uint{bits}": _bounded(0, (1 << bits) - 1) for bits in (8, 16, 32, 64, 128)},
}


def _read_in(*items: Any) -> int:
    """Steps for reading these texts, and what is no text."""
    return 1 + sum(len(item) for item in items if isinstance(item, str)) // _CHARACTERS_A_STEP


def kind_of(value: Any) -> int:
    """The kind of a scalar."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    return INT if isinstance(value, int) else FLOAT if isinstance(value, Decimal) else STRING


def kinds_said(kinds: int) -> str:
    return "_" if kinds == TOP else "|".join(name for place, name in enumerate(_NAMES) if kinds & 1 << place)


def said(value: Any) -> str:
    """A scalar or constraint in a message."""
    if isinstance(value, Constraint):
        return kinds_said(value.kinds)
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else f'"{value[:40]}..."'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def read(value: Any) -> Any:
    """A scalar of JSON. Raises Bottom for what JSON cannot have."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Bottom(f"{value} is no number of JSON", is_final=True)
        return Decimal(repr(value or 0.0))
    if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Bottom("a text has characters that are none", is_final=True)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return numerals.bounded(value)
    raise Bottom(f"{type(value).__name__} is no type of JSON", is_final=True)


def same(left: Any, right: Any) -> bool:
    """Whether two scalars unify: 1 and 1.0 do not."""
    return kind_of(left) == kind_of(right) and left == right


def compared(sign: str, left: Any, right: Any) -> bool:
    """`left` `sign` `right` for scalars. Raises Bottom for kinds that cannot be compared."""
    kinds = kind_of(left), kind_of(right)
    if sign in ("=~", "!~"):
        if kinds != (STRING, STRING):
            raise _incomparable(sign, left, right)
        return regexps.matches(right, left) == (sign == "=~")
    are_numbers = bool(kinds[0] & NUMBER and kinds[1] & NUMBER)
    if sign in ("==", "!="):
        if not are_numbers and kinds[0] != kinds[1] and NULL not in kinds:
            raise _incomparable(sign, left, right)
        return (left == right and (are_numbers or kinds[0] == kinds[1])) == (sign == "==")
    if not are_numbers and kinds != (STRING, STRING):
        raise _incomparable(sign, left, right)
    a, b = (left, right) if are_numbers else (left.encode(), right.encode())
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


def _incomparable(sign: str, left: Any, right: Any) -> Bottom:
    return Bottom(f"{said(left)} {sign} {said(right)}: these cannot be compared", is_final=True)


def printed(value: Any) -> str:
    """What an interpolation makes of it. Raises Bottom for null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if numerals.is_number(value):
        return numerals.said(value)
    raise Bottom(f"{said(value)} in an interpolation", is_final=True)
