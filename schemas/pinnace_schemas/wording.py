"""What pydantic finds wrong, in our words: the one place that knows its kinds of errors.

A kind that has no words here is told in pydantic's, without its prefix; a test holds our models to this.
"""

from collections.abc import Mapping
from typing import Any

from pinnace_schemas.amounts import count
from pinnace_schemas.names import DNS_LABEL, LABEL, SHA256_HEX

# What must stand there, by the kind of the error.
EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "path_type": "a path",
}
_PATTERNS = {DNS_LABEL: LABEL, SHA256_HEX: "a SHA-256 digest: 64 of 0-9 and a-f"}
_TEXTS = {
    "missing": "is required",
    "extra_forbidden": "there is no such field",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "json_invalid": "is no JSON: {error}",
    "none_required": "must be left out",
}


def of(error: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()`; reads no input of it, which may be secret."""
    kind, values = error["type"], error.get("ctx", {})
    if kind in EXPECTED:
        return f"must be {EXPECTED[kind]}"
    if kind in _TEXTS:
        return _TEXTS[kind].format_map(values)
    if kind == "string_pattern_mismatch":
        return f"must be {_PATTERNS.get(values['pattern'], 'like ' + values['pattern'])}"
    if kind in ("string_too_long", "too_long"):
        return f"must have at most {count(values['max_length'], _part(kind))}"
    if kind in ("string_too_short", "too_short"):
        return f"must have at least {count(values['min_length'], _part(kind))}"
    return str(error["msg"]).removeprefix("Value error, ").rstrip(".")


def _part(kind: str) -> str:
    return "character" if kind.startswith("string") else "item"
