"""What an unquoted YAML scalar means to Kubernetes tools (sigs.k8s.io/yaml, which reads YAML 1.1 as go-yaml v2 does).

`y`, `on` and `yes` are booleans, `0777` is octal, `1e3` is a number; dates and base-60 numbers stay texts.
"""

import re
from collections.abc import Mapping

Scalar = str | int | float | bool | None

_CASES = {
    text: (text, text.capitalize(), text.upper()) for text in ("y", "yes", "true", "on", "n", "no", "false", "off")
}
_WORDS: Mapping[str, Scalar] = {
    **{form: word in ("y", "yes", "true", "on") for word, forms in _CASES.items() for form in forms},
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INT = re.compile(r"([-+]?)(?:0b([01]+)|0o?([0-7]+)|0x([0-9a-fA-F]+)|(0|[1-9][0-9]*))\Z")
_BASES = (2, 8, 16, 10)
# Up to here Go writes an integral float without an exponent, so tools read it as a whole number again.
_MAX_INTEGRAL = 1e21


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar. Raises ValueError for infinities and NaN, which JSON does not have."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_A_NUMBER.match(text):
        raise ValueError(f"{text} is not a number that JSON has")
    return _number(text)


def is_plain(text: str) -> bool:
    """True if tools read the unquoted text as this same text."""
    try:
        return resolve(text) == text and isinstance(resolve(text), str)
    except ValueError:
        return False


def _number(text: str) -> Scalar:
    digits = text.replace("_", "")
    whole = _INT.match(digits)
    if whole:
        base, found = next((base, part) for base, part in zip(_BASES, whole.groups()[1:], strict=True) if part)
        return int(f"{whole[1]}{found}", base)
    return shortest(float(digits)) if _FLOAT.match(digits) else text


def shortest(number: float) -> int | float:
    """1000.0 becomes 1000: Kubernetes tools carry numbers as JSON, where both are the same."""
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return int(number) if number.is_integer() and abs(number) < _MAX_INTEGRAL else number
