"""Fields that somebody else set to another value, told in the KubeAPI's words.

The texts are apimachinery's (util/managedfields/internal/conflict.go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pinnace_sim.cluster.merging import fields
from pinnace_sim.cluster.merging.fields import Fields
from pinnace_sim.cluster.merging.managers import Manager
from pinnace_sim.cluster.schema import elements
from pinnace_sim.cluster.schema.types import Object


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field, as a path such as `.spec.replicas`, and who owns it."""

    manager: Manager
    path: str


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Why an apply without force was refused. At least one."""

    conflicts: tuple[Conflict, ...]

    @property
    def message(self) -> str:
        """For the Status: one line for one conflict, else a list by manager."""
        count = len(self.conflicts)
        if count == 1:
            (only,) = self.conflicts
            return f"Apply failed with 1 conflict: conflict with {only.manager}: {only.path}"
        return f"Apply failed with {count} conflicts: " + "\n".join(self._lines())

    def causes(self) -> list[Object]:
        """For `details.causes` of the Status."""
        return [
            {"reason": "FieldManagerConflict", "message": f"conflict with {each.manager}", "field": each.path}
            for each in self.conflicts
        ]

    def _lines(self) -> Iterator[str]:
        for manager in dict.fromkeys(each.manager for each in self.conflicts):
            yield f"conflicts with {manager}:"
            yield from (f"- {each.path}" for each in self.conflicts if each.manager == manager)


def of(lost: Mapping[Manager, Fields]) -> Conflicts:
    """The conflicts of these managers, sorted by manager."""
    ranked = sorted(lost, key=lambda manager: manager.identity)
    return Conflicts(
        tuple(
            Conflict(manager, "".join(map(elements.shown, path)))
            for manager in ranked
            for path in fields.paths(lost[manager])
        )
    )
