"""Needs and answers: what a type asks of the world, and what it gets.

Rendering reads no file and starts no program. A type that misses something names the need and renders without it;
whoever renders lets the need be answered and renders again. An answer is a value: the same one, kept, gives the same
objects for ever.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from pinnace_schemas import codec, diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True)
class Need:
    """`maker` names who can answer, `question` is plain JSON that says everything the answer depends on.

    Two needs are equal if they ask the same.
    """

    maker: str
    question: Mapping[str, Any] = field(hash=False)

    @cached_property
    def key(self) -> str:
        """The name of this need, everywhere and always."""
        return codec.sha256(codec.canonical([self.maker, self.question]))

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` is plain JSON, None where there is an error among `problems`, whose paths are below the component.

    `pins` has the digest of each package that it was made from, by the source that it came from.
    """

    value: Any = None
    problems: tuple[Diagnostic, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self.problems)


# Answers by the key of the need.
Materials = Mapping[str, Answer]

NOTHING: Materials = MappingProxyType({})


def write(answer: Answer) -> bytes:
    """The bytes that are kept."""
    problems = [item.to_dict() for item in answer.problems]
    return codec.canonical({"value": answer.value, "problems": problems, "pins": dict(answer.pins)})


def read(data: bytes) -> Answer:
    """The inverse, for bytes that `write` made."""
    kept = json.loads(data)
    return Answer(kept["value"], tuple(map(Diagnostic.from_dict, kept["problems"])), kept["pins"])


def refusal(reason: Reason, message: str, *path: str | int, hint: str = "") -> Answer:
    """An answer that says why there is none."""
    return Answer(problems=(diagnostics.error(reason, message, *path, hint=hint),))
