"""What is found out about a template before anybody uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pinnace_cloud.definitions.faults import Fault


@dataclass(frozen=True, slots=True)
class Compiled:
    """`declared` is what `cue def` prints of its parameters (see `declared.read`), '' where anything is wrong."""

    faults: tuple[Fault, ...] = ()
    declared: str = ""


class Compiler(Protocol):
    """Implemented by the evaluator of CUE."""

    def compile(self, templates: Mapping[str, str]) -> Mapping[str, Compiled]:
        """Of each template, by the name that it is given here. Raises PartMissing."""
        ...
