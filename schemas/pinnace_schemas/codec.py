"""Bytes to values and back: canonical JSON out; in, every limit is checked before the parser sees the bytes."""

import hashlib
import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pinnace_schemas import amounts, wording
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

Json = Any
Model = TypeVar("Model", bound=BaseModel)

# Made once: `json.dumps` would make one for each call. No value that is written here can hold itself.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)

MAX_PROBLEM = 300  # characters

# Possessive, and an unclosed string runs to the end: backtracking would cost hours on 2 MiB of escaped quotes.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


class Wire(BaseModel):
    """Base of everything that crosses the wire: strict, frozen, nothing unknown."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


def canonical(value: Json) -> bytes:
    """Compact UTF-8 JSON with sorted keys: the same value gives the same bytes on every machine.

    Raises ValueError for NaN and infinities, which JSON does not have.
    """
    return _CANONICAL.encode(value).encode("utf-8", "strict")


def quoted(text: str) -> str:
    """A text as `canonical` writes it. A document within a document has hundreds of quotes and most often nothing else
    to escape: then it takes a third of the time."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return '"' + text.replace('"', '\\"') + '"'
    return _CANONICAL.encode(text)


def encode(model: BaseModel) -> bytes:
    """The canonical bytes of a wire model; unset optional fields are left out."""
    return canonical(model.model_dump(mode="json", exclude_none=True))


def sha256(data: bytes) -> str:
    """Lower-case hex digest, the name of chunks and bundles."""
    return hashlib.sha256(data).hexdigest()


def check_size(data: bytes, limit: int, where: str, setting: str = "") -> None:
    """Raises Rejected(TOO_LARGE), naming both numbers and the setting that raises the limit."""
    if len(data) > limit:
        raise Rejected(Reason.TOO_LARGE, amounts.too_large(len(data), limit, setting), where)


def brackets(data: bytes) -> int:
    """How many open, also within texts: nesting cannot be deeper."""
    return data.count(b"{") + data.count(b"[")


def check_depth(data: bytes, limit: int, where: str) -> None:
    """Refuses nesting beyond `limit` without parsing, since parsers recurse."""
    if brackets(data) <= limit:
        return
    depth = 0
    for match in _BRACKET.finditer(_STRING.sub(b"", data)):
        depth += 1 if match[0] in b"[{" else -1
        if depth > limit:
            raise Rejected(Reason.TOO_LARGE, f"nested deeper than {limit} levels", where)


def parse(model: type[Model], data: bytes, *, max_bytes: int, max_depth: int, where: str) -> Model:
    """A wire model from untrusted bytes. Raises Rejected(TOO_LARGE or MALFORMED) with the first wrong field's path."""
    check_size(data, max_bytes, where)
    check_depth(data, max_depth, where)
    try:
        return model.model_validate_json(data)
    except ValidationError as exc:  # also for what is no JSON
        raise Rejected(Reason.MALFORMED, first_problem(exc), where) from exc


def first_problem(exc: ValidationError) -> str:
    """`path: message` of the first error, and how many more there are. Bounded: names in it may be the sender's."""
    errors = exc.errors(include_url=False, include_input=False)
    path = ".".join(str(part) for part in errors[0]["loc"]) or "the document"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{path}: {wording.of(errors[0])}"[:MAX_PROBLEM] + more
