"""Quantities such as `500m` and `1Gi`, and the one form in which kube-apiserver stores each of them.

`0.5` and `500m` are the same, so are 1 and `1000m` (apimachinery, pkg/api/resource/quantity.go).
"""

from __future__ import annotations

import re
from decimal import Decimal

PATTERN = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
MESSAGE = f"quantities must match the regular expression '{PATTERN}'"
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
STEP = 1024
_PARTS = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([a-zA-Z]{0,2}|[eE][+-]?\d+)\Z")


def is_quantity(value: str | int | float) -> bool:
    """Whether this says an amount."""
    found = _PARTS.match(str(value))
    if not found:
        return False
    return found[2] in DECIMAL or found[2] in BINARY or found[2][1:].lstrip("+-").isdigit()


def canonical(value: str | int | float) -> str:
    """The stored form of a quantity; ValueError if it is none."""
    found = _PARTS.match(str(value))
    if not found or not is_quantity(value):
        raise ValueError(MESSAGE)
    number, suffix = Decimal(found[1]), found[2]
    if suffix in BINARY:
        return _binary(number * STEP ** BINARY[suffix])
    if suffix in DECIMAL:
        return _decimal(number.scaleb(DECIMAL[suffix]))
    return _exponential(number.scaleb(int(suffix[1:])))


def _binary(amount: Decimal) -> str:
    """Small amounts are told without powers of two."""
    if abs(amount) < STEP:
        return _decimal(amount)
    whole = int(amount.to_integral_value("ROUND_UP"))
    for suffix in ("", *BINARY):
        if whole % STEP or suffix == "Ei":
            return f"{whole}{suffix}"
        whole //= STEP
    return str(whole)


def _decimal(amount: Decimal) -> str:
    digits, exponent = _thousands(amount)
    suffix = next(suffix for suffix, power in DECIMAL.items() if power == exponent)
    return f"{digits}{suffix}"


def _exponential(amount: Decimal) -> str:
    digits, exponent = _thousands(amount)
    return f"{digits}e{exponent}" if exponent else str(digits)


def _thousands(amount: Decimal) -> tuple[int, int]:
    """As few digits as can be before an exponent that three divides; nothing is smaller than a billionth."""
    smallest, largest = DECIMAL["n"], DECIMAL["E"]
    scaled = int(amount.scaleb(-smallest).to_integral_value("ROUND_UP"))
    exponent = smallest
    while scaled and not scaled % 1000 and exponent < largest:
        scaled, exponent = scaled // 1000, exponent + 3
    return scaled, exponent if scaled else 0
