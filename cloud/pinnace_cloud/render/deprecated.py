"""How a deprecated type is warned of: with its place, and what to write instead."""

from collections.abc import Iterator
from typing import Protocol

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason


class Deprecated(Protocol):
    """A component, trait, policy or step type that is taken for the sake of old Applications."""

    @property
    def replacement(self) -> str:
        """What to write instead; completes "use"."""
        ...


def replacement(kind: object) -> str:
    """What to write instead; empty for a type that is not deprecated."""
    instead: str = getattr(kind, "replacement", "")  # a tenth of the time that asking for the protocol takes
    return instead


def warnings(sort: str, name: str, kind: object, *path: str | int) -> Iterator[Diagnostic]:
    """At most one. `sort` is what a person calls it, as in `unknown`; `path` is that of the field `type`."""
    if instead := replacement(kind):
        yield diagnostics.warning(
            Reason.DEPRECATED, f"the {sort} type '{name}' is deprecated", *path, hint=f"use {instead}"
        )
