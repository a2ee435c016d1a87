"""Values to choose from, such as `*"TCP" | "UDP"`: of which kind they are, which there are, and the default."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pinnace_cloud.definitions import export

_KINDS = ("string", "int", "bool")
# Ranges of whole numbers; the evaluation judges how large one is.
_WHOLE = re.compile(r"u?int(8|16|32|64|128)?$")
# What has no value of its own, so that it must be given.
_OPEN = re.compile(r"(string|bool|number|float|bytes|u?int\w*|[<>].*)$", re.DOTALL)
# Nobody reads a longer default.
_LONGEST = 2048
_BY_TYPE: dict[type, str] = {str: "string", bool: "bool", int: "int"}


class Alternative(NamedTuple):
    """One of them as CUE text; `parts` is what it must be at once (`int & >0`). `is_default`: marked with `*`."""

    parts: tuple[str, ...]
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """`kind` is `string`, `int` or `bool`, '' for others; `options` are all there are, none where there are more.

    `is_open`: there is no value unless one is given. `is_told`: all of this says what the text says.
    """

    kind: str = ""
    options: tuple[Any, ...] = ()
    default: Any = None
    is_open: bool = False
    is_told: bool = False


def of(alternatives: Sequence[Alternative]) -> Choice:
    """`default` is None where several are marked, or one that is not concrete."""
    literals = [_literal(item) for item in alternatives]
    kinds = {_kind(item, literal) for item, literal in zip(alternatives, literals, strict=True)}
    kind = kinds.pop() if len(kinds) == 1 else ""
    marked = [literal for item, literal in zip(alternatives, literals, strict=True) if item.is_default]
    options = _options(kind, literals)
    is_open = len(alternatives) == 1 and all(_OPEN.match(part) for part in alternatives[0].parts)
    is_plain = all(literal or item.parts == (kind,) for item, literal in zip(alternatives, literals, strict=True))
    return Choice(
        kind=kind,
        options=options,
        default=marked[0][0] if len(marked) == 1 and marked[0] else None,
        is_open=is_open and not marked,
        is_told=bool(kind) and is_plain and len(marked) < 2 and (bool(options) or len(literals) - len(marked) == 1),
    )


def _literal(item: Alternative) -> tuple[Any, ...]:
    """The value, in a tuple since it may be None; nothing where it is none."""
    if len(item.parts) > 1 or len(item.parts[0]) > _LONGEST:
        return ()
    try:
        return (export.literal(item.parts[0]),)
    except (ValueError, RecursionError):
        return ()


def _kind(item: Alternative, literal: tuple[Any, ...]) -> str:
    if literal:
        return _BY_TYPE.get(type(literal[0]), "")
    named = {"int" if _WHOLE.match(part) else part for part in item.parts if part in _KINDS or _WHOLE.match(part)}
    return named.pop() if len(named) == 1 else ""


def _options(kind: str, literals: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    if kind not in ("string", "int") or not all(literals):
        return ()
    return tuple(dict.fromkeys(literal[0] for literal in literals))
