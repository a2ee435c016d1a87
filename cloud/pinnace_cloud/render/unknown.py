"""How an unknown type is refused: with its place, and the known ones, nearest first.

One that KubeVela has given up is refused with what to write instead.
"""

from collections.abc import Iterable

from pinnace_cloud.render import retired
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason

# Of dozens of names only the nearest help.
_SHOWN = 5
# What KubeVela's definitions can bring, too.
_DEFINED = ("component", "trait")


def type_error(
    sort: str, name: str, known: Iterable[str], *path: str | int, severity: Severity = Severity.ERROR
) -> Diagnostic:
    """`sort` is what a person calls it: `component`, `trait`, `policy`, `workflow step`."""
    at = diagnostics.join_path(path)
    instead = retired.REPLACEMENTS.get((sort, name))
    if instead is not None:
        message = f"the {sort} type '{name}' is deprecated, and not taken"
        return Diagnostic(severity, Reason.DEPRECATED, message, path=at, hint=f"use {instead}")
    names = diagnostics.nearest_first(name, known)
    message = f"unknown {sort} type '{name}'; known: {', '.join(names[:_SHOWN])}"
    hints = [f"and {len(names) - _SHOWN} more: 'pinnace types' lists them"] if len(names) > _SHOWN else []
    hints += ["a definition or a package brings others"] if sort in _DEFINED else []
    hint = "; ".join(hints)
    return Diagnostic(severity, Reason.UNKNOWN_TYPE, message, path=at, hint=hint)
