"""How an unknown type is refused: with its place, and the known ones, nearest first."""

from collections.abc import Iterable

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason


def type_error(
    sort: str, name: str, known: Iterable[str], *path: str | int, severity: Severity = Severity.ERROR
) -> Diagnostic:
    """`sort` is what a person calls it: `component`, `trait`, `policy`, `workflow step`."""
    names = ", ".join(diagnostics.nearest_first(name, known))
    message = f"unknown {sort} type '{name}'; known: {names}"
    return Diagnostic(severity, Reason.UNKNOWN_TYPE, message, path=diagnostics.join_path(path))
