"""Amounts of processor time, memory and storage, as KubeVela's traits take them."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from pinnace_schemas import fields

# Narrower than the quantities of Kubernetes: no fraction, no exponent, no plain number.
_SIZE = re.compile(r"[1-9][0-9]{0,63}(E|P|T|G|M|K|Ei|Pi|Ti|Gi|Mi|Ki)")


def _size(text: str) -> str:
    if not _SIZE.fullmatch(text):
        message = "'{text}' is no amount: a whole number and K, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei"
        raise PydanticCustomError("size", message, {"text": text})
    return text


def _amount(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("amount", "must be a number or a text, got {got}", {"got": fields.describe(value)})
    return value


# Bytes: `512Mi`.
Size = Annotated[
    str, AfterValidator(_size), WithJsonSchema({"type": "string", "pattern": f"^{_SIZE.pattern}$"}, mode="validation")
]
# Of processors: 0.5 or "500m".
Amount = Annotated[int | float | str, BeforeValidator(_amount)]
