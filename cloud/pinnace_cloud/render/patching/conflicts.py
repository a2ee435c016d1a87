"""Why a patch does not fit what it patches."""

from collections.abc import Sequence
from dataclasses import dataclass

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Parts
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Conflict:
    """`path` is a place in the patched value; of a JSON patch, in the patch."""

    path: Parts
    message: str

    def __str__(self) -> str:
        where = diagnostics.join_path(self.path)
        return f"{where}: {self.message}" if where else self.message


class Conflicting(Rejected):
    """All conflicts of one patch."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(Reason.INVALID, "; ".join(str(item) for item in conflicts))
        self.conflicts = tuple(conflicts)
